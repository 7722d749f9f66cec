"""Labels in Danish and English, and the way back from a name that a person writes to the node it means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.errors import Both, UnknownName, both, close_to, meant
from gdprgraph.vocab import PREFIXES, curie, expand

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gdprgraph.store import Store

_LABELLED = "{ ?s skos:prefLabel ?l } UNION { ?s dct:title ?l . FILTER NOT EXISTS { ?s skos:prefLabel ?any } }"


class Labels:
    """The labels of a store's nodes and terms, looked up as needed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, dict[str, str]] = {}
        self._names: dict[str, set[str]] | None = None

    def fetch(self, iris: Iterable[str]) -> None:
        """Look up the labels of all of `iris` in one query."""
        wanted = [iri for iri in dict.fromkeys(iris) if iri not in self._known]
        if not wanted:
            return
        values = " ".join(f"<{iri}>" for iri in wanted)
        found = self._store.select(f"SELECT ?s ?l WHERE {{ VALUES ?s {{ {values} }} {_LABELLED} }}").rows
        fresh: dict[str, dict[str, str]] = {iri: {} for iri in wanted}
        for node, label in found:
            if isinstance(node, ox.NamedNode) and isinstance(label, ox.Literal):
                fresh[node.value].setdefault(label.language or "", label.value)
        self._known.update(fresh)  # whole, for another thread may be reading

    def label(self, iri: str, language: str) -> str:
        """The label in `language`, else in the other language, else the short name."""
        self.fetch([iri])
        known = self._known[iri]
        return known.get(language) or known.get("da") or known.get("en") or known.get("") or curie(iri)

    def exists(self, iri: str) -> bool:
        """Whether any triple is about `iri`."""
        return self._store.query(f"ASK {{ <{iri}> ?p ?o }}") is True

    def resolve(self, name: str) -> str:
        """The IRI that a CURIE, IRI or label (any case, Danish or English) means.

        Raises UnknownName where nothing, or more than one thing, has that name.
        """
        name = name.strip()
        if ":" in name and " " not in name.partition(":")[0]:
            iri = expand(name)
            if not self.exists(iri):
                raise self._unknown(curie(iri), name)
            return iri
        meant = self.names.get(name.casefold(), set())
        if len(meant) == 1:
            return next(iter(meant))
        if meant:
            listed = ", ".join(sorted(map(curie, meant)))
            what = both(f"{name} betyder flere ting", f"{name} means several things")
            raise UnknownName(what, term=name, hint=both(f"sig hvilken: {listed}", f"say which: {listed}"))
        raise self._unknown(name, name)

    def _unknown(self, shown: str, name: str) -> UnknownName:
        what = both(f"registret kender ikke {shown}", f"the register knows no {shown}")
        return UnknownName(what, term=name, hint=self.near(name))

    @property
    def names(self) -> dict[str, set[str]]:
        """Every label in lower case → the shared nodes and vocabulary terms that have it."""
        if self._names is None:
            found = self._store.select(f"SELECT ?s ?l WHERE {{ {_LABELLED} FILTER(isIRI(?s)) }}").rows
            names: dict[str, set[str]] = {}
            general = tuple(PREFIXES[prefix] for prefix in ("dk", "dpv", "pd", "reg", "eu-gdpr", "party", "system", "notice"))
            for node, label in found:
                if isinstance(node, ox.NamedNode) and isinstance(label, ox.Literal) and node.value.startswith(general):
                    names.setdefault(label.value.casefold(), set()).add(node.value)
            self._names = names
        return self._names

    def near(self, name: str) -> Both:
        """A hint that names what comes nearest to `name`."""
        by_name = {curie(iri).casefold(): curie(iri) for iris in self.names.values() for iri in iris}
        by_name |= {label: ", ".join(sorted(map(curie, iris))) for label, iris in self.names.items()}
        close = close_to(name.casefold(), by_name)
        if not close:
            return both("spørgsmålet terms viser, hvad der er", "gdprgraph ask terms lists what there is")
        return meant(by_name[item] for item in close)
