"""What an export is of: one notice or all of them, each as the record of the party that publishes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from gdprgraph.errors import UnknownName
from gdprgraph.facts import Facts
from gdprgraph.names import PREFIXES, expand
from gdprgraph.record.controller import compose
from gdprgraph.record.couplings import Reader
from gdprgraph.record.document import BESIDE, DENIAL, FIELDS, OTHER_MEASURE
from gdprgraph.record.model import Flow, Item, Record, Use
from gdprgraph.record.scope import parties
from gdprgraph.register import Register
from gdprgraph.store.load import notice_graph
from gdprgraph.words import Words, phrase, tables

if TYPE_CHECKING:
    from gdprgraph.exchange.exports.fields import Row

#: What a form of others may not hold, each with how often the register has it.
LOSSES = tables("exchange")["losses"]


@cache
def terms(form: str) -> dict[str, Any]:
    """What a form calls what the register holds, by `terms.yaml`."""
    table: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "terms.yaml").read_text(encoding="utf-8"))
    return table[form]


def loss_lines(counts: Mapping[str, int], language: str) -> tuple[str, ...]:
    """What is lost, a line a kind, in the order of LOSSES; what does not occur is not told."""
    t = Words(language)
    return tuple(t(LOSSES[kind], n=counts[kind]) for kind in LOSSES if counts.get(kind))


@dataclass(frozen=True)
class Scope:
    """The notices to export, in one language."""

    register: Register
    slugs: tuple[str, ...]
    language: str

    @cached_property
    def records(self) -> tuple[tuple[str, Record], ...]:
        """Each notice with what it says as a record of its publisher, where that controls anything in it; else UnknownName."""
        publishers = Facts(self.register.store, self.register.labels).publishers
        able = set(parties(self.register.store, "controller"))
        records = []
        for slug in self.slugs:
            home = PREFIXES["notice"] + slug
            if (party := publishers.get(home, "")) in able:
                record = compose(self.register, party, language=self.language, role="controller", only=home)
                records += [(slug, record)] if record.sources else []
        if not records:
            names = ", ".join(self.slugs)
            raise UnknownName(phrase("nobody who publishes {names} controls anything in it", names=names), term=names)
        return tuple(records)

    @cached_property
    def reader(self) -> Reader:
        """Reads what else the texts say of what the records name."""
        reader = Reader(self.register, self.language)
        reader.prepare(iri for slug, record in self.records for iri in (PREFIXES["notice"] + slug, record.party.iri))
        reader.prepare(item.iri for _, record in self.records for item in record.items())
        reader.prepare(data.iri for _, record in self.records for use in record.uses for data in use.data)
        return reader

    def is_plain(self, process: Use | Flow) -> bool:
        """Whether a use or flow is stated without reserve, is not over, and leaves none of its data out."""
        over = self.reader.facts.flag(process.fact.iri, "reg:past")
        return is_plain(process.fact) and not over and not (isinstance(process, Flow) and process.excluded)

    @cached_property
    def rows(self) -> list[Row]:
        """The activities of all records, those of a text behind what it says of everything at once."""
        from gdprgraph.exchange.exports.fields import Row

        table: list[Row] = []
        for slug, record in self.records:
            wholes = [Row(self, slug, record, whole) for whole in record.wholes]
            activities = [Row(self, slug, record, activity) for activity in record.activities]
            for row in (*wholes, *activities):
                row.beside = activities if row in wholes else wholes
            table += [*wholes, *activities]
        return table

    @property
    def wholes(self) -> list[Row]:
        """Those of the rows that tell of everything at once, one a text."""
        return [row for row in self.rows if not row.ref.isdigit()]

    @property
    def unread(self) -> list[str]:
        """The notices that are not read to their end."""
        return [slug for slug in self.slugs if notice_graph(slug).value in self.register.evidence.unread]

    @property
    def counts(self) -> Counter[str]:
        """How much of each kind of LOSSES the records have."""
        counts = Counter(unread=len(self.unread), texts=len(self.slugs) - len(self.records))
        for _, record in self.records:
            items = record.items()
            counts["inferred"] += sum(item.status == "inferred" for item in items)
            counts["reserved"] += sum(item.status in {"stated", "attested"} and not is_plain(item) for item in items)
            # what is over, or leaves data out, has its reserve in itself
            counts["reserved"] += sum(is_plain(part.fact) and not self.is_plain(part) for part in record.processes)
            counts["denied"] += sum(item.status == "denied" for item in items)
            counts["evidence"] += sum(bool(item.passages) for item in items)
            counts["couplings"] += len(record.uses) + len(record.receipts)
            counts["uses"] += sum(bool(use.purposes or use.bases or use.storage) for use in record.uses)
            counts["levels"] += sum(bool(basis.level) for use in record.uses for basis in use.bases)
            counts["people"] += len({use.people.iri for use in record.uses})
            counts["silent"] += sum(not row.cells[field.key].items for row in record.activities for field in FIELDS)
            counts["others"] += len(record.others)
            counts["limits"] += len({remark.item.iri for remark in record.remarks if remark.name in _LIMITS})
            counts["measures"] += sum(remark.name == OTHER_MEASURE for remark in record.remarks)
        return counts


_LIMITS = {*BESIDE} - {DENIAL}
_SEVERAL = ("reg:strength", expand("reg:OneOfSeveral"))  # the text has more of the kind: no reserve on this one


def is_plain(item: Item) -> bool:
    """Whether a statement is made, or vouched for, without any reserve, of just what it stands at."""
    return is_given(item) and not item.level


def is_given(item: Item) -> bool:
    """Whether a statement is made without any reserve, of what it stands at or (then to be told so) of everything at once."""
    return item.status in {"stated", "attested"} and len(item.qualifiers) == bool(item.level) + (_SEVERAL in item.scope)


def leveled(item: Item) -> str:
    """The words of a given statement, and whether they are said of everything at once."""
    return f"{item.text} ({item.qualifiers[0]})" if item.level else item.text
