"""Flows written in a format that a command or a request names; Mermaid and HTML are made here.

The flows as a directed multigraph: for networkx, as node-link JSON, as GraphML.

Nodes are named by CURIE and have `kind` (`people`, `party`, `described`, `internal`, `system` or `country`), `label`,
`iri`, and `type` with `type_label` where the register says what kind of body they are.

Edges have a `relation`:

- `flow`, sender → receiver, key = the flow's CURIE, with `label`, `data` and `data_labels`, `sensitivity`, `people` and
  `people_label`, `standing` (`stated`, `attested`, `inferred`, `open`, `denied`), `reason`, `condition`, `modality`,
  `mutual`, `past`, `excludes`, `receipt`, `via`, `purposes`, `bases`, `countries`, `onward_of`, `activities`, `notice`,
  `evidence`;
- `about`, group of people → sender, for each flow that the people do not send themselves;
- `via`, sender → the system or intermediary that a flow passes;
- `transfer`, receiver → third country.

The last three have `flow` (the CURIE of their flow) and its `standing`. Lists are lists in Python and JSON; GraphML knows
none, so there they are joined by `; `.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdprgraph.errors import InputError
from gdprgraph.flows.flow import End, Flow
from gdprgraph.flows.flows import Flows
from gdprgraph.flows.picture import Picture, check_style
from gdprgraph.formats import check_format, render
from gdprgraph.words import Words, glossary, phrase

if TYPE_CHECKING:
    import networkx as nx


def node_link(flows: Flows) -> dict[str, Any]:
    """The graph as node-link data, in the form that `networkx.node_link_graph` reads."""
    nodes: dict[str, dict[str, Any]] = {}
    edges: list[dict[str, Any]] = []
    names = {flow.iri: flow.curie for flow in flows}
    if {iri for flow in flows for iri in flow.onward_of} - names.keys():
        names |= {flow.iri: flow.curie for flow in flows.whole()}
    for flow in flows:
        for end in (flow.sender, flow.receiver, flow.people, *flow.via, *flow.countries):
            nodes.setdefault(end.curie, _node(end))
        edges.append(_edge(flow, [names.get(iri, iri) for iri in flow.onward_of]))
        if flow.people.iri != flow.sender.iri:
            edges.append(_aside("about", flow.people, flow.sender, flow))
        edges += [_aside("via", flow.sender, end, flow) for end in flow.via if end.iri != flow.sender.iri]
        edges += [_aside("transfer", flow.receiver, country, flow) for country in flow.countries]
    return {
        "directed": True,
        "multigraph": True,
        "graph": {"title": flows.title, "language": flows.language},
        "nodes": [nodes[key] for key in sorted(nodes)],
        "edges": edges,
    }


def to_json(flows: Flows) -> str:
    """Node-link JSON."""
    return json.dumps(node_link(flows), ensure_ascii=False, indent=2) + "\n"


def to_networkx(flows: Flows) -> nx.MultiDiGraph[str]:
    """A networkx MultiDiGraph; flow edges have the flow's CURIE as key."""
    import networkx as nx

    graph = nx.node_link_graph(node_link(flows), edges="edges")
    assert isinstance(graph, nx.MultiDiGraph)  # noqa: S101 - `directed` and `multigraph` are set above
    return graph


def to_graphml(flows: Flows) -> str:
    """GraphML, lists joined by `; `, nothing where there is no value."""
    import networkx as nx

    data = node_link(flows)
    for item in (*data["nodes"], *data["edges"]):
        for name, value in list(item.items()):
            if isinstance(value, list):
                item[name] = "; ".join(value)
            elif value is None:
                del item[name]
    graph = nx.node_link_graph(data, edges="edges")
    return "\n".join(nx.generate_graphml(graph, named_key_ids=True)) + "\n"


def _node(end: End) -> dict[str, Any]:
    return {
        "id": end.curie,
        "kind": end.kind,
        "label": end.label,
        "iri": end.iri,
        "type": end.type.curie if end.type else None,
        "type_label": end.type.label if end.type else None,
    }


