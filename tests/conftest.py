"""Lets tests share the small casebooks in `tests/casebooks.py`."""

import os
import sys
from pathlib import Path

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))
# Two processes share the tests; a library that starts threads of its own in each would only stand in the other's way.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

# The gate runs every notebook as a step of its own; there the tests need not run them a second time.
collect_ignore_glob = ["*/test_*_notebook.py"] if os.environ.get("NOTEBOOKS_RUN_APART") else []

# A busy machine is no fault of the code: no test fails for the time it took.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
