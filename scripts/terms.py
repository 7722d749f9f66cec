"""Write `ontology/terms/dpv-2.3.tsv`: every term of a DPV release as name, English label and what stands above it.

    python scripts/terms.py RELEASE_FOLDER

A register may use any of these terms; the profile (scripts/profile.py) holds those that this repository uses. Terms that
the release gives up (`sunset`) are left out. The licence of the release is copied beside the index, as it demands.
Also writes `ontology/terms/others.tsv`: the names of other vocabularies that a register may use, as rdflib knows them.
"""

from __future__ import annotations

import logging
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rdflib import RDF, RDFS, SKOS, Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, ORG, OWL, PROV, VANN

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = Path(__file__).resolve().parents[1] / "ontology" / "terms"
DPV = "https://w3id.org/dpv"
STATUS = URIRef("http://www.w3.org/2003/06/sw-vocab-status/ns#term_status")
ABOVE = (RDFS.subClassOf, RDFS.subPropertyOf, SKOS.broader)
OTHERS = {
    "dcat": DCAT,
    "dct": DCTERMS,
    "foaf": FOAF,
    "org": ORG,
    "owl": OWL,
    "prov": PROV,
    "rdf": RDF,
    "rdfs": RDFS,
    "skos": SKOS,
    "vann": VANN,
}
#: The ELI ontology is not in rdflib: the terms for what a register says of an act.
ELI = "http://data.europa.eu/eli/ontology#"
ELI_CLASSES = ("LegalExpression", "LegalResource", "LegalResourceSubdivision")
_NAMES = (
    "amends amended_by basis_for based_on cites cited_by consolidated_by consolidates date_document date_no_longer_in_force "
    "date_publication first_date_entry_in_force has_part id_local in_force is_part_of is_realized_by language number passed_by "
    "realizes repealed_by repeals title title_alternative title_short transposed_by transposes type_document version_date"
)
ELI_PROPERTIES = _NAMES.split()
NOTICE = """\
# Every term of DPV 2.3 and its extensions: name, kind (p: property), English label, what stands above.
# Written by scripts/terms.py. This file includes material derived from Data Privacy Vocabulary (DPV) 2.3, https://w3id.org/dpv/2.3
# Copyright © 2026 World Wide Web Consortium. https://www.w3.org/copyright/software-license-2023/ (dpv-2.3.LICENSE.md)
# Changed: reduced to names, labels and hierarchy; terms with the status "sunset" left out.
"""


def namespaces(release: Graph) -> dict[str, str]:
    """Namespace → prefix of the release, for the namespaces that define terms."""
    prefixes = {str(namespace): prefix for prefix, namespace in release.namespaces() if str(namespace).startswith(DPV)}
    defined = {namespace(term) for term in release.subjects(RDF.type, None) if str(term).startswith(DPV) and "#" in str(term)}
    return {name: prefixes.get(name, name.removeprefix(DPV + "/").rstrip("#").replace("/", "-")) for name in sorted(defined)}


def namespace(term: object) -> str:
    """The namespace of a term, with its hash."""
    return str(term).partition("#")[0] + "#"


def rows(release: Graph) -> Iterable[str]:
    """The lines of the index: `@ prefix namespace`, then the terms of it."""
    prefixes = namespaces(release)
    for home, prefix in prefixes.items():
        lines = []
        for term in sorted({term for term in release.subjects(RDF.type, None) if namespace(term) == home}):
            kinds = set(release.objects(term, RDF.type))
            if not kinds & {RDF.Property, RDFS.Class, SKOS.Concept} or any(
                str(status) == "sunset" for status in release.objects(term, STATUS)
            ):
                continue
            above = {str(other) for relation in ABOVE for other in release.objects(term, relation)}
            above |= {str(kind) for kind in kinds if str(kind).startswith(DPV)} - closure(release, above)
            names = sorted(short(other, home, prefixes) for other in above - {str(term)} if namespace(other) in prefixes)
            label = min((str(text) for text in release.objects(term, SKOS.prefLabel) if isinstance(text, Literal)), default="")
            kind = "p" if RDF.Property in kinds else ""
            lines.append("\t".join([str(term).removeprefix(home), kind, " ".join(label.split()), " ".join(names)]))
        if lines:
            yield f"@ {prefix} {home}"
            yield from lines


def closure(release: Graph, above: set[str]) -> set[str]:
    """All that stands above some terms, with those."""
    met: set[str] = set()
    queue = list(above)
    while queue:
        name = queue.pop()
        if name not in met:
            met.add(name)
            queue += [str(other) for relation in ABOVE for other in release.objects(URIRef(name), relation)]
    return met


def short(term: str, home: str, prefixes: dict[str, str]) -> str:
    """The prefixed name of a term; one of the namespace at hand begins with the colon."""
    name = namespace(term)
    return f"{'' if name == home else prefixes[name]}:{term.removeprefix(name)}"


def others() -> Iterable[str]:
    """The lines of the index of the other vocabularies, without labels and hierarchy."""
    for prefix, vocabulary in OTHERS.items():
        yield f"@ {prefix} {vocabulary}"
        yield from (
            f"{name}\t{'' if name[:1].isupper() else 'p'}\t\t" for name in sorted(vocabulary.__annotations__) if name[0] != "_"
        )
    yield f"@ eli {ELI}"
    yield from (f"{name}\t\t\t" for name in ELI_CLASSES)
    yield from (f"{name}\tp\t\t" for name in ELI_PROPERTIES)


def main(folder: Path) -> None:
    """Write both indexes."""
    logging.getLogger("rdflib.term").setLevel(logging.ERROR)  # the release holds a few odd literals
    release = Graph()
    for path in sorted(folder.glob("*.ttl")):
        if not path.stem.endswith("-owl") and path.stem != "dex":  # the OWL variant has IRIs of its own; dex lists examples
            release.parse(path)
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "dpv-2.3.tsv").write_text(NOTICE + "".join(row + "\n" for row in rows(release)), encoding="utf-8")
    shutil.copyfile(folder / "LICENSE.md", FOLDER / "dpv-2.3.LICENSE.md")
    head = "# Names of other vocabularies that a register may use: name, kind (p: property). Written by scripts/terms.py.\n"
    (FOLDER / "others.tsv").write_text(head + "".join(row + "\n" for row in others()), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
