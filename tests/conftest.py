"""Lets tests share the small casebooks in `tests/casebooks.py`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
