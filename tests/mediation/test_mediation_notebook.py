"""The notebook on mediation runs from top to bottom on an invented authority, and is committed without outputs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "05_does_mediation_help.ipynb"


def test_notebook_on_mediation_has_no_outputs_and_names_its_casebook_once():
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert code and all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert not re.findall(r"[\"'( ]/[a-z]+/[^ ]*", NOTEBOOK.read_text(encoding="utf-8"))
    assert sum("CASEBOOK =" in "".join(cell["source"]) for cell in code) == 1


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the notebook machinery, not of ours
def test_notebook_on_mediation_runs_from_top_to_bottom():
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    pytest.importorskip("matplotlib")
    notebook = nbformat.read(NOTEBOOK, 4)
    nbclient.NotebookClient(notebook, timeout=240, kernel_name="python3").execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 4
    assert not [output for output in outputs if output.get("name") == "stderr"]
    assert any("Planted" in output.get("text", "") for output in outputs)
