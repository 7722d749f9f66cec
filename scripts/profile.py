"""Write `ontology/dpv-profile.ttl`: the DPV terms in use, their hierarchy as in the release, our Danish labels.

    python scripts/profile.py RELEASE_FOLDER [LABELS.tsv …]

Reads the terms from ontology/, data/, queries/, rules/ and shapes/, adds what stands above them in the release, and keeps
what the profile has, with its Danish labels. New ones come from tab-separated files (term, Danish label). A term without a
Danish label, or one that the release does not have, ends the run with a list and writes nothing.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from rdflib import RDF, RDFS, SKOS, Graph, Literal, URIRef

ROOT = Path(__file__).resolve().parents[1]
PROFILE = ROOT / "ontology" / "dpv-profile.ttl"
DPV = "https://w3id.org/dpv"
MODULES = ("dpv", "pd", "eu-gdpr", "legal-eu", "legal-dk", "loc", "tech", "justifications", "sector-publicservices", "ai")
PREFIXES = {
    "ai": DPV + "/ai#",
    "dpv": DPV + "#",
    "eu-gdpr": DPV + "/legal/eu/gdpr#",
    "legal-dk": DPV + "/legal/dk#",
    "legal-eu": DPV + "/legal/eu#",
    "loc": DPV + "/loc#",
    "pd": DPV + "/pd#",
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "sector-publicservices": DPV + "/sector/publicservices#",
    "skos": str(SKOS),
    "tech": DPV + "/tech#",
}
STATUS = URIRef("http://www.w3.org/2003/06/sw-vocab-status/ns#term_status")
ABOVE = (RDFS.subClassOf, RDFS.subPropertyOf, SKOS.broader)
HEADER = """\
# The DPV 2.3 terms in use: hierarchy and English labels as in the release, Danish labels by this project.
# Written by scripts/profile.py from the release and from the labels below; only the Danish labels are for editing.

@prefix dct:  <http://purl.org/dc/terms/> .
@prefix owl:  <http://www.w3.org/2002/07/owl#> .
{prefixes}
<https://w3id.org/gdprgraph/dpv-profile> a owl:Ontology ;
    dct:title "Profil af DPV 2.3 med danske navne"@da, "Profile of DPV 2.3 with Danish labels"@en ;
    dct:creator "gdprgraph contributors" ;
    dct:license <https://www.w3.org/copyright/document-license-2023/> ;
    dct:source <https://w3id.org/dpv/2.3> ;
    owl:versionIRI <https://w3id.org/gdprgraph/dpv-profile/0.1.0> ;
    owl:versionInfo "0.1.0" .
"""


def used_terms() -> set[URIRef]:
    """The DPV terms that the project's own RDF and SPARQL files use."""
    by_prefix = {name: iri for name, iri in PREFIXES.items() if iri.startswith(DPV)}
    pattern = re.compile(r"(?<![\w:/#-])(" + "|".join(map(re.escape, by_prefix)) + r"):([A-Za-z][\w-]*)")
    whole = re.compile(r"<(" + re.escape(DPV) + r"[^>#]*#[\w-]+)>")
    found: set[URIRef] = set()
    for folder in ("ontology", "data", "queries", "rules", "shapes"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".ttl", ".rq"} and path != PROFILE:
                text = re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', path.read_text(encoding="utf-8"))
                found |= {URIRef(by_prefix[prefix] + local) for prefix, local in pattern.findall(text)}
                found |= {URIRef(iri) for iri in whole.findall(text)}
    return found


def current(release: Graph, term: object) -> bool:
    """Whether the release declares a term and does not mark it as sunset; a few terms stand below one that it does."""
    declared = isinstance(term, URIRef) and (term, RDF.type, None) in release
    return declared and not any(str(status) == "sunset" for status in release.objects(term, STATUS))


def short(iri: URIRef) -> str:
    """The prefixed name of a term."""
    for prefix, namespace in PREFIXES.items():
        if str(iri).startswith(namespace):
            return f"{prefix}:{str(iri).removeprefix(namespace)}"
    return f"<{iri}>"


def main(folder: Path, label_files: list[Path]) -> None:
    """Write the profile."""
    release = Graph()
    for module in MODULES:
        release.parse(folder / f"{module}.ttl")
    labels: dict[str, str] = {}
    for path in label_files:
        for line in path.read_text(encoding="utf-8").splitlines():
            term, tab, label = line.partition("\t")
            if tab and label.strip():
                labels.setdefault(term.strip(), label.strip())
    wanted, queue = set(), list(used_terms())
    if PROFILE.exists():
        for term, label in Graph().parse(PROFILE).subject_objects(SKOS.prefLabel):
            if isinstance(label, Literal) and label.language == "da" and isinstance(term, URIRef):
                labels[short(term)] = str(label)
                queue.append(term)
    while queue:
        term = queue.pop()
        if term in wanted:
            continue
        wanted.add(term)
        above = [other for relation in ABOVE for other in release.objects(term, relation)]
        above += list(release.objects(term, RDF.type))
        queue += [other for other in above if current(release, other)]
    missing = sorted(short(term) for term in wanted if (term, RDF.type, None) not in release)
    unlabelled = sorted(short(term) for term in wanted if short(term) not in labels and short(term) not in missing)
    if missing or unlabelled:
        sys.exit(f"not in the release: {missing}\nwithout a Danish label: {len(unlabelled)}\n" + "\n".join(unlabelled))
    blocks = [block(release, term, labels[short(term)]) for term in sorted(wanted, key=short)]
    body = "\n".join(blocks)
    prefixes = "".join(
        f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items() if re.search(rf"(?<![\w-]){name}:", body)
    )
    PROFILE.write_text(HEADER.format(prefixes=prefixes) + "\n" + body, encoding="utf-8")
    print(f"{PROFILE.relative_to(ROOT)}: {len(wanted)} terms")


def block(release: Graph, term: URIRef, danish: str) -> str:
    """The Turtle of one term."""
    kept = sorted(
        {
            short(kind)
            for kind in release.objects(term, RDF.type)
            if isinstance(kind, URIRef)
            and (str(kind).startswith(DPV) or kind in {RDF.Property, RDFS.Class, SKOS.Concept})
            and ((kind, RDF.type, None) in release or not str(kind).startswith(DPV))
        },
        key=lambda name: (not name.startswith("rdf"), not name.startswith("skos"), name),
    )
    lines = [f"{short(term)} a {', '.join(kept)}"]
    for relation, name in (
        (RDFS.subClassOf, "rdfs:subClassOf"),
        (RDFS.subPropertyOf, "rdfs:subPropertyOf"),
        (SKOS.broader, "skos:broader"),
    ):
        above = sorted(short(other) for other in release.objects(term, relation) if current(release, other))
        if above:
            lines.append(f"{name} {', '.join(above)}")
    english = sorted(str(label) for label in release.objects(term, SKOS.prefLabel) if getattr(label, "language", None) == "en")
    named = f'skos:prefLabel "{danish}"@da' + (f', "{english[0]}"@en' if english else "")
    lines.append(named)
    lines.append(f"rdfs:isDefinedBy <{str(term).partition('#')[0]}#>")
    return " ;\n    ".join(lines) + " .\n"


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
