"""The namespaces in use, and short names (CURIEs) for terms and nodes."""

from __future__ import annotations

import re
from functools import lru_cache

from gdprgraph.errors import UnknownName, both, nearest

BASE = "https://w3id.org/gdprgraph/"
ID = BASE + "id/"

#: Prefix → namespace, as used in data, queries, shapes, output and documentation alike.
PREFIXES: dict[str, str] = {
    "axiom": BASE + "axioms#",
    "ai": "https://w3id.org/dpv/ai#",
    "dct": "http://purl.org/dc/terms/",
    "dk": BASE + "dk#",
    "doc": ID + "document/",
    "dpv": "https://w3id.org/dpv#",
    "eli": "http://data.europa.eu/eli/ontology#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "graph": ID + "graph/",
    "legal-dk": "https://w3id.org/dpv/legal/dk#",
    "legal-eu": "https://w3id.org/dpv/legal/eu#",
    "loc": "https://w3id.org/dpv/loc#",
    "notice": ID + "notice/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "party": ID + "party/",
    "pd": "https://w3id.org/dpv/pd#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "ref": ID + "reference/",
    "reg": BASE + "register#",
    "rule": BASE + "rule/",
    "sector-publicservices": "https://w3id.org/dpv/sector/publicservices#",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "swrl": "http://www.w3.org/2003/11/swrl#",
    "system": ID + "system/",
    "tech": "https://w3id.org/dpv/tech#",
    "vann": "http://purl.org/vocab/vann/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    # the notices' own nodes
    "bm": ID + "bm/",
    "eures": ID + "star-eures/",
    "jobnet": ID + "jobnet/",
    "mfk": ID + "mariagerfjord-hr/",
    "uim": ID + "uim-hr/",
}

_BY_LENGTH = sorted(PREFIXES.items(), key=lambda item: -len(item[1]))
_LOCAL = re.compile(r"[\w][\w.\-]*", re.UNICODE)
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|^`\\]+")


@lru_cache(maxsize=100_000)
def curie(iri: str) -> str:
    """The short form of `iri` (`dk:CPRNumber`), or the IRI itself where no prefix fits."""
    for prefix, namespace in _BY_LENGTH:
        if iri.startswith(namespace):
            local = iri[len(namespace) :]
            if _LOCAL.fullmatch(local) and not local.endswith("."):
                return f"{prefix}:{local}"
    return iri


def expand(name: str) -> str:
    """The IRI that `name` stands for: a CURIE with a known prefix, `<IRI>`, or a plain http(s) IRI.

    Raises UnknownName for an unknown prefix and for text that is no name at all.
    """
    name = name.strip()
    if name.startswith("<") and name.endswith(">"):
        name = name[1:-1]
    if name.startswith(("http://", "https://", "urn:")):
        if not _IRI.fullmatch(name):
            hint = both("tegn som mellemrum skal procentkodes", "characters such as spaces must be percent-encoded")
            raise UnknownName(both(f"ikke en IRI: {name}", f"not an IRI: {name}"), term=name, hint=hint)
        return name
    prefix, colon, local = name.partition(":")
    if not colon:
        hint = both(
            "skriv et navn med præfiks som dk:CPRNumber eller en hel IRI",
            "write a prefixed name such as dk:CPRNumber, or a whole IRI",
        )
        raise UnknownName(both(f"ikke et begreb: {name}", f"not a term: {name}"), term=name, hint=hint)
    if prefix not in PREFIXES:
        what = both(f"ukendt præfiks {prefix}: i {name}", f"unknown prefix {prefix}: in {name}")
        raise UnknownName(what, term=name, hint=nearest(prefix, PREFIXES))
    iri = PREFIXES[prefix] + local
    if not _IRI.fullmatch(iri):
        hint = both(
            "et navn har hverken mellemrum, anførselstegn eller klammer i sig", "a name holds no spaces, quotes or brackets"
        )
        raise UnknownName(both(f"ikke et begreb: {name}", f"not a term: {name}"), term=name, hint=hint)
    return iri


def sparql_prologue() -> str:
    """PREFIX lines for all known prefixes, for ad-hoc queries that declare none."""
    return "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())