def _edge(flow: Flow, onward_of: list[str]) -> dict[str, Any]:
    return {
        "source": flow.sender.curie,
        "target": flow.receiver.curie,
        "key": flow.curie,
        "relation": "flow",
        "label": flow.label,
        "data": [item.curie for item in flow.shown],
        "data_labels": [item.label for item in flow.shown],
        "sensitivity": flow.sensitivity,
        "people": flow.people.curie,
        "people_label": flow.people.label,
        "standing": flow.standing,
        "reason": flow.reason or None,
        "condition": flow.condition or None,
        "modality": flow.modality.curie if flow.modality else None,
        "mutual": flow.mutual,
        "past": flow.past,
        "excludes": [item.curie for item in flow.excludes],
        "receipt": flow.receipt.curie,
        "via": [end.curie for end in flow.via],
        "purposes": [purpose.curie for purpose in flow.purposes],
        "bases": [basis.curie for basis in flow.bases],
        "countries": [country.curie for country in flow.countries],
        "onward_of": onward_of,
        "activities": [activity.curie for activity in flow.activities],
        "notice": flow.notice.curie,
        "evidence": [str(passage) for passage in flow.evidence],
    }


def _aside(relation: str, source: End, target: End, flow: Flow) -> dict[str, Any]:
    return {
        "source": source.curie,
        "target": target.curie,
        "key": f"{relation} {flow.curie} {target.curie}",
        "relation": relation,
        "flow": flow.curie,
        "standing": flow.standing,
    }


_ARROWS = {"stated": "-->", "attested": "-->", "inferred": "-.->", "open": "-.->", "denied": "--x"}
_SHAPES = {"people": ("([", "])"), "system": ("[[", "]]"), "internal": ("(", ")"), "country": ("{{", "}}")}
_CLASSES = {
    "people": "fill:#eef2f6,stroke:#5b6773,color:#1b1f24",
    "party": "fill:#ffffff,stroke:#2a3440,color:#1b1f24",
    "internal": "fill:#f6f7f9,stroke:#8a949e,color:#1b1f24",
    "system": "fill:#f3f0fa,stroke:#6a5a9a,color:#1b1f24",
    "country": "fill:#fff6e5,stroke:#8a5a00,color:#1b1f24",
}
_MOST_NAMES = 4


def to_mermaid(flows: Flows) -> str:
    """A flowchart from left to right; flows with the same ends, standing and limits share an arrow, labelled with the data."""
    ends: dict[str, End] = {}
    arrows: dict[tuple[str, str, str, str], list[Flow]] = {}
    transfers: dict[tuple[str, str], None] = {}
    for flow in flows:
        ends |= {end.iri: end for end in (flow.sender, flow.receiver, *flow.countries)}
        arrow = "<" + _ARROWS[flow.standing] if flow.mutual and flow.standing != "denied" else _ARROWS[flow.standing]
        arrows.setdefault((flow.sender.iri, arrow, flow.receiver.iri, _limits(flow, flows.language)), []).append(flow)
        transfers |= dict.fromkeys((flow.receiver.iri, country.iri) for country in flow.countries)
    names = {iri: f"n{number}" for number, iri in enumerate(sorted(ends), 1)}
    out = ["---", f'title: "{_quoted(flows.title)}"', "---", "flowchart LR"]
    for iri, name in names.items():
        kind = "party" if ends[iri].kind == "described" else ends[iri].kind
        before, after = _SHAPES.get(kind, ("[", "]"))
        out.append(f'  {name}{before}"{_escaped(ends[iri].label)}"{after}:::{kind}')
    for (source, arrow, target, limits), together in arrows.items():
        labels = list(dict.fromkeys(item.label for flow in together for item in flow.shown))
        text = ", ".join(labels[:_MOST_NAMES]) + (f" + {len(labels) - _MOST_NAMES}" if len(labels) > _MOST_NAMES else "")
        text += limits
        out.append(f'  {names[source]} {arrow}|"{_escaped(text)}"| {names[target]}')
    out += [f"  {names[source]} ==> {names[target]}" for source, target in transfers]
    used = {"party" if end.kind == "described" else end.kind for end in ends.values()}
    out += [f"  classDef {kind} {style}" for kind, style in _CLASSES.items() if kind in used]
    return "\n".join(out) + "\n"


