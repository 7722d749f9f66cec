"""Data flows: what is read and filtered on the real notices, and what is written as table, graph and Mermaid."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ElementTree

import networkx as nx
import pytest

from gdprgraph import UnknownName
from gdprgraph.flows.flow import KINDS, SENSITIVITIES, STANDINGS, Selection
from gdprgraph.flows.formats import FORMATS, write
from gdprgraph.names import expand


def iris(register, pattern: str) -> set[str]:
    return {row[0].value for row in register.store.select(f"SELECT DISTINCT ?s WHERE {{ {pattern} }}").rows}


def test_every_flow_of_the_register_is_there_once(register):
    flows = register.flows()
    assert [flow.iri for flow in flows] == list(dict.fromkeys(flow.iri for flow in flows))
    assert {flow.iri for flow in flows} == iris(register, "?s a reg:DataFlow")
    assert all(flow.evidence for flow in flows)
    assert {flow.standing for flow in flows} == {"stated", "inferred"}
    assert {flow.iri for flow in flows if flow.standing == "inferred"} == iris(
        register, "?s a reg:DataFlow ; reg:assertion reg:Inferred"
    )
    assert all(flow.reason for flow in flows if flow.standing == "inferred")
    assert all(flow.reason for flow in register.flows("dk:CPRNumber") if flow.standing == "inferred")


def test_flows_come_in_the_order_of_the_documents(register):
    places = [(flow.notice.iri, flow.evidence) for flow in register.flows()]
    assert places == sorted(places)


def test_what_may_happen_is_told_as_no_more(register):
    """The strength of the words, where the graph has one, so that no picture draws "can" as certain."""
    flows = register.flows()
    found = {item.iri: item.modality.iri for item in (*flows, *flows.holdings, *flows.refusals) if item.modality}
    rows = register.store.select(
        "SELECT ?f ?s WHERE { ?f reg:strength ?s . { ?f a reg:DataFlow } UNION { ?f a reg:DataUse } UNION { ?f a reg:Denial } }"
    ).rows
    assert {row[0].value for row in rows if row[1].value.endswith("#Possible")} <= set(found)
    assert found == {row[0].value: row[1].value for row in rows if row[0].value in found}
    assert all(flow.conditional for flow in flows if flow.iri in found)


@pytest.mark.parametrize("name", ["markdown", "csv", "table"])
def test_a_table_tells_what_may_happen_only(register, name):
    """Strength, what does not come along, and that it is over, where nobody asks for more columns."""
    text = write(register.flows(notice="bm"), name, width=400)
    rows = [line for line in text.splitlines() if "NFA" in line or "Forskningscenter" in line]
    assert rows
    assert all("eksempel" in line for line in rows)
    assert "ikke: oplysninger" in write(register.flows(notice="jobnet", people="jobnet:fund-members"), name, width=900)
    assert "er sket" in write(register.flows(activity="uim:workplace-assessment"), name, width=900)


def test_an_arrow_or_a_band_is_of_flows_that_are_known_alike(register):
    flows = register.flows(notice="uim-hr")
    arrows = [line for line in flows.to_mermaid().splitlines() if "|" in line]
    marked = {label for flow in flows if flow.conditional for label in (item.label for item in flow.shown)}
    plain = {label for flow in flows if not flow.conditional for label in (item.label for item in flow.shown)}
    bare = " ".join(line for line in arrows if "◇" not in line)
    assert not [label for label in marked - plain if f"{label}," in bare or f'"{label}"' in bare]
    assert any("◇" in line for line in arrows)
    sankey = flows.to_sankey()
    assert " (udledt)" in sankey
    assert " ◇" in sankey
    data = {(item.type or item).label for flow in flows if flow.conditional for item in flow.shown}
    data -= {(item.type or item).label for flow in flows if not flow.conditional for item in flow.shown}
    assert data
    assert not [label for label in data if f'"{label}",' in sankey]
    excluded = [edge for edge in json.loads(flows.to_json())["edges"] if edge.get("excludes")]
    assert {name for edge in excluded for name in edge["excludes"]} == {"uim:data-private-appointments"}


def test_holdings_and_denials_come_along(register):
    flows = register.flows()
    assert {item.iri for item in flows.holdings} == iris(register, "?s a reg:DataUse")
    practices = {refusal.practice.curie for refusal in flows.refusals}
    assert {"reg:ThirdCountryTransfer", "reg:CallLogging", "reg:SharingWithOthers"} <= practices
    assert {refusal.direction for refusal in flows.refusals} == {"out", "in", "abroad"}


@pytest.mark.parametrize("category", ["dk:CPRNumber", "pd:Health", "pd:Criminal", "dpv:SpecialCategoryPersonalData", "pd:Name"])
def test_a_data_filter_finds_what_the_question_finds(register, category):
    """The flows of a category are those of `ask recipients` but for what the publisher itself receives."""
    asked = {row["fact"].iri for row in register.ask("recipients", data=category)}
    flows = register.flows(category, undetermined=True)
    others = [flow for flow in flows if flow.receipt.curie != "reg:ToTheAuthority" and flow.standing != "denied"]
    assert {flow.iri for flow in others} == asked
    named = register.flows(category)
    assert {flow.iri for flow in named} == {flow.iri for flow in flows if flow.standing != "open"}
    assert named.left_open == sum(flow.standing == "open" for flow in flows)
    cited = {}
    for row in register.ask("recipients", data=category):
        cited.setdefault(row["fact"].iri, set()).update(row.evidence)
    for flow in others:
        assert set(flow.evidence) <= cited[flow.iri]


def test_cpr_of_the_ministry_names_the_receivers_and_how_they_are_known(register):
    standing = {flow.receiver.label: flow.standing for flow in register.flows("dk:CPRNumber", notice="uim-hr")}
    assert standing["den ansattes pensionskasse"] == "stated"
    assert standing["en bank"] == "inferred"
    assert "medarbejderens chef" not in standing
    opened = register.flows("dk:CPRNumber", notice="uim-hr", undetermined=True)
    manager = next(flow for flow in opened if flow.curie == "uim:access-time-manager")
    assert manager.standing == "open"
    assert "mTIME" in manager.reason
    assert {"uim-hr:100-101", "uim-hr:106-107"} <= {str(passage) for passage in manager.evidence}
    assert "Politiets Efterretningstjeneste" not in standing


def test_data_excluded_from_an_access_are_a_denied_flow(register):
    denied = [flow for flow in register.flows("uim:data-private-appointments") if flow.standing == "denied"]
    assert {flow.receiver.label for flow in denied} == {"alle ministeriets medarbejdere"}


def test_a_party_filter_takes_a_party_with_its_units_a_kind_or_a_label(register):
    by_name = register.flows(party="Statens IT")
    assert "administratorer hos Statens IT" in {flow.receiver.label for flow in by_name}
    assert {flow.iri for flow in by_name} == {flow.iri for flow in register.flows(party="party:statens-it")}
    municipalities = register.flows(party="dk:Municipality", notice="uim-hr")
    assert {flow.receiver.label for flow in municipalities} == {"en kommune", "medarbejderens kommune"}


def test_other_filters(register):
    everything = register.flows()
    applicants = register.flows(people="dpv:JobApplicant")
    assert applicants
    assert all(expand("dpv:JobApplicant") in flow.people.types for flow in applicants)
    abroad = register.flows(country="any")
    assert {flow.iri for flow in abroad} == iris(register, "?s a reg:DataFlow ; dpv:hasThirdCountry ?c")
    assert {flow.receiver.label for flow in register.flows(country="loc:US")} == {"leverandører hjemmehørende i USA"}
    basis = register.flows(basis="eu-gdpr:A6-1-c")
    assert basis
    assert len(basis) < len(everything)
    purpose = register.flows(purpose="dk:RefundOfPay")
    assert all(flow.purposes or flow.given_purposes for flow in purpose)
    assert {flow.standing for flow in register.flows(assertion="inferred")} == {"inferred"}
    activity = everything[0].activities[0].curie
    assert {flow.activities[0].curie for flow in register.flows(activity=activity)} == {activity}
    stated, inferred = (len(register.flows(assertion=word)) for word in ("stated", "inferred"))
    assert stated + inferred == len(everything)


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ({"data": "dk:CPRNumbr"}, "dk:CPRNumber"),
        ({"notice": "uim-h"}, "uim-hr"),
        ({"assertion": "state"}, "stated"),
        ({"party": "Statens It-afdeling"}, ""),
        ({"lang": "de"}, "one of da, en"),
    ],
)
def test_unknown_names_say_what_there_is(register, given, hint):
    with pytest.raises(UnknownName) as caught:
        register.flows(**given)
    assert hint in caught.value.hint


def test_a_name_of_another_kind_is_told_and_not_answered_with_no_flows(register):
    for name in ("data", "people", "purpose", "basis", "activity"):
        with pytest.raises(UnknownName, match="party:uim is not"):
            register.flows(**{name: "party:uim"})
    with pytest.raises(UnknownName, match="party:pet is no notice or record, and no authority that has one"):
        register.flows(notice="party:pet")
    with pytest.raises(UnknownName, match="dk:CPRNumber is not a party or system"):
        register.flows(party="dk:CPRNumber")


def test_whatever_flows_name_can_be_asked_for(register):
    given = set()
    for flow in register.flows():
        given |= {("data", item.curie) for item in flow.data} | {("people", flow.people.curie)}
        given |= {("party", end.curie) for end in (flow.sender, flow.receiver, *flow.via)}
        given |= {("purpose", one.curie) for one in flow.purposes} | {("basis", one.curie) for one in flow.bases}
        given |= {("activity", one.curie) for one in flow.activities} | {("notice", flow.notice.curie)}
    assert len(given) > 300
    for name, node in sorted(given):
        Selection.of(register, {name: node}, undetermined=False, language="da")


def test_rows_have_evidence_and_both_languages(register):
    danish, english = (register.flows("dk:CPRNumber", lang=lang).rows() for lang in ("da", "en"))
    assert len(danish) == len(english) > 3
    assert all(row.evidence for row in danish)
    assert danish.titles["receiver"] == "modtager"
    assert english.titles["receiver"] == "receiver"
    assert {row["standing"].curie for row in english} <= {"reg:Stated", "reg:Inferred"}


def test_networkx_graph_is_as_documented(register):
    flows = register.flows()
    graph = flows.to_networkx()
    assert isinstance(graph, nx.MultiDiGraph)
    assert {data["kind"] for _, data in graph.nodes(data=True)} == set(KINDS)
    edges = {key: (source, target, data) for source, target, key, data in graph.edges(keys=True, data=True)}
    for flow in flows:
        source, target, data = edges[flow.curie]
        assert (source, target, data["relation"]) == (flow.sender.curie, flow.receiver.curie, "flow")
        assert data["standing"] in STANDINGS
        assert data["sensitivity"] in SENSITIVITIES
        assert data["evidence"]
    relations = {data["relation"] for _, _, data in edges.values()}
    assert relations == {"flow", "about", "via", "transfer"}
    abroad = [target for _, target, data in edges.values() if data["relation"] == "transfer"]
    assert set(abroad) == {"loc:US", "reg:OutsideEEA"}


def test_json_and_graphml_hold_the_same_graph(register):
    flows = register.flows(notice="mariagerfjord-hr")
    graph = flows.to_networkx()
    again = nx.node_link_graph(json.loads(flows.to_json()), edges="edges")
    assert nx.utils.graphs_equal(graph, again)
    text = flows.to_graphml()
    ElementTree.fromstring(text)
    read = nx.parse_graphml(text, force_multigraph=True)
    assert set(read.nodes) == set(graph.nodes)
    assert read.number_of_edges() == graph.number_of_edges()
    assert flows.to_json() == register.flows(notice="mariagerfjord-hr").to_json()


def test_mermaid_escapes_and_tells_standings_apart(register):
    text = register.flows("dk:CPRNumber").to_mermaid()
    assert "flowchart LR" in text
    assert "-.->|" in text
    assert "-->|" in text
    assert '"personer <script>"' not in text
    excluded = register.flows("uim:data-private-appointments").to_mermaid()
    assert "--x|" in excluded


def test_pandas(register):
    pandas = pytest.importorskip("pandas", reason="the extra pandas is not installed")
    frame = register.flows("dk:CPRNumber").to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert "den ansattes pensionskasse" in set(frame["receiver"])


def test_command_writes_what_python_does(gdprgraph, register, tmp_path):
    flows = register.flows("dk:CPRNumber", notice="uim-hr")
    arguments = ["flows", "--data", "dk:CPRNumber", "--notice", "uim-hr"]
    table = gdprgraph(*arguments).stdout
    assert table.startswith(f"{flows.title}: {flows.summary}")
    listed = list(csv.DictReader(io.StringIO(gdprgraph(*arguments, "-f", "csv").stdout)))
    assert {row["fact"] for row in listed} == {flow.curie for flow in flows}
    written = {"json": flows.to_json(), "graphml": flows.to_graphml(), "svg": flows.picture().svg}
    for name, text in written.items():
        target = tmp_path / f"flows.{name}"
        gdprgraph(*arguments, "--format", name, "-o", str(target))
        assert target.read_text(encoding="utf-8") == text, name


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--format", "png"], "unknown format png"),
        (["--by", "colour"], "by cannot be colour"),
        (["--theme", "drk"], "dark"),
        (["--data", "dk:Nothing"], "knows no dk:Nothing"),
        (["--data", "system:jobnet"], "system:jobnet is not data (gdprgraph ask terms --scheme dpv:Data"),
        (["--assertion", "denied"], "unknown assertion denied"),
    ],
)
def test_command_says_what_is_wrong_in_one_line(gdprgraph, tmp_path, arguments, said):
    target = tmp_path / "kept.svg"
    target.write_text("kept")
    done = gdprgraph("flows", *arguments, "-o", str(target), check=False)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert target.read_text() == "kept"


def test_every_format_of_the_command_is_written(register):
    flows = register.flows("dk:CPRNumber", notice="uim-hr")
    pieces = {
        "svg": "<svg",
        "sankey": "sankey-beta",
        "html": "<!doctype html>",
        "mermaid": "flowchart LR",
        "graphml": "<graphml",
    }
    pieces |= {
        "json": '"multigraph"',
        "csv": "sender,",
        "csv-excel": "\ufeffsender;",
        "markdown": "| afsender",
        "table": "afsender",
    }
    assert set(pieces) == {"table", *FORMATS}
    for name, piece in pieces.items():
        assert piece in write(flows, name), name


def test_page_fetches_nothing_and_shows_picture_and_table(register):
    flows = register.flows("dk:CPRNumber", lang="en")
    page = flows.to_html()
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "<script" not in page
    assert '<html lang="en">' in page
    for flow in flows:
        assert all(str(passage) in page for passage in flow.evidence)


@pytest.mark.parametrize("slug", ["uim-hr", "bm", "star-eures", "mariagerfjord-hr", "jobnet"])
def test_one_notice_is_read_alone_and_gives_what_it_gives_among_all(register, slug):
    whole, alone = register.flows(), register.flows(notice=slug)
    home = f"https://w3id.org/gdprgraph/id/notice/{slug}"
    for kind in ("flows", "holdings", "refusals"):
        assert getattr(alone, kind) == tuple(item for item in getattr(whole, kind) if item.notice.iri == home)
    assert alone.whole() == whole.flows
    asked = register.flows(notice=slug, data="dk:CPRNumber")
    assert asked.left_open == sum(
        flow.notice.iri == home for flow in register.flows(data="dk:CPRNumber", undetermined=True)
    ) - len(asked)


def test_a_flow_that_is_carried_on_is_named_though_it_is_not_selected(register):
    onward = next(flow for flow in register.flows() if flow.onward_of)
    alone = register.flows(notice=onward.notice.iri, party=onward.receiver.iri)
    (named,) = {name for edge in json.loads(alone.to_json())["edges"] for name in edge.get("onward_of", ())}
    assert named == next(flow.curie for flow in register.flows() if flow.iri == onward.onward_of[0])
