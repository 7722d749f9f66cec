"""The ontology files: every term used is declared, every own term is used, labelled in both languages, and true to DPV."""

from __future__ import annotations

import re

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, URIRef

from conftest import ROOT
from gdprgraph.names import PREFIXES

OWN = (PREFIXES["reg"], PREFIXES["dk"])
DPV = "https://w3id.org/dpv"
ONTOLOGY = sorted((ROOT / "ontology").glob("*.ttl"))
DATA = sorted((ROOT / "data").rglob("*.ttl"))
TEXTS = sorted(
    path
    for folder in ("queries", "rules", "shapes", "src", "docs", "benchmarks")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".rq", ".ttl", ".py", ".md"}
)
_USED = re.compile(r"(?<![\w:/#\-.])(reg|dk):([A-Za-z][\w-]*)")


def parse(path) -> Graph:
    return Graph().parse(path)


@pytest.fixture(scope="module")
def vocabulary() -> Graph:
    graph = Graph()
    for path in ONTOLOGY:
        graph.parse(path)
    return graph


def own_terms(graph: Graph) -> set[URIRef]:
    return {term for term in graph.subjects() if isinstance(term, URIRef) and str(term).startswith(OWN)}


@pytest.mark.parametrize("path", ONTOLOGY + DATA, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_is_tidy(path):
    text = path.read_text(encoding="utf-8")
    assert text.endswith("\n")
    assert "\t" not in text
    assert not re.search(r"[ \t]+$", text, re.MULTILINE)
    declared = dict(re.findall(r"^@prefix\s+([\w-]*):\s+<([^>]*)>", text, re.MULTILINE))
    for prefix, namespace in declared.items():
        assert PREFIXES.get(prefix, namespace) == namespace, f"{prefix}: stands for something else here"
    body = re.sub(r'^@prefix.*$|"(?:[^"\\]|\\.)*"|<[^>]*>|#.*$', "", text, flags=re.MULTILINE)
    unused = [prefix for prefix in declared if not re.search(rf"(?<![\w-]){re.escape(prefix)}:", body)]
    assert not unused, f"prefixes declared but not used: {unused}"


@pytest.mark.parametrize("path", DATA, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_phantoms_in_data(path, vocabulary):
    """Every own or DPV term in the data is declared in ontology/."""
    declared = set(vocabulary.subjects())
    used = {
        term for triple in parse(path) for term in triple[1:] if isinstance(term, URIRef) and str(term).startswith((*OWN, DPV))
    }
    assert not used - declared, sorted(used - declared)


@pytest.fixture(scope="module")
def declared(vocabulary):
    return own_terms(vocabulary)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_phantoms_in_text(path, declared):
    """Every own term named in queries, rules, shapes, code and docs is declared in ontology/."""
    text = path.read_text(encoding="utf-8")
    if "wrong-terms-on-purpose" in text:
        pytest.skip("this file names wrong terms on purpose")
    used = {URIRef(PREFIXES[prefix] + local) for prefix, local in _USED.findall(text)}
    assert not used - declared, sorted(used - declared)


def test_no_orphans(vocabulary):
    """Every own term is used in the data, or by a question, rule, shape or module, or stands above one that is."""
    used: set[str] = set()
    for path in DATA:
        for triple in parse(path):
            used |= {str(term) for term in triple}
    for path in TEXTS:
        if path.suffix in {".rq", ".ttl"} or "src" in path.parts or path.name == "modelling.md":
            used |= {PREFIXES[prefix] + local for prefix, local in _USED.findall(path.read_text(encoding="utf-8"))}
    # a term that an axiom about another term is made of is used by the reasoner
    axioms = parse(ROOT / "ontology" / "axioms.ttl")
    used |= {str(value) for term, value in axioms.subject_objects() if term != value and str(value).startswith(OWN)}
    for _ in range(8):
        for relation in (RDFS.subClassOf, RDFS.subPropertyOf, SKOS.broader, RDF.type):
            used |= {str(above) for term, above in vocabulary.subject_objects(relation) if str(term) in used}
        used |= {str(o) for s, o in vocabulary.subject_objects() if str(s) in used and str(o).startswith(OWN)}
    orphans = sorted(str(term) for term in own_terms(vocabulary) if str(term) not in used)
    assert not orphans, orphans


def test_labels_and_definitions(vocabulary):
    """Every own term has one label and one definition a language, its home, and a label that no other term of its kind has."""
    seen: dict[tuple[str, str, str], URIRef] = {}
    for term in sorted(own_terms(vocabulary)):
        for relation in (SKOS.prefLabel, SKOS.definition):
            languages = sorted(o.language or "" for o in vocabulary.objects(term, relation) if isinstance(o, Literal))
            assert languages == ["da", "en"], f"{term} {relation}: {languages}"
        assert list(vocabulary.objects(term, RDFS.isDefinedBy)), term
        family = "property" if (term, RDF.type, RDF.Property) in vocabulary else "term"
        for label in vocabulary.objects(term, SKOS.prefLabel):
            key = (family, str(label).casefold(), label.language)
            assert seen.setdefault(key, term) == term, f"{term} and {seen[key]} are both called {label}"


def test_own_classes_hang_on_dpv(vocabulary):
    """Both trees agree: what is below a class by skos:broader is below it by rdfs:subClassOf."""
    for term in own_terms(vocabulary):
        if (term, RDF.type, RDFS.Class) in vocabulary:
            broader = set(vocabulary.objects(term, SKOS.broader))
            assert broader <= set(vocabulary.objects(term, RDFS.subClassOf)), term


@pytest.mark.parametrize("path", ONTOLOGY, ids=lambda path: path.name)
def test_header(path):
    graph = parse(path)
    (ontology,) = graph.subjects(RDF.type, OWL.Ontology)
    for relation in ("title", "creator", "license"):
        assert list(graph.objects(ontology, URIRef(PREFIXES["dct"] + relation))), relation
    assert list(graph.objects(ontology, OWL.versionIRI))


def test_profile_is_the_release(release):
    """The profile holds no triple on a DPV term that the release does not hold, but for Danish labels."""
    profile = parse(ROOT / "ontology" / "dpv-profile.ttl")
    full = Graph("Oxigraph")
    for module in sorted(
        {str(term).partition("#")[0] for term in profile.subjects() if str(term).startswith(DPV + "/") or "#" in str(term)}
    ):
        name = {"https://w3id.org/dpv": "dpv", "https://w3id.org/dpv/legal/eu/gdpr": "eu-gdpr"}.get(module)
        if name is None:
            tail = module.removeprefix(DPV + "/")
            name = {"legal/eu": "legal-eu", "legal/dk": "legal-dk", "sector/publicservices": "sector-publicservices"}.get(
                tail, tail
            )
        full.parse(release / f"{name}.ttl", format="ox-turtle")
    status = URIRef("http://www.w3.org/2003/06/sw-vocab-status/ns#term_status")
    sunset = {term for term, value in full.subject_objects(status) if str(value) == "sunset"}
    terms = {term for term in profile.subjects() if str(term).startswith(DPV) and "#" in str(term)}
    assert len(terms) > 100
    for term in terms:
        for relation, value in profile.predicate_objects(term):
            if relation == RDFS.isDefinedBy or (relation == SKOS.prefLabel and value.language == "da"):
                continue
            assert (term, relation, value) in full, (term, relation, value)
        for relation in (RDFS.subClassOf, RDFS.subPropertyOf, SKOS.broader):
            above = {o for o in full.objects(term, relation) if (o, RDF.type, None) in full and o not in sunset}
            assert above == set(profile.objects(term, relation)), (term, relation)


def authored() -> set[URIRef]:
    """The project's classes and properties in the data and in the table of fields that an author fills in."""
    reg = PREFIXES["reg"]
    names = {
        URIRef(reg + name) for _, name in _USED.findall((ROOT / "src/gdprgraph/exchange/contract.yaml").read_text("utf-8"))
    }
    for path in DATA:
        graph = parse(path)
        names |= {term for term in (*graph.predicates(), *graph.objects(None, RDF.type)) if str(term).startswith(reg)}
    return names


def test_what_an_author_writes_has_a_scope_note_and_an_example(vocabulary):
    kinds = {*vocabulary.subjects(RDF.type, RDFS.Class), *vocabulary.subjects(RDF.type, RDF.Property)}
    terms = authored() & {term for term in kinds if str(term).startswith(PREFIXES["reg"])}
    assert len(terms) > 90
    for term in terms:
        assert {note.language for note in vocabulary.objects(term, SKOS.scopeNote)} == {"da", "en"}, term
        assert vocabulary.value(term, SKOS.example), term


def test_no_class_and_property_share_a_label(vocabulary):
    labels = {
        kind: {
            label
            for term in vocabulary.subjects(RDF.type, kind)
            for label in vocabulary.objects(term, SKOS.prefLabel)
            if str(term).startswith(PREFIXES["reg"])
        }
        for kind in (RDFS.Class, RDF.Property)
    }
    assert not labels[RDFS.Class] & labels[RDF.Property]
