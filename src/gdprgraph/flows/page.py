"""A page of its own: the picture and the table of the flows, with nothing fetched from anywhere."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gdprgraph.flows.collection import Flows
    from gdprgraph.flows.picture import Picture

_STYLE = """
:root{color-scheme:light dark;--bg:#fff;--ink:#1b1f24;--soft:#515b66;--edge:#d5dbe1}
@media (prefers-color-scheme:dark){:root{--bg:#14181d;--ink:#edf1f5;--soft:#aab4be;--edge:#3a444e}}
body{margin:1.5rem auto;max-width:90rem;padding:0 1rem;background:var(--bg);color:var(--ink);
font:15px/1.45 'Segoe UI','Helvetica Neue',Arial,'Liberation Sans','DejaVu Sans',sans-serif}
figure{margin:0 0 2rem;overflow-x:auto}figure svg{max-width:100%;height:auto}
.table{overflow-x:auto}table{border-collapse:collapse;font-size:13px}caption{text-align:left;font-weight:600;padding:.4rem 0}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid var(--edge)}th{color:var(--soft)}
td:last-child{white-space:nowrap}
@media print{body{margin:0;max-width:none}}
"""


def page(flows: Flows, picture: Picture) -> str:
    """An HTML document in the language of the flows."""
    rows = flows.rows()
    heads, body = rows.cells(full=True)
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in heads)
    lines = "\n".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in line) + "</tr>" for line in body)
    table = (
        f"<table><caption>{escape(flows.summary)}</caption><thead><tr>{head}</tr></thead>\n<tbody>\n{lines}\n</tbody></table>"
    )
    return (
        f'<!doctype html>\n<html lang="{flows.language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(picture.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f'<h1 style="font-size:1.3rem">{escape(picture.title)}</h1>\n<figure>\n{picture.svg}</figure>\n'
        f'<div class="table">{table if body else f"<p>{escape(rows.note)}</p>"}</div>\n</main>\n</body>\n</html>\n'
    )
