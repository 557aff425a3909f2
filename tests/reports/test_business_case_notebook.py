"""The notebook on the business case is committed without outputs, names its records in one cell, and no machine."""

from __future__ import annotations

import json
import re
from pathlib import Path

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "06_mediation_business_case.ipynb"


def test_it_has_no_outputs_one_place_for_the_records_and_no_paths_of_a_machine():
    text = NOTEBOOK.read_text(encoding="utf-8")
    code = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    assert code and all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert sum("CASEBOOK = " in "".join(cell["source"]) for cell in code) == 1
    assert not re.findall(r"[\"'( ]/[a-z]+/[^ ]*|[A-Z]:\\\\", text)
    assert sum("plt.show()" in "".join(cell["source"]) for cell in code) == 4
