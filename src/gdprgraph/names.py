"""The namespaces in use, and short names (CURIEs) for terms and nodes.

`PREFIXES` are the package's own. Those of a register's nodes stand in its Turtle files, and go with its store
(`DECLARED`), so that two registers in one program may use one prefix for different things.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Container, Iterable
from itertools import chain, count

import pyoxigraph as ox

from gdprgraph.errors import UnknownName, nearest
from gdprgraph.words import phrase

BASE = "https://w3id.org/gdprgraph/"
ID = BASE + "id/"

#: Prefix → namespace, one meaning each, in data, queries, shapes, output and documentation alike.
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
}

#: The query for the prefixes that a store holds.
DECLARED = """SELECT ?prefix ?namespace WHERE {
  ?s <http://purl.org/vocab/vann/preferredNamespacePrefix> ?prefix ;
     <http://purl.org/vocab/vann/preferredNamespaceUri> ?namespace . }"""

RDF_TYPE = PREFIXES["rdf"] + "type"

_LOCAL = re.compile(r"[\w][\w.\-]*", re.UNICODE)
_ESCAPED = re.compile(r"\\([_~.\-!$&'()*+,;=/?#@%])")  # in the local part of a name, as Turtle and SPARQL escape it
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|^`\\]+")


class Prefixes(dict[str, str]):
    """Prefix → namespace: the package's own, and `others` beside them.

    A prefix of the package keeps its meaning whatever `others` say; one that they give two meanings is left out.
    """

    def __init__(self, others: Iterable[tuple[str, str]] = ()) -> None:
        pairs = sorted({pair for pair in others if pair[0] and pair[0] not in PREFIXES})
        meanings = Counter(prefix for prefix, _ in pairs)
        super().__init__(PREFIXES | {prefix: namespace for prefix, namespace in pairs if meanings[prefix] == 1})
        last = sorted(self.items(), key=lambda item: (item[0] not in PREFIXES, item[0]), reverse=True)
        self._of_namespace = {namespace: prefix for prefix, namespace in last}
        self._lengths = sorted(set(map(len, self._of_namespace)), reverse=True)
        self._short: dict[str, str] = {}

    def curie(self, iri: str) -> str:
        """The short form of `iri` (`dk:CPRNumber`), or the IRI itself where no prefix fits."""
        if iri not in self._short:
            if len(self._short) > 100_000:
                self._short.clear()
            self._short[iri] = self._shorten(iri)
        return self._short[iri]

    def _shorten(self, iri: str) -> str:
        for length in self._lengths:
            prefix, local = self._of_namespace.get(iri[:length]), iri[length:]
            if prefix is not None and _LOCAL.fullmatch(local) and not local.endswith("."):
                return f"{prefix}:{local}"
        return iri

    def expand(self, name: str) -> str:
        """The IRI that `name` stands for: a CURIE with a known prefix, escaped as in Turtle, `<IRI>`, or a plain http(s) IRI.

        Raises UnknownName for an unknown prefix and for text that is no name at all.
        """
        name = name.strip()
        if name.startswith("<") and name.endswith(">"):
            name = name[1:-1]
        if name.startswith(("http://", "https://", "urn:")):
            if not _IRI.fullmatch(name):
                hint = phrase("characters such as spaces must be percent-encoded")
                raise UnknownName(phrase("not an IRI: {name}", name=name), term=name, hint=hint)
            return name
        prefix, colon, local = name.partition(":")
        if not colon:
            hint = phrase("write a prefixed name such as dk:CPRNumber, or a whole IRI")
            raise UnknownName(phrase("not a term: {name}", name=name), term=name, hint=hint)
        if prefix not in self:
            message = phrase("unknown prefix {prefix}: in {name}", prefix=prefix, name=name)
            raise UnknownName(message, term=name, hint=nearest(prefix, self))
        iri = self[prefix] + _ESCAPED.sub(r"\1", local)
        if not _IRI.fullmatch(iri):
            hint = phrase("a name holds no spaces, quotes or brackets, and a backslash only before a sign such as a comma")
            raise UnknownName(phrase("not a term: {name}", name=name), term=name, hint=hint)
        return iri

    def prologue(self) -> str:
        """PREFIX lines for all known prefixes, for ad-hoc queries that declare none."""
        return "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in self.items())


_PACKAGE = Prefixes()
#: For terms of the vocabularies. A node of a register is shortened, and looked up, by `register.prefixes`.
curie, expand, sparql_prologue = _PACKAGE.curie, _PACKAGE.expand, _PACKAGE.prologue


def term(name: str) -> ox.NamedNode:
    """The term of a vocabulary that a CURIE stands for, as Oxigraph has it."""
    return ox.NamedNode(expand(name))


def terms(names: str) -> list[ox.NamedNode]:
    """The terms that CURIEs with blanks between them stand for, in their order."""
    return list(map(term, names.split()))


def unused(name: str, taken: Container[str]) -> str:
    """The name, or `name-2`, `name-3` … where it is taken."""
    return next(each for each in chain([name], (f"{name}-{number}" for number in count(2))) if each not in taken)


_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ß": "ss", "ð": "d", "þ": "th"})


def slug(text: str) -> str:
    """A name for an IRI: »Udlån af udstyr« as `udlaan-af-udstyr`, at most 60 characters; `x` for what has no letters."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    words = re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode())
    name = "-".join(words)
    return (name if len(name) <= 60 else name[:60].rpartition("-")[0] or name[:60]) or "x"
