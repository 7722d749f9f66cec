"""What a graph of flows answers: reach, chains, exposure, what two authorities share, what only one side tells."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx

from gdprgraph.flows.reach import chains, one_sided, reach, steps
from gdprgraph.names import expand


def labels(reached) -> list[str]:
    return [item.receiver.label for item in reached]


def test_the_contract_stops_at_statens_administration(register):
    """It and the refund data go to the same agency, but only the refund data go on to the municipality."""
    contract = register.flows("uim:data-employment-agreement")
    assert "Statens Administration" in labels(contract.reach())
    assert not any("kommune" in label for label in labels(contract.reach()))


def test_the_refund_data_reach_the_municipality(register):
    found = {item.receiver.label: item for item in register.flows("uim:data-relevant-refund").reach()}
    assert found["Statens Administration"].hops == 1
    municipality = found["medarbejderens kommune"]
    assert [flow.curie for flow in municipality.chain] == ["uim:flow-absence-refund", "uim:flow-refund-municipality"]
    assert not municipality.certain  # it happens only when a refund is applied for


def test_no_step_along_a_party_alone(register):
    flows = register.flows()
    graph = steps(flows)
    known = {flow.iri: flow for flow in flows}
    assert graph.number_of_edges() > 3
    for earlier, later in graph.edges:
        first, second = known[earlier], known[later]
        stated = earlier in second.onward_of
        same = {item.iri for item in first.data if item.sensitivity != "unspecified"} & {item.iri for item in second.data}
        together = set(first.activities) & set(second.activities)
        assert stated or (same and together and first.people == second.people and first.receiver == second.sender)


def test_open_data_are_no_step(register):
    """Data that the text leaves open may be others each time, though the node is the same."""
    assert steps(register.flows(notice="bm")).number_of_edges() == 0


def test_chains_are_longer_than_one_hop_and_end_where_nothing_carries_on(register):
    found = [[flow.curie for flow in chain] for chain in register.flows().chains()]
    assert ["uim:flow-absence-refund", "uim:flow-refund-municipality"] in found
    assert ["uim:flow-pay-bank", "uim:flow-pay-nemkonto"] in found
    assert min(map(len, found)) >= 2
    assert found == [[flow.curie for flow in chain] for chain in register.flows().chains()]


def test_chains_in_a_circle_end(register):
    flow = register.flows("uim:data-relevant-refund")[0]
    there = replace(flow, iri="urn:there", onward_of=("urn:back",))
    back = replace(flow, iri="urn:back", onward_of=("urn:there",), sender=flow.receiver, receiver=flow.sender)
    assert chains([there, back]) == ()
    assert len(reach([there], [there, back])) == 2


def test_reach_equals_networkx_descendants(register):
    flows = register.flows()
    graph = steps(flows)
    for category in ("dk:CPRNumber", "pd:Health"):
        chosen = register.flows(category)
        expected = {flow.iri for flow in chosen if flow.standing != "denied"}
        for iri in set(expected):
            expected |= nx.descendants(graph, iri)
        assert {item.chain[-1].iri for item in chosen.reach()} == expected


def test_exposure_counts_what_a_loss_would_touch(register):
    flows = register.flows()
    found = {item.end.curie: item for item in flows.exposure()}
    agency = found["party:statens-administration"]
    touching = [flow for flow in flows if expand("party:statens-administration") in {flow.sender.iri, flow.receiver.iri}]
    assert set(agency.flows) >= set(touching)
    assert "medarbejderens kommune" in {end.label for end in agency.onward}
    counts = [len(item.flows) for item in flows.exposure()]
    assert counts == sorted(counts, reverse=True)
    assert all(item.end.kind != "people" for item in flows.exposure())


def test_two_authorities_share_systems_and_kinds_not_described_bodies(register):
    shared = register.flows().shared("party:uim", "party:star")
    assert "CPR-registret" in {end.label for end in shared.systems}
    assert "kommune" in {kind.label for kind in shared.kinds}
    assert all(end.kind != "described" for end in shared.parties)


def test_one_sided_flows_are_told_by_one_authority_only(register):
    flows = register.flows()
    found = one_sided(flows)
    assert "bm:flow-star" in {flow.curie for flow in found}
    answer = replace(
        next(flow for flow in found if flow.curie == "bm:flow-star"),
        iri="urn:answer",
        home=next(flow.home for flow in flows if flow.home.curie == "party:star"),
    )
    assert "bm:flow-star" not in {flow.curie for flow in one_sided([*flows, answer])}
