"""The flows as a directed multigraph: for networkx, as node-link JSON, as GraphML.

Nodes are named by CURIE and have `kind` (`people`, `party`, `described`, `internal`, `system` or `country`), `label`,
`iri`, and `type` with `type_label` where the register says what kind of body they are.

Edges have a `relation`:

- `flow`, sender → receiver, key = the flow's CURIE, with `label`, `data` and `data_labels`, `sensitivity`, `people` and
  `people_label`, `standing` (`stated`, `attested`, `inferred`, `open`, `denied`), `reason`, `condition`, `modality`,
  `mutual`, `past`, `inquiry`, `via`, `purposes`, `bases`, `countries`, `onward_of`, `activities`, `notice`, `evidence`;
- `about`, group of people → sender, for each flow that the people do not send themselves;
- `via`, sender → the system or intermediary that a flow passes;
- `transfer`, receiver → third country.

The last three have `flow` (the CURIE of their flow) and its `standing`. Lists are lists in Python and JSON; GraphML knows
none, so there they are joined by `; `.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gdprgraph.vocab import curie

if TYPE_CHECKING:
    import networkx as nx

    from gdprgraph.flows.collection import Flows
    from gdprgraph.flows.flow import End, Flow


def node_link(flows: Flows) -> dict[str, Any]:
    """The graph as node-link data, in the form that `networkx.node_link_graph` reads."""
    nodes: dict[str, dict[str, Any]] = {}
    edges: list[dict[str, Any]] = []
    for flow in flows:
        for end in (flow.sender, flow.receiver, flow.people, *flow.via, *flow.countries):
            nodes.setdefault(end.curie, _node(end))
        edges.append(_edge(flow))
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

    found = nx.node_link_graph(node_link(flows), edges="edges")
    assert isinstance(found, nx.MultiDiGraph)  # noqa: S101 - `directed` and `multigraph` are set above
    return found


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


def _edge(flow: Flow) -> dict[str, Any]:
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
        "inquiry": flow.inquiry,
        "via": [end.curie for end in flow.via],
        "purposes": [purpose.curie for purpose in flow.purposes],
        "bases": [basis.curie for basis in flow.bases],
        "countries": [country.curie for country in flow.countries],
        "onward_of": [curie(iri) for iri in flow.onward_of],
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
