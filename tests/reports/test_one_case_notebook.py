"""The second notebook runs from top to bottom on invented records, follows one case to the next list, and is committed bare."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "02_one_case_at_a_time.ipynb"


def test_notebook_has_no_outputs_no_paths_of_a_machine_and_one_cell_that_names_the_records():
    text = NOTEBOOK.read_text(encoding="utf-8")
    code = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    assert code and all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert not re.findall(r"[\"'( ]/[a-z]+/[^ ]*|[A-Z]:\\\\", text)
    assert sum("CASEBOOK =" in "".join(cell["source"]) for cell in code) == 1


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the notebook machinery, not of ours
def test_notebook_runs_from_top_to_bottom_and_ends_with_the_case_done():
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    pytest.importorskip("matplotlib")
    notebook = nbformat.read(NOTEBOOK, 4)
    nbclient.NotebookClient(notebook, timeout=180, kernel_name="python3").execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 4
    said = "".join(output.get("text", "") for output in outputs)
    assert "none altered" in said and "done Done on" in " ".join(said.split())
    assert not [output for output in outputs if output.get("name") == "stderr"]
