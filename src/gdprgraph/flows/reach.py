"""What the flows tell together: how far data go, who holds most, what two authorities share, what only one side says.

A step from one flow to the next exists only where the text gives it: the later flow is `reg:onwardOf` the earlier one, or both
belong to one activity, carry the same data node (one that the text does not leave open) about the same people, and the
later is sent by the receiver of the earlier. That two flows meet at the same party is no step: what a body gets in one
matter need not go on in another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from gdprgraph.flows.flow import Data, End, Flow
from gdprgraph.questions.rows import Concept

if TYPE_CHECKING:
    import networkx as nx

Named = TypeVar("Named", End, Data, Concept)


@dataclass(frozen=True, slots=True)
class Reached:
    """A receiver that the data come to: by which chain of flows, the last of which it receives.

    `certain` is False where a flow of the chain is inferred, denied, open or conditional, or where a later step names its
    data only as the same node or as onward of the earlier one.
    """

    receiver: End
    chain: tuple[Flow, ...]
    certain: bool

    @property
    def hops(self) -> int:
        """How many flows it takes."""
        return len(self.chain)


@dataclass(frozen=True, slots=True)
class Exposure:
    """How much passes through a party, unit or system: what its loss or a breach there would touch."""

    end: End
    flows: tuple[Flow, ...]
    people: tuple[End, ...]
    data: tuple[Data, ...]
    notices: tuple[Concept, ...]
    onward: tuple[End, ...]


@dataclass(frozen=True, slots=True)
class Shared:
    """What two authorities have in common: `between` are flows from one to the other, as either side tells them."""

    between: tuple[Flow, ...]
    parties: tuple[End, ...]
    systems: tuple[End, ...]
    kinds: tuple[Concept, ...]
    data: tuple[Concept, ...]


def steps(flows: Iterable[Flow]) -> nx.DiGraph[str]:
    """The graph of flows (by IRI): an edge from each flow to the flows that carry on what it brought."""
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    names = {flow.iri: flow for flow in flows if flow.standing != "denied"}
    graph.add_nodes_from(names)
    sent: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for flow in names.values():
        for activity in flow.activities:
            for item in _traceable(flow):
                sent[activity.iri, flow.sender.iri, flow.people.iri, item.iri].append(flow.iri)
    for flow in names.values():
        graph.add_edges_from((earlier, flow.iri) for earlier in flow.onward_of if earlier in names)
        for activity in flow.activities if flow.receiver.known else ():
            for item in _traceable(flow):
                for later in sent[activity.iri, flow.receiver.iri, flow.people.iri, item.iri]:
                    if later != flow.iri:
                        graph.add_edge(flow.iri, later)
    return graph


def reach(chosen: Iterable[Flow], everything: Iterable[Flow]) -> tuple[Reached, ...]:
    """Who the data of the chosen flows come to, nearest first: directly, and by the steps that follow."""
    import networkx as nx

    first = {flow.iri: flow for flow in chosen if flow.standing != "denied"}
    names = {flow.iri: flow for flow in everything} | first
    graph = steps(names.values())
    starts = [iri for iri in first if not any(before in first for before in graph.predecessors(iri))] or list(first)
    paths = nx.multi_source_dijkstra_path(graph, starts, weight=None) if starts else {}
    matches = []
    for path in paths.values():
        chain = tuple(names[iri] for iri in path)
        certain = all(flow.standing == "stated" and not flow.conditional and flow.iri in first for flow in chain)
        matches.append(Reached(chain[-1].receiver, chain, certain))
    return tuple(sorted(matches, key=lambda item: (item.hops, item.receiver.label.casefold(), item.chain[-1].iri)))


def chains(flows: Iterable[Flow]) -> tuple[tuple[Flow, ...], ...]:
    """From each flow that carries on nothing to each that nothing carries on: the shortest chain, of two or more flows."""
    import networkx as nx

    names = {flow.iri: flow for flow in flows}
    order = {iri: number for number, iri in enumerate(names)}
    graph = steps(names.values())
    loops = nx.condensation(graph)
    members = {node: min(loops.nodes[node]["members"], key=lambda iri: order[iri]) for node in loops}
    lasts = {members[node] for node in loops if not loops.out_degree(node)}
    matches = []
    for node in loops:
        if not loops.in_degree(node):
            paths = nx.single_source_shortest_path(graph, members[node])
            matches += [tuple(names[iri] for iri in path) for last, path in paths.items() if last in lasts and len(path) > 1]
    return tuple(sorted(matches, key=lambda chain: [order[flow.iri] for flow in chain]))


def exposure(flows: Iterable[Flow]) -> tuple[Exposure, ...]:
    """Each party, unit and system that a flow touches (denied ones apart), the most touched first."""
    import networkx as nx

    names = {flow.iri: flow for flow in flows if flow.standing != "denied"}
    graph = steps(names.values())
    touched: dict[str, list[Flow]] = defaultdict(list)
    ends: dict[str, End] = {}
    for flow in names.values():
        for end in dict.fromkeys((flow.sender, flow.receiver, *flow.via)):
            if end.kind != "people" and end.known:
                touched[end.iri].append(flow)
                ends[end.iri] = end
    matches = []
    for iri, through in touched.items():
        later = {after for flow in through if flow.receiver.iri == iri for after in nx.descendants(graph, flow.iri)}
        onward = {names[after].receiver.iri: names[after].receiver for after in later}
        matches.append(
            Exposure(
                ends[iri],
                tuple(through),
                _distinct(flow.people for flow in through),
                _distinct(item for flow in through for item in flow.data),
                _distinct(flow.notice for flow in through),
                tuple(sorted((end for end in onward.values() if end.iri != iri), key=_name)),
            )
        )
    return tuple(sorted(matches, key=lambda item: (-len(item.flows), -len(item.data), item.end.label.casefold(), item.end.iri)))


def shared(flows: Iterable[Flow], first: str, second: str) -> Shared:
    """What two authorities (IRIs) have in common: flows between them, bodies and systems that both exchange with or use.

    Bodies that the texts only describe ("a bank") are not the same body, so they count by `kinds` alone.
    """
    names = [flow for flow in flows if flow.standing != "denied"]
    sides: list[list[Flow]] = [[flow for flow in names if flow.home.iri == home] for home in (first, second)]
    pairs = {(first, second), (second, first)}
    between = tuple(flow for flow in names if (flow.sender.iri, flow.receiver.iri) in pairs)
    named: list[dict[str, End]] = []
    kinds: list[dict[str, Concept]] = []
    data: list[dict[str, Concept]] = []
    for side in sides:
        ends = [end for flow in side for end in (flow.sender, flow.receiver, *flow.via) if end.known]
        named.append({end.iri: end for end in ends if end.iri not in {first, second}})
        outside = (end for end in ends if end.kind in {"party", "described"} and end.iri not in {first, second})
        kinds.append({end.type.iri: end.type for end in outside if end.type})
        data.append({item.type.iri: item.type for flow in side for item in flow.data if item.type})
    both = [named[0][iri] for iri in named[0].keys() & named[1].keys()]
    return Shared(
        between,
        tuple(sorted((end for end in both if end.kind != "system"), key=_name)),
        tuple(sorted((end for end in both if end.kind == "system"), key=_name)),
        _common(kinds),
        _common(data),
    )


def one_sided(flows: Iterable[Flow]) -> tuple[Flow, ...]:
    """The flows between two authorities that both have notices here, of which only one side's notices tell.

    It is no fault by itself: the other side's notices in this register may be about other matters.
    """
    names = [flow for flow in flows if flow.standing != "denied"]
    homes = {flow.home.iri for flow in names}
    statements = {(flow.home.iri, flow.sender.iri, flow.receiver.iri) for flow in names}
    matches = []
    for flow in names:
        ends = {flow.sender.iri, flow.receiver.iri}
        others = (ends & homes) - {flow.home.iri}
        if flow.home.iri in ends and others:
            other = others.pop()
            there = {(other, flow.sender.iri, flow.receiver.iri)}
            if flow.mutual:
                there.add((other, flow.receiver.iri, flow.sender.iri))
            if not there & statements:
                matches.append(flow)
    return tuple(matches)


def _traceable(flow: Flow) -> list[Data]:
    """Data that are the same in two flows where the node is the same; data left open may be others each time."""
    return [item for item in flow.data if item.sensitivity != "unspecified"]


def _name(item: End | Data | Concept) -> tuple[str, str]:
    return (item.label.casefold(), item.iri)


def _distinct(items: Iterable[Named]) -> tuple[Named, ...]:
    return tuple(sorted({item.iri: item for item in items}.values(), key=_name))


def _common(pair: list[dict[str, Concept]]) -> tuple[Concept, ...]:
    return _distinct(pair[0][iri] for iri in pair[0].keys() & pair[1].keys())
