"""The flows as a Mermaid flowchart: stated solid, inferred and open dotted, denied with a cross, transfers thick."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gdprgraph.flows.collection import Flows
    from gdprgraph.flows.flow import End, Flow

_ARROWS = {"stated": "-->", "attested": "-->", "inferred": "-.->", "open": "-.->", "denied": "--x"}
_SHAPES = {
    "people": ("([", "])"),
    "system": ("[[", "]]"),
    "internal": ("(", ")"),
    "country": ("{{", "}}"),
}
_CLASSES = {
    "people": "fill:#eef2f6,stroke:#5b6773,color:#1b1f24",
    "party": "fill:#ffffff,stroke:#2a3440,color:#1b1f24",
    "internal": "fill:#f6f7f9,stroke:#8a949e,color:#1b1f24",
    "system": "fill:#f3f0fa,stroke:#6a5a9a,color:#1b1f24",
    "country": "fill:#fff6e5,stroke:#8a5a00,color:#1b1f24",
}
_MOST_NAMES = 4


def to_mermaid(flows: Flows) -> str:
    """A flowchart from left to right; flows with the same ends and standing share an arrow, labelled with the data."""
    ends: dict[str, End] = {}
    arrows: dict[tuple[str, str, str], list[Flow]] = {}
    transfers: dict[tuple[str, str], None] = {}
    for flow in flows:
        ends |= {end.iri: end for end in (flow.sender, flow.receiver, *flow.countries)}
        arrow = "<" + _ARROWS[flow.standing] if flow.mutual and flow.standing != "denied" else _ARROWS[flow.standing]
        arrows.setdefault((flow.sender.iri, arrow, flow.receiver.iri), []).append(flow)
        transfers |= dict.fromkeys((flow.receiver.iri, country.iri) for country in flow.countries)
    names = {iri: f"n{number}" for number, iri in enumerate(sorted(ends), 1)}
    out = ["---", f'title: "{_quoted(flows.title)}"', "---", "flowchart LR"]
    for iri, name in names.items():
        kind = "party" if ends[iri].kind == "described" else ends[iri].kind
        before, after = _SHAPES.get(kind, ("[", "]"))
        out.append(f'  {name}{before}"{_escaped(ends[iri].label)}"{after}:::{kind}')
    for (source, arrow, target), together in arrows.items():
        listed = list(dict.fromkeys(item.label for flow in together for item in flow.shown))
        text = ", ".join(listed[:_MOST_NAMES]) + (f" + {len(listed) - _MOST_NAMES}" if len(listed) > _MOST_NAMES else "")
        text += " ◇" if all(flow.conditional for flow in together) else ""
        out.append(f'  {names[source]} {arrow}|"{_escaped(text)}"| {names[target]}')
    out += [f"  {names[source]} ==> {names[target]}" for source, target in transfers]
    used = {"party" if end.kind == "described" else end.kind for end in ends.values()}
    out += [f"  classDef {kind} {style}" for kind, style in _CLASSES.items() if kind in used]
    return "\n".join(out) + "\n"


def _escaped(text: str) -> str:
    """Text inside a quoted Mermaid label, by its entity codes."""
    return text.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;").replace("\n", " ")


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
