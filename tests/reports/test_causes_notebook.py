"""The notebook on causes runs from top to bottom on an invented authority, and is committed without outputs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "03_causes_of_appeals.ipynb"


def test_the_notebook_has_no_outputs_and_names_its_casebook_in_one_cell():
    text = NOTEBOOK.read_text(encoding="utf-8")
    cells = json.loads(text)["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert code and all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert not re.findall(r"[\"'( ]/[a-z]+/[^ ]*|[A-Z]:\\\\", text)  # no absolute path, of Linux or of Windows
    assert sum("CASEBOOK =" in "".join(cell["source"]) for cell in code) == 1


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the notebook machinery, not of ours
def test_the_notebook_runs_from_top_to_bottom():
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    notebook = nbformat.read(NOTEBOOK, 4)
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert sum("image/svg+xml" in output.get("data", {}) for output in outputs) >= 2
    assert not [output for output in outputs if output.get("name") == "stderr"]
