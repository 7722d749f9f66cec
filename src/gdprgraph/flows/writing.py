"""Flows written in a format that a command or a request names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdprgraph.errors import InputError, both
from gdprgraph.flows.picture import check_style
from gdprgraph.formats import check_format, render

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gdprgraph.flows.collection import Flows


def check_options(name: str, by: str, group: str, theme: str, formats: Iterable[str]) -> None:
    """Raise UnknownName for the first option that there is not."""
    check_format(name, formats)
    check_style(by=by, group=group, theme=theme)


def write(flows: Flows, name: str, *, by: str = "activity", group: str = "auto", theme: str = "auto", width: int = 100) -> str:
    """The flows as text; `width` is the terminal's for a table. Raises InputError where an extra is not installed."""
    if name == "svg":
        return flows.picture(by=by, group=group, theme=theme).svg
    if name == "sankey":
        return flows.sankey(group=group, theme=theme).svg
    if name == "html":
        return flows.to_html(flows.picture(by=by, group=group, theme=theme))
    if name == "mermaid":
        return flows.to_mermaid()
    if name == "json":
        return flows.to_json()
    if name == "graphml":
        try:
            return flows.to_graphml()
        except ModuleNotFoundError as error:
            hint = "pip install 'gdprgraph[flows]'"
            raise InputError(
                both(
                    f"formatet graphml kræver {error.name}, som ikke er installeret",
                    f"the format graphml needs {error.name}, which is not installed",
                ),
                hint=hint,
            ) from error
    rows = flows.rows()
    text = render(rows, name, width)
    if name != "table":
        return text
    return f"{rows.caption}: {flows.summary}\n\n{text or rows.note}\n"