def to_sankey(flows: Flows) -> str:
    """A Sankey from people by data to receivers, as wide as there are flows; what is denied is left out.

    Data whose flow is inferred, open, conditional or over are boxes of their own, marked so.
    """
    counts, words = Counter[tuple[str, str]](), Words(flows.language)
    for flow in flows:
        for item in flow.shown if flow.standing != "denied" else ():
            # Mermaid knows a node by its name only: the columns keep apart who is on both sides.
            known = "" if flow.standing in {"stated", "attested"} else f" ({words(glossary.STANDINGS[flow.standing])})"
            data = (item.type.label if item.type else item.label) + known + _limits(flow, flows.language)
            counts.update([(f"{flow.people.label} →", data), (data, f"→ {flow.receiver.label}")])
    rows = [",".join(f'"{_cell(end)}"' for end in ends) + f",{count}" for ends, count in counts.items()]
    return "\n".join(["---", f'title: "{_quoted(flows.title)}"', "---", "sankey-beta", "", *rows]) + "\n"


def _limits(flow: Flow, language: str) -> str:
    """What a label says of a flow that is not simply so: a diamond, the data that it leaves out, and that it is over."""
    limits = [limit for limit in flow.limits(Words(language)) if limit != flow.condition]
    return " ◇" * flow.conditional + "".join(f" ({limit})" for limit in limits)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace('"', '""')


def _escaped(text: str) -> str:
    """Text inside a quoted Mermaid label, by its entity codes."""
    return text.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;").replace("\n", " ")


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def page(flows: Flows, picture: Picture) -> str:
    """An HTML document in the language of the flows."""
    style = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
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
        f"<title>{escape(picture.title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        f'<h1 style="font-size:1.3rem">{escape(picture.title)}</h1>\n<figure>\n{picture.svg}</figure>\n'
        f'<div class="table">{table if body else ""}<p>{escape(rows.note)}</p></div>\n</main>\n</body>\n</html>\n'
    )


#: Format → media type; on the command line there is a table, too.
FORMATS = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "csv-excel": "text/csv; header=present; charset=utf-8",
    "markdown": "text/markdown; charset=utf-8",
    "svg": "image/svg+xml",
    "sankey": "text/plain; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "mermaid": "text/plain; charset=utf-8",
    "graphml": "application/graphml+xml",
}


def check_options(name: str, by: str, group: str, theme: str, formats: Iterable[str]) -> None:
    """Raise UnknownName for the first option that there is not."""
    check_format(name, formats)
    check_style(by=by, group=group, theme=theme)


def write(flows: Flows, name: str, *, by: str = "activity", group: str = "auto", theme: str = "auto", width: int = 100) -> str:
    """The flows as text; `width` is the terminal's for a table. Raises InputError where an extra is not installed."""
    writers = {
        "svg": lambda: flows.picture(by=by, group=group, theme=theme).svg,
        "html": lambda: flows.to_html(flows.picture(by=by, group=group, theme=theme)),
        **{"sankey": flows.to_sankey, "mermaid": flows.to_mermaid, "json": flows.to_json, "graphml": flows.to_graphml},
    }
    if name in writers:
        try:
            return writers[name]()
        except ModuleNotFoundError as error:
            message = phrase("the format {format} needs {name}, which is not installed", format=name, name=error.name)
            raise InputError(message, hint="pip install 'gdprgraph[flows]'") from error
    rows = flows.rows()
    text = render(rows, name, width)
    if name != "table":
        return text
    return f"{rows.caption}: {flows.summary}\n\n{text}{rows.note}\n"
