"""Run the notebooks anew and write their outputs: `python scripts/notebooks.py [NAME…]`. Read the diff before committing it."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
_RICHER = ("image/svg+xml", "text/html")


def run(path: Path) -> nbformat.NotebookNode:
    """A notebook with the outputs of a fresh run, less what differs between machines."""
    notebook = nbformat.read(path, as_version=4)
    place = {"metadata": {"path": str(FOLDER)}}
    # What a cell prints arrives in pieces of any size: one output holds it all.
    options = {"timeout": 300, "kernel_name": "python3", "record_timing": False, "coalesce_streams": True}
    NotebookClient(notebook, resources=place, **options).execute()
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if any(kind in data for kind in _RICHER):
                data.pop("text/plain", None)
    return notebook


if __name__ == "__main__":
    chosen = sys.argv[1:] or sorted(path.stem for path in FOLDER.glob("*.ipynb"))
    for name in chosen:
        nbformat.write(run(FOLDER / f"{name}.ipynb"), FOLDER / f"{name}.ipynb")
