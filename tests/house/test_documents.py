"""Generated pages are what their scripts would write now."""

from __future__ import annotations

import importlib.util

from conftest import ROOT


def script(name: str):
    """A module of `scripts/`."""
    spec = importlib.util.spec_from_file_location(f"scripts_{name}", ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_questions_is_of_now(register):
    page = (ROOT / "docs" / "questions.md").read_text(encoding="utf-8")
    assert script("questions").page(register) == page, "run python scripts/questions.py"
