"""What the tests of the record share: a register with an addition or a change, and a store that is not Oxigraph."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyoxigraph as ox
import rdflib

from conftest import ROOT
from gdprgraph import Register
from gdprgraph.names import Prefixes
from gdprgraph.store import Solutions
from support import joins

joins.look_up()
DATE = "2026-11-22"
ATTESTED = ROOT / "tests" / "attested"


def changed(folder: Path, *, attested: bool = False, replace: dict[str, str] | None = None) -> Register:
    """The register with the example of attested facts, or with pieces of `notices/bm.ttl` replaced."""
    data = folder / "data"
    shutil.copytree(ROOT / "data", data)
    (data / "evidence.ttl").unlink(missing_ok=True)
    if attested:
        (data / "attested").mkdir(exist_ok=True)
        shutil.copy(ATTESTED / "bm.ttl", data / "attested")
    notice = data / "notices" / "bm.ttl"
    text = notice.read_text(encoding="utf-8")
    for old, new in (replace or {}).items():
        assert old in text, f"notices/bm.ttl no longer has {old!r}"
        text = text.replace(old, new)
    notice.write_text(text, encoding="utf-8")
    return Register.load(data)


def in_rdflib(register: Register) -> rdflib.Dataset:
    """The quads of a register in rdflib's own store, literals as they are written: P16M, and not P1Y4M."""
    dataset = rdflib.Dataset(default_union=True)
    normalising, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    try:
        dataset.parse(data=ox.serialize(register.store.quads(), format=ox.RdfFormat.N_QUADS), format="nquads")
    finally:
        rdflib.NORMALIZE_LITERALS = normalising
    return dataset


class RdflibStore:
    """The same quads in rdflib's own engine, behind the protocol that every store follows."""

    memo = None

    def __init__(self, register: Register) -> None:
        self.prefixes: Prefixes = register.prefixes
        self._dataset = in_rdflib(register)

    def query(self, text: str) -> Solutions | bool:
        found = self._dataset.query(text, initNs=self.prefixes)
        if found.type == "ASK":
            return bool(found.askAnswer)
        names = tuple(str(name) for name in found.vars)
        return Solutions(names, [tuple(_term(row[name]) for name in names) for row in found])

    def select(self, text: str) -> Solutions:
        found = self.query(text)
        assert isinstance(found, Solutions)
        return found

    def quads(self):
        raise NotImplementedError("a record asks everything by SPARQL")


def _term(term):
    if term is None:
        return None
    if isinstance(term, rdflib.URIRef):
        return ox.NamedNode(str(term))
    if isinstance(term, rdflib.Literal):
        if term.language:
            return ox.Literal(str(term), language=term.language)
        return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype))) if term.datatype else ox.Literal(str(term))
    return ox.BlankNode(str(term))
