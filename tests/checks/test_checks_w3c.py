"""The W3C suite of SHACL: what is due, what is found, by focus node, value, component, severity and path."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import need
from gdprgraph.checks.engine import engine
from gdprgraph.checks.rules import SEVERITIES, SH
from gdprgraph.checks.user_shapes import read_own
from gdprgraph.checks.view import view
from gdprgraph.errors import GdprgraphError
from support import suites

#: The cases that do not come out, and why (docs/check.md).
LEFT = {
    "core/property/datatype-ill-formed": "the store keeps xsd:byte as xsd:integer",
    "sparql/pre-binding/shapesGraph-001": "refused: pySHACL has no $shapesGraph",
}
BASE = ox.NamedNode("https://kommune.example/")
SEVERITY_IRIS = {name: iri for iri, name in SEVERITIES.items()}


def results(case):
    parsed = ox.parse(path=case.data, format=ox.RdfFormat.TURTLE, base_iri=case.data.as_uri())
    data = view([ox.Quad(*quad.triple, BASE) for quad in parsed])
    rules, others = read_own([case.shapes])
    rows = [*engine("sparql").run(data, rules), *(result for other in others for result in other.run(data))]
    return sorted(
        (
            suites.plain(row.node or ox.NamedNode(row.focus)),
            suites.plain(row.value),
            suites.plain(ox.NamedNode(row.component if ":" in row.component else SH + row.component)),
            suites.plain(ox.NamedNode(row.rule.severity_iri or SEVERITY_IRIS[row.rule.severity])),
            suites.plain(row.rule.path_triples[0].object) if row.rule.path_triples else "",
        )
        for row in rows
    )


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # pySHACL warns of what the suite plants
@pytest.mark.parametrize(("part", "number"), [("core", 98), ("sparql", 23)])
def test_the_suite_of_shacl(tmp_path, part, number):
    folder = suites.folder("pyshacl-*/test/resources/sht_tests")
    need(folder is not None, "the sources of pySHACL in the folder that SUITES names")
    cases = [case for case in suites.validations(folder) if case.name.startswith(part)]
    assert len(cases) == number
    late = {}
    for case in cases:
        shapes = Path(tmp_path, case.shapes.name)  # beside the one ontology that is imported, of which the suite uses nothing
        Path(tmp_path, "dash.ttl").write_text("<http://datashapes.org/dash> a <http://www.w3.org/2002/07/owl#Ontology> .")
        text = case.shapes.read_text("utf-8")
        shapes.write_text(f"@base <{case.shapes.as_uri()}> .\n{text}", "utf-8")
        try:
            rows = results(suites.Validation(case.name, case.data, shapes, case.due))
        except GdprgraphError as error:
            rows = None if case.due is None else str(error)
        if rows != case.due:
            late[case.name] = (rows, case.due)
    assert {name: late[name] for name in late if name not in LEFT} == {}
    assert {name for name in LEFT if name.startswith(part)} == set(late), "what comes out now is no longer left"
