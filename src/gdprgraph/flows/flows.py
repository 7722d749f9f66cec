"""A selection of flows, and everything that can be made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from gdprgraph.evidence.reading import caveat
from gdprgraph.facts.facts import TERMS
from gdprgraph.flows import reach as steps
from gdprgraph.flows.flow import Selection
from gdprgraph.flows.reading import Reading
from gdprgraph.names import curie, expand
from gdprgraph.questions.rows import Concept, Row, Rows
from gdprgraph.register import Register
from gdprgraph.words import Words, glossary, tables

if TYPE_CHECKING:
    import networkx as nx

    from gdprgraph.flows.flow import End, Flow, Holding, Refusal
    from gdprgraph.flows.picture import Picture

_COLUMNS = tables("flows")["columns"]
_MINOR = ("via", "country", "basis", "purpose", "activity", "fact", "notice", "reason")


@dataclass(frozen=True)
class Flows:
    """Flows in the order of the documents, with the holdings and denials that belong to the same selection.

    `left_open` is how many flows of unspecified data were left out, though they may include the data asked for; `whole`
    gives all flows of the register; `caveat` tells which notices are not read to the end.
    """

    flows: tuple[Flow, ...]
    holdings: tuple[Holding, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    language: str = "da"
    about: str = ""
    left_open: int = 0
    whole: Callable[[], tuple[Flow, ...]] = field(default=tuple, repr=False, compare=False)
    caveat: str = ""

    def __iter__(self) -> Iterator[Flow]:
        return iter(self.flows)

    def __len__(self) -> int:
        return len(self.flows)

    def __getitem__(self, index: int) -> Flow:
        return self.flows[index]

    @property
    def title(self) -> str:
        """What the selection shows, as a heading."""
        words = Words(self.language)
        return words("Data flows: {what}", what=self.about) if self.about else words("Data flows")

    @property
    def silence(self) -> str:
        """What it means that something is not drawn."""
        return self.caveat or Words(self.language)("That something is not drawn means only that the texts do not say it.")

    @property
    def summary(self) -> str:
        """How many flows of each standing there are."""
        words, standing = Words(self.language), Counter(flow.standing for flow in self.flows)
        standing["denied"] += len(self.refusals)
        total = len(self.flows) - Counter(flow.standing for flow in self.flows)["denied"]
        parts = [
            words(
                "{flows}: {stated} stated, {inferred} inferred",
                flows=words.plural(total, "{n} flow", "{n} flows"),
                stated=standing["stated"],
                inferred=standing["inferred"],
            )
        ]
        parts += [words("{n} may be included", n=standing["open"])] if standing["open"] else []
        parts += [words("{n} denied", n=standing["denied"])] if standing["denied"] else []
        return ", ".join(parts)

    @property
    def parties(self) -> tuple[End, ...]:
        """Every sender, receiver and intermediary, by label."""
        ends = {end.iri: end for flow in self.flows for end in (flow.sender, flow.receiver, *flow.via)}
        return tuple(sorted(ends.values(), key=lambda end: (end.label.casefold(), end.iri)))

    def rows(self) -> Rows:
        """One row a flow, with the lines that it stands on; basis and purpose are the flow's own, not those of its activity.

        The condition tells, too, which data do not come along, and that a flow is over.
        """
        words = Words(self.language)
        titles = {name: words(title) for name, title in _COLUMNS.items()}
        rows = tuple(
            Row(
                {
                    "sender": Concept(flow.sender.iri, flow.sender.label, flow.sender.curie),
                    "receiver": Concept(flow.receiver.iri, flow.receiver.label, flow.receiver.curie),
                    "receipt": flow.receipt,
                    "data": "; ".join(item.label for item in flow.shown),
                    "people": Concept(flow.people.iri, flow.people.label, flow.people.curie),
                    "standing": Concept(
                        TERMS[flow.standing], words(glossary.STANDINGS[flow.standing]), curie(TERMS[flow.standing])
                    ),
                    "modality": flow.modality,
                    "condition": "; ".join(flow.limits(words)) or None,
                    "via": _joined(flow.via),
                    "country": _joined(flow.countries),
                    "basis": _joined(flow.bases),
                    "purpose": _joined(flow.purposes),
                    "activity": _joined(flow.activities),
                    "fact": Concept(flow.iri, flow.label, flow.curie),
                    "notice": flow.notice,
                    "reason": flow.reason or None,
                },
                flow.evidence,
            )
            for flow in self.flows
        )
        note = " ".join(filter(None, ("" if rows else words("No flows match what was asked for."), self.caveat)))
        return Rows(tuple(_COLUMNS), rows, titles, self.language, self.title, note, minor=frozenset(_MINOR))

    def to_pandas(self) -> Any:
        """A pandas DataFrame, one row a flow; needs the extra `pandas`."""
        return self.rows().to_pandas()

    def to_networkx(self) -> nx.MultiDiGraph[str]:
        """A directed multigraph (see `gdprgraph.flows.formats`); needs the extra `flows`."""
        from gdprgraph.flows.formats import to_networkx

        return to_networkx(self)

    def to_json(self) -> str:
        """The same graph as node-link JSON, as `networkx.node_link_graph` reads it; needs no extra."""
        from gdprgraph.flows.formats import to_json

        return to_json(self)

    def to_graphml(self) -> str:
        """The same graph as GraphML; needs the extra `flows`."""
        from gdprgraph.flows.formats import to_graphml

        return to_graphml(self)

    def to_mermaid(self) -> str:
        """A Mermaid flowchart."""
        from gdprgraph.flows.formats import to_mermaid

        return to_mermaid(self)

    def to_sankey(self) -> str:
        """A Mermaid Sankey: people → data categories → receivers, as wide as there are flows."""
        from gdprgraph.flows.formats import to_sankey

        return to_sankey(self)

    def picture(self, *, by: str = "activity", group: str = "auto", theme: str = "auto", title: str | None = None) -> Picture:
        """The layered picture: people and sources → activities (or `by="system"`) → receivers → countries.

        `group` is `auto` (by kind of party when there are too many boxes to read), `always` or `never`; `theme` is `auto`
        (light, and dark where the reader prefers it), `light` or `dark`.
        """
        from gdprgraph.flows.layered import draw

        return draw(self, by=by, group=group, theme=theme, title=title)

    def to_html(self, picture: Picture | None = None) -> str:
        """A page of its own with the picture and the table; it fetches nothing."""
        from gdprgraph.flows.formats import page

        return page(self, picture or self.picture())

    def reach(self) -> tuple[steps.Reached, ...]:
        """Who the selected data come to, directly and by the steps that the texts give; needs the extra `flows`."""
        return steps.reach(self.flows, self.whole())

    def chains(self) -> tuple[tuple[Flow, ...], ...]:
        """Chains of two or more flows, each carrying on what the one before brought; needs the extra `flows`."""
        return steps.chains(self.flows)

    def exposure(self) -> tuple[steps.Exposure, ...]:
        """Parties and systems by how much passes through them, most first; needs the extra `flows`."""
        return steps.exposure(self.flows)

    def shared(self, first: str, second: str) -> steps.Shared:
        """What two authorities, given as CURIE or IRI, have in common."""
        return steps.shared(self.flows, expand(first), expand(second))

    def one_sided(self) -> tuple[Flow, ...]:
        """Flows between two authorities with notices here, of which only one side's notices tell."""
        return steps.one_sided(self.flows)

    def _repr_html_(self) -> str:
        return self.rows()._repr_html_()


