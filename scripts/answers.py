"""Write the committed answers of all questions anew: `python scripts/answers.py`. Read the diff before committing it."""

from __future__ import annotations

from pathlib import Path

from gdprgraph import Register
from gdprgraph.formats import render

folder = Path(__file__).resolve().parents[1] / "tests" / "answers"
folder.mkdir(exist_ok=True)
register = Register.load()
for path in folder.glob("*.csv"):
    path.unlink()
for slug in register.questions.slugs:
    (folder / f"{slug}.csv").write_bytes(render(register.ask(slug), "csv").encode("utf-8"))
