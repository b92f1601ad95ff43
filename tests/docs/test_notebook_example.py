"""The notebook among the examples, in a real kernel: `python -m pytest -m docs`."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parent.parent.parent / "examples" / "first_notebook.ipynb"


@pytest.mark.docs
def test_the_notebook_runs_and_shows_tables(tmp_path: Path) -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    stored = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.outputs]

    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()

    shown = {
        cell.source.split("\n")[0]: "".join(
            "".join(str(text) for text in output.get("data", {}).values()) + output.get("text", "")
            for output in cell.outputs
        )
        for cell in notebook.cells
        if cell.cell_type == "code"
    }
    assert [] == stored, "the notebook is kept without outputs"
    assert "<table" in shown["from contextlib import ExitStack"]
    assert "5446.0" in shown["domo.datasets.query("]
    assert "1239.0" in shown["weekly = ("]
    assert "5" == shown['made = domo.datasets.create_from(weekly.reset_index(), "Sales by week")']
    assert "colour" in shown["from domo_async import DomoError"]
