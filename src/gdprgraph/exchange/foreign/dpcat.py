"""Records in Turtle of others (DPCat and other DPV): flat lists of DPV, its older releases among them, in the terms of 2.3."""

import re
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from gdprgraph import terms
from gdprgraph.errors import InputError
from gdprgraph.exchange.foreign.entry import Entry, Foreign, Row
from gdprgraph.exchange.foreign.structured import text_of
from gdprgraph.exchange.foreign.terms import words
from gdprgraph.exchange.lexicon import vocabulary
from gdprgraph.names import PREFIXES, RDF_TYPE, expand
from gdprgraph.store.turtle import read as read_turtle
from gdprgraph.words import phrase

_DCT, _SKOS = PREFIXES["dct"], PREFIXES["skos"]
_TITLES = (_DCT + "title", _SKOS + "prefLabel", "hasName", "http://xmlns.com/foaf/0.1/name", PREFIXES["rdfs"] + "label")
_ABOVE = (RDF_TYPE, PREFIXES["rdfs"] + "subClassOf", _SKOS + "broader", _SKOS + "broaderTransitive")
_UNITS = {"years": "year", "months": "month", "weeks": "week", "days": "day"}
_PLAIN = set("created modified issued identifier type dataset spatial temporal contactPoint creator comment".split())

Subject = ox.NamedNode | ox.BlankNode


def read(path: Path, slug: str) -> Foreign:
    """The records of a Turtle file. Raises TurtleError with the line, and InputError for a file without records."""
    text_of(path)
    return _Reader(path, slug).foreign


