"""Lets tests share the small casebooks in `tests/casebooks.py`."""

import sys
from pathlib import Path

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))

# A busy machine is no fault of the code: no test fails for the time it took.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