def _joined(items: tuple[Any, ...]) -> str | None:
    return "; ".join(item.label for item in items) or None


def select_flows(register: Register, given: dict[str, str | None], undetermined: bool, language: str) -> Flows:
    """The selection that the arguments of `Register.flows` mean. Raises UnknownName."""
    selection = Selection.of(register, given, undetermined, language)
    reading = Reading(register, language, selection.notice)
    told_of = reading.flows()
    chosen = [flow for flow in (selection.flow(flow) for flow in told_of) if flow is not None]
    holdings = [item for item in (selection.holding(holding) for holding in reading.holdings()) if item is not None]
    refusals = [item for item in (selection.refusal(denied) for denied in reading.refusals()) if item is not None]
    left_open = 0
    if selection.data and not undetermined:
        wide = Selection.of(register, given, True, language)
        left_open = sum(1 for flow in (wide.flow(flow) for flow in told_of) if flow is not None) - len(chosen)
    names = [
        register.labels.label(iri, language)
        for iri in (selection.data, selection.party, selection.people, selection.purpose, selection.basis)
        if iri
    ]
    if selection.country:
        anywhere = selection.country == "any"
        names.append(
            Words(language)("Countries outside the EU/EEA") if anywhere else register.labels.label(selection.country, language)
        )
    names += [register.labels.label(iri, language) for iri in (selection.activity, *sorted(selection.notice)) if iri]
    if selection.assertion:
        names.append(Words(language)(glossary.STANDINGS[selection.assertion]))
    label = register.labels.label
    told = caveat(register.evidence, lambda iri: label(iri, language), language, selection.notice or None)
    about = " · ".join(names)

    @cache
    def whole() -> tuple[Flow, ...]:
        return tuple(Reading(register, language).flows() if selection.notice else told_of)

    return Flows(tuple(chosen), tuple(holdings), tuple(refusals), language, about, left_open, whole, told)