class _Reader:
    def __init__(self, path: Path, slug: str) -> None:
        self.foreign = Foreign(path, slug, "en", title=path.stem)
        self.statements: dict[Subject, list[tuple[str, Subject | ox.Literal]]] = {}
        for quad in read_turtle(path):
            self.statements.setdefault(quad.subject, []).append((quad.predicate.value, quad.object))  # type: ignore[arg-type]
        self.fields: dict[str, str] = words()["dpcat"]["fields"]
        records = [subject for subject in self.statements if self._is_record(subject)]
        if not records:
            hint = phrase("a dpcat:ROPARecord or dcat:Dataset with dpv:hasPurpose and the like")
            raise InputError(phrase("has no record in DPV"), file=path, hint=hint)
        for record in records:
            self._record(record)

    def _is_record(self, subject: Subject) -> bool:
        return isinstance(subject, ox.NamedNode) and any(
            self.fields.get(_local(p)) in {"purpose", "people"} for p, _ in self.statements[subject]
        )

    def _record(self, record: Subject) -> None:
        name, short = self._label(record), _local(str(record.value))
        entries = [Entry("activity", "dct:title", name, f"{short}/title")]
        counts: dict[str, int] = {}
        data = {self._label(o) for p, o in self.statements[record] if self.fields.get(_local(p)) == "data"}
        for predicate, value in self.statements[record]:
            local = _local(predicate)
            field = self.fields.get(local, "else") if _dpv(predicate) else "shown" if local in _PLAIN else ""
            if local == "publisher":
                self.foreign.publisher = self.foreign.publisher or self._label(value)
            if not field or predicate in _TITLES or local == "description":
                continue
            counts[local] = counts.get(local, 0) + 1
            place = f"{short}/{local}[{counts[local]}]"
            if field == "storage":
                entries += self._periods(place, local, value, data)
            else:
                entries += [self._entry(name, place, local, value) for name in self._fields(field, value)]
        self.foreign.rows.append(Row(name, entries))

    def _of(self, value: Subject | ox.Literal) -> list[tuple[str, Subject | ox.Literal]]:
        return [] if isinstance(value, ox.Literal) else self.statements.get(value, [])

    def _above(self, value: Subject | ox.Literal) -> list[str]:
        """The classes and broader terms of a thing."""
        return [o.value for p, o in self._of(value) if p in _ABOVE and isinstance(o, ox.NamedNode)]

    def _fields(self, field: str, value: Subject | ox.Literal) -> list[str]:
        """What a recipient or measure is by its own classes: a processor, technical, organisational."""
        classes = {translated(iri) for iri in self._above(value) if _dpv(iri)}
        own = words()["dpcat"]["sorts"].get(field, {})
        return [name for local, name in own.items() if PREFIXES["dpv"] + local in classes] or [field]

    def _entry(self, field: str, place: str, local: str, value: Subject | ox.Literal) -> Entry:
        label = self._label(value)
        kind = words()["dpcat"]["kinds"].get(field, "")
        iri = self._term(value, kind, place) if kind else ""
        pairs = self._rights(value) if field == "rights" else ((label, iri),)
        line = "; ".join([label, *(text for text, _ in pairs)]) if field == "rights" else label
        if any(_local(p) == "hasLocation" for p, _ in self._of(value)):
            self.foreign.loss(place, phrase("where '{text}' is, has no place here", text=label))
        return Entry(
            field, f"dpv:{local}", line, place, tuple(text for text, _ in pairs), tuple(pair for pair in pairs if pair[1])
        )

    def _label(self, value: Subject | ox.Literal) -> str:
        """What a thing is called: its title, else the last part of its name."""
        if isinstance(value, ox.Literal):
            return " ".join(value.value.split())
        statements = self._of(value)
        for title in _TITLES:
            text = next((o.value for p, o in statements if title in {p, _local(p)} and isinstance(o, ox.Literal)), "")
            if text:
                return " ".join(text.split())
        return _local(value.value) if isinstance(value, ox.NamedNode) else "?"

    def _term(self, value: Subject | ox.Literal, kind: str, place: str) -> str:
        """The term of DPV 2.3 that a thing is, or is a kind of; what is no longer a term is told."""
        if isinstance(value, ox.Literal):
            return ""
        tops = tuple(expand(top) for top in words()["dpcat"]["tops"][kind])
        below = vocabulary().below(tops)
        for iri in [str(value.value), *self._above(value)]:
            if not _dpv(iri):
                continue
            term = translated(iri)
            if term in _plain():
                continue
            if term in below:
                return term
            if term not in tops:
                self.foreign.loss(place, phrase("'{text}' is no term of DPV 2.3 here: kept in its own words", text=_local(iri)))
        return ""

    def _rights(self, value: Subject | ox.Literal) -> tuple[tuple[str, str], ...]:
        iris = [translated(iri) for iri in self._above(value) if _dpv(iri)]
        rights = vocabulary().below((PREFIXES["dpv"] + "Right",))
        return tuple((vocabulary().labels[iri].get("en", iri), iri) for iri in iris if iri in rights - _plain())

    def _periods(self, place: str, local: str, value: Subject | ox.Literal, data: set[str]) -> list[Entry]:
        """A period and those within it, each with the data that it is of."""
        statements = self._of(value)
        literals = [(_local(p), o.value) for p, o in statements if isinstance(o, ox.Literal)]
        number = next((text for name, text in literals if name == "numericDuration"), "")
        unit = (
            next((_local(str(o.value)) for p, o in statements if _local(p) == "unitType"), "").removeprefix("unit").casefold()
        )
        lengths = [f"{number} {unit}"] if number and unit else []
        lengths += [f"{text} {_UNITS[name]}" for name, text in literals if name in _UNITS]
        after = [" ".join(text.split()) for name, text in literals if name in {"isAfter", "editorialNote"}]
        title = [label for label in [self._label(value)] if label not in {"?", ""} and not lengths]
        text = ": ".join([*(_many(length) for length in lengths), *after, *title])
        of = {self._label(o) for p, o in statements if self.fields.get(_local(p)) == "data"}
        only = ", ".join(sorted(of)) if of != data else ""
        entries = [Entry("storage", f"dpv:{local}", text, place, (text,), when=f"only: {only}" if only else "")] if text else []
        for at, inner in enumerate([o for p, o in statements if self.fields.get(_local(p)) == "storage"], 1):
            entries += self._periods(f"{place}.{at}", "hasDuration", inner, data)
        return entries


def translated(iri: str) -> str:
    """The term of DPV 2.3 for one of this or an older release; empty where there is none."""
    known, names = terms.index("dpv-2.3"), words()["dpcat"]
    local = _local(iri)
    home = names["namespaces"][_namespace(iri)]
    tries = [names["renamed"].get(local, ""), f"{home}:{local}", f"pd:{local}", f"dpv:{local}"]
    return next((term for name in tries if name and (term := expand(name)) in known), "")


@cache
def _plain() -> frozenset[str]:
    return frozenset(expand(name) for name in words()["dpcat"]["plain"])


def _dpv(iri: str) -> bool:
    return "#" in iri and _namespace(iri) in words()["dpcat"]["namespaces"]


def _namespace(iri: str) -> str:
    return re.sub(r"^https?://(www\.)?", "", iri).rpartition("#")[0]


def _local(iri: str) -> str:
    return iri.rstrip("#/").replace("#", "/").rpartition("/")[2]


def _many(length: str) -> str:
    number, _, unit = length.partition(" ")
    return f"{number} {unit}" if number == "1" else f"{number} {unit}s"
