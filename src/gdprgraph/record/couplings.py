"""Datatilsynet's two couplings, read from the graph: data × people, and recipient × data × people."""

import dataclasses
from collections.abc import Iterable
from dataclasses import replace

from gdprgraph import resources
from gdprgraph.facts import Facts
from gdprgraph.names import expand
from gdprgraph.questions.rows import Concept
from gdprgraph.record.model import Flow, Item, Use
from gdprgraph.register import Register
from gdprgraph.words import Words, phrase
from gdprgraph.words.glossary import STANDINGS
from gdprgraph.words.language import duration_text

MEASURED_BY = (
    "dpv:hasTechnicalMeasure",
    "dpv:hasOrganisationalMeasure",
    "dpv:hasTechnicalOrganisationalMeasure",
    "dpv:hasLegalMeasure",
)
#: What a node says of itself that narrows what it says.
_SCOPE = ("reg:strength", "dpv:hasDataSubject", "dpv:hasPersonalData", "dpv:hasData", "reg:excludesData")
_LABELLED = """
reg:strength reg:receiptKind reg:limit reg:startsAt reg:ends reg:channel reg:role reg:accessLevel
dpv:hasProcessing dpv:hasThirdCountry prov:wasAttributedTo
"""
UNSPECIFIED = "reg:UnspecifiedPersonalData"
#: What data that may be of any kind are called.
_ANY_DATA = set(map(expand, (UNSPECIFIED, "dpv:PersonalData", "dpv:Data")))


def _measures(name: str) -> set[str]:
    return set(map(expand, resources.table("record/measures.yaml")[name]))


class Reader:
    """Reads the statements of a register for a record in one language."""

    def __init__(self, register: Register, language: str) -> None:
        self.register = register
        self.language = language
        self.words = Words(language)
        self.facts = Facts(register.store, register.labels, register.evidence.unread)

    def label(self, iri: str) -> str:
        """The label of a node or term."""
        return self.facts.label(iri, self.language)

    def concept(self, iri: str) -> Concept:
        """A node with its label."""
        return self.facts.concept(iri, self.language)

    def concepts(self, iris: Iterable[str]) -> tuple[Concept, ...]:
        """Nodes with their labels, by label."""
        return tuple(sorted((self.concept(iri) for iri in iris), key=lambda one: (one.label.casefold(), one.iri)))

    def item(self, iri: str, text: str | None = None, *, attested: bool = False) -> Item:
        """The statement that a node makes; `attested` where the authority itself has added the link to it."""
        fact = self.facts.fact(iri, self.language, attested=attested)
        denied = self.facts.is_a(iri, "reg:Denial")
        qualifiers = [self.words(STANDINGS["inferred"])] if denied and fact.standing == "inferred" else []
        qualifiers += [fact.strength.label] if fact.strength else []
        return Item(
            iri=iri,
            text=self.label(iri) if text is None else text,
            status="denied" if denied else fact.standing,
            passages=fact.passages,
            qualifiers=(*qualifiers, *filter(None, (fact.condition, fact.limitation))),
            note=fact.reason,
            scope=tuple((name, end) for name in _SCOPE for end in self.facts.ends(iri, name)),
            reserves=tuple((f"reg:{name}", text) for name in ("condition", "limitation") if (text := getattr(fact, name))),
            flags=tuple(f"reg:{name}" for name in _REMARKS if self.facts.flag(iri, f"reg:{name}")),
            attestation=fact.attestation and replace(fact.attestation, by=fact.attestation.by or self.words("(nobody named)")),
        )

    def items(self, owner: str, *names: str) -> list[Item]:
        """The statements that a node leads to by these properties."""
        return [self.item(link.iri, attested=link.attested) for link in self.facts.links(owner, *names)]

    def measures(self, owner: str, *, of_security: bool = True) -> list[Item]:
        """The measures of security (Article 32(1)) of an activity, use, flow, role or notice, or those for something else."""
        matches = []
        for item in (replace(item, relation=name) for name in MEASURED_BY for item in self.items(owner, name)):
            kinds = self.facts.above(self.facts.types(item.iri))
            otherwise = kinds & _measures("otherwise") and not kinds & _measures("of_security")
            matches += [] if bool(otherwise) is of_security else [item]
        return matches

    def storage(self, owner: str) -> list[Item]:
        """The storage rules of a use, activity or notice, in words."""
        links = self.facts.links(owner, "dpv:hasStorageCondition")
        return [self.item(link.iri, self.rule(link.iri), attested=link.attested) for link in links]

    def rule(self, iri: str) -> str:
        """A storage rule in words: criteria, length, start and end."""
        facts, words = self.facts, self.words
        parts = []
        duration = facts.end(iri, "dpv:hasDuration")
        words_ = facts.text(duration, "skos:prefLabel", self.language)  # weeks, which a value has not
        if length := words_ or duration_text(facts.text(duration, "rdf:value"), self.language):  # not in days: a month?
            limit = facts.end(iri, "reg:limit")
            parts.append(f"{self.label(limit)} {length}" if limit else length)
        if starts := facts.end(iri, "reg:startsAt"):
            event = self.label(starts)
            until = facts.is_a(duration, "dpv:UntilEventDuration")
            parts.append(words("until: {event}", event=event) if until else words("from: {event}", event=event))
        if ends := facts.end(iri, "reg:ends"):
            parts.append(words("then: {end}", end=self.label(ends)))
        if general := facts.end(iri, "reg:exceptionTo"):
            parts.append(words("exception to: {rule}", rule=self.label(general)))
        statements = facts.text(iri, "reg:criteria", self.language) or self.label(iri)
        return statements + (f" ({'; '.join(parts)})" if parts else "")

    def contact(self, iri: str) -> Item:
        """A contact point as printed, with its channel."""
        channel = self.facts.end(iri, "reg:channel")
        value = self.facts.text(iri, "reg:value", self.language)
        return self.item(iri, f"{self.label(channel)}: {value}" if channel else value)

    def roles(self, engagement: str) -> frozenset[str]:
        """The classes that the role of an engagement is or is below."""
        return self.facts.above(self.facts.ends(engagement, "reg:role"))

    def given(self, owner: str, kind: str) -> tuple[Item, ...]:
        """What the text gives for the activity of a use or flow, or else for the whole notice, shown as just that."""
        levels = {
            "activity": ("reg:givenForActivity", "reg:ForTheActivity"),
            "notice": ("reg:givenForNotice", "reg:ForTheWholeNotice"),
        }
        for level, (link, name) in levels.items():
            nodes = [node for node in self.facts.ends(owner, link) if self.facts.is_a(node, kind)]
            if nodes:
                storage = kind == "reg:StorageRule"
                items = [self.item(node, self.rule(node) if storage else None) for node in nodes]
                label = self.label(expand(name))
                texts = [(label, *self._some(owner, item.iri), *item.qualifiers) for item in items]
                return tuple(replace(item, level=level, qualifiers=text) for item, text in zip(items, texts, strict=True))
        return ()

    def _some(self, owner: str, iri: str) -> list[str]:
        """Whom and which data a statement is for: some of the people of a use or flow only, or a kind of data not specified."""
        whole = set(self.facts.ends(owner, "dpv:hasDataSubject"))
        groups = self.facts.ends(iri, "dpv:hasDataSubject")
        some = [group for group in groups if whole & set(self.facts.ends(group, "reg:withinGroup"))]
        data = self.facts.ends(owner, "dpv:hasPersonalData")
        if any(self.facts.types(one) <= _ANY_DATA for one in data):
            some += [one for one in self.facts.ends(iri, "dpv:hasPersonalData") if one not in data]
        return [self.label(one) for one in some]

    def nearest(self, owner: str, name: str, kind: str) -> tuple[Item, ...]:
        """The statements of a use or flow itself, or else those given for what it is part of."""
        return tuple(self.items(owner, name)) or self.given(owner, kind)

    def prepare(self, iris: Iterable[str]) -> None:
        """Fetch nodes with all that a record shows of them, and every label, in few queries."""
        self.facts.fetch(iris)
        labelled = set(self.facts.iris)
        for iri in self.facts.iris:
            labelled.update(self.facts.ends(iri, *_LABELLED.split()))
        self.register.labels.fetch(sorted(labelled))


_TOOL = expand("dpv:DataTransferLegalBasis")
_SHOWN = 12

_REMARKS = {"mutual": phrase("exchanged both ways"), "past": phrase("has happened")}


def use(reader: Reader, iri: str, owner: str, number: int, attested: bool) -> Use:
    """A data use of an activity or a notice."""
    facts = reader.facts
    data = facts.ends(iri, "dpv:hasPersonalData")
    return Use(
        ref=f"{reader.words('U')}{owner}.{number}",
        owner=owner,
        fact=reader.item(iri, attested=attested),
        people=reader.concept(facts.end(iri, "dpv:hasDataSubject")),
        data=reader.concepts(data),
        content=_content(reader, iri),
        unspecified=_unspecified(reader, data),
        purposes=reader.nearest(iri, "dpv:hasPurpose", "dpv:Purpose"),
        bases=reader.nearest(iri, "dpv:hasLegalBasis", "dpv:LegalBasis"),
        storage=tuple(reader.storage(iri)) or reader.given(iri, "reg:StorageRule"),
        measures=tuple(reader.measures(iri)),
        systems=reader.concepts(facts.ends(iri, "dpv:isImplementedUsingTechnology")),
    )


def beyond(uses: Iterable[Use], flows: Iterable[Flow]) -> list[tuple[Flow, Concept, tuple[Concept, ...]]]:
    """The flows that tell more than the uses of their row, but what a receiver passes on: people and what no use says.

    What a use says on a condition that the flow has not (an application that is kept *if nobody is hired*) it does not say of
    the flow; of data that are not specified it says as much as a flow with a reserve of its own.
    """
    uses_: dict[tuple[str, str, str], list[Item]] = {}
    for use in uses:
        for data in use.data:
            uses_.setdefault((use.owner, use.people.label, data.label), []).append(use.fact)
    matches = []
    for flow in flows:
        if flow.people is not None and flow.from_controller:
            told = {data: uses_.get((flow.owner, flow.people.label, data.label), []) for data in flow.data}
            vague = flow.unspecified and bool(flow.fact.qualifiers)
            new = tuple(d for d, known in told.items() if not ((vague and known) or any(map(flow.fact.adds_nothing_to, known))))
            if new:
                matches.append((flow, flow.people, new))
    return matches


def _unspecified(reader: Reader, data: Iterable[str]) -> bool:
    kinds = [reader.facts.is_a(iri, UNSPECIFIED) for iri in data]
    return bool(kinds) and all(kinds)


def _content(reader: Reader, iri: str) -> tuple[Item, ...]:
    """What data named by a system or file include, and what they may include, each with the lines that put it there."""
    contents = reader.facts.content(iri)
    items = []
    for sure in (True, False):
        sure_ones = [content for content in contents if content.sure is sure]
        labels = sorted((reader.label(content.data) for content in sure_ones), key=str.casefold)
        if labels:
            data = ", ".join(labels[:_SHOWN])
            if len(labels) > _SHOWN:
                data += f" {reader.words('and {count} more', count=len(labels) - _SHOWN)}"
            text = reader.words("includes: {data}", data=data) if sure else reader.words("may include: {data}", data=data)
            passages = sorted({passage for content in sure_ones for passage in content.passages})
            items.append(Item(iri, text, "inferred", tuple(passages)))
    return tuple(items)


def role_of(reader: Reader, receipt: str) -> str:
    """Why the receiver of a flow, or the holder of a role, is presumed to be a processor; else `""`."""
    facts = reader.facts
    if facts.end(receipt, "reg:receiptKind") != expand("reg:PresumedProcessorReceipt"):
        return ""
    return facts.text(facts.end(receipt, "reg:receiptRestsOn") or receipt, "reg:inferenceNote", reader.language)


def flow(reader: Reader, iri: str, owner: str, number: int, attested: bool) -> Flow:
    """A data flow of an activity, or of the notice itself."""
    facts, words = reader.facts, reader.words
    data = facts.ends(iri, "dpv:hasPersonalData")
    sender, receiver = facts.end(iri, "reg:sender"), facts.end(iri, "reg:receiver")
    remarks = [words(text) for name, text in _REMARKS.items() if facts.flag(iri, f"reg:{name}")]
    if access := facts.end(iri, "reg:accessLevel"):
        remarks.append(reader.label(access))
    bases = reader.items(iri, "dpv:hasLegalBasis")
    tools = [base for base in bases if _TOOL in facts.above(facts.types(base.iri))]
    if why := role_of(reader, iri):
        remarks.append(words("the role as processor is inferred: {reason}", reason=why))
    return Flow(
        ref=f"{words('F')}{owner}.{number}",
        owner=owner,
        fact=reader.item(iri, attested=attested),
        kind=reader.concept(facts.end(iri, "reg:receiptKind")),
        sender=reader.concept(sender),
        receiver=reader.concept(receiver),
        people=reader.concept(facts.end(iri, "dpv:hasDataSubject")),
        data=reader.concepts(data),
        content=_content(reader, iri),
        excluded=reader.concepts(facts.ends(iri, "reg:excludesData")),
        unspecified=_unspecified(reader, data),
        operations=reader.concepts(facts.ends(iri, "dpv:hasProcessing")),
        via=reader.concepts(facts.ends(iri, "reg:via")),
        purposes=reader.nearest(iri, "dpv:hasPurpose", "dpv:Purpose"),
        bases=tuple(base for base in bases if base not in tools) or reader.given(iri, "dpv:LegalBasis"),
        tools=tuple(tools),
        measures=tuple(reader.measures(iri)),
        countries=reader.concepts(facts.ends(iri, "dpv:hasThirdCountry")),
        remarks=tuple(remarks),
        from_controller=not facts.ends(iri, "reg:onwardOf"),
        inside=_inside(reader, receiver),
    )


def _inside(reader: Reader, iri: str) -> str:
    parent = reader.facts.end(iri, "dpv:isOrganisationalUnitOf")
    return reader.words("at {party}", party=reader.label(parent)) if parent else ""


def passed(reader: Reader, role: Flow, through: Flow, why: str) -> Flow:
    """A receiver that is named only, with the data and people of a flow that goes through it, on the terms of the flow.

    `why` is the reason of a role that is inferred.
    """
    weaker = through.fact if role.fact.status == "stated" else role.fact
    return dataclasses.replace(
        role,
        fact=dataclasses.replace(
            role.fact,
            status=weaker.status,
            note=weaker.note,
            qualifiers=tuple(dict.fromkeys((*role.fact.qualifiers, *through.fact.qualifiers))),
            passages=tuple(sorted({*role.fact.passages, *through.fact.passages})),
        ),
        people=through.people,
        data=through.data,
        content=through.content,
        excluded=through.excluded,
        unspecified=through.unspecified,
        remarks=(reader.words("the role as processor is inferred: {reason}", reason=why),) if why else (),
        from_controller=False,
    )


def named_only(reader: Reader, iri: str, owner: str, number: int) -> Flow:
    """A receiver that the text gives a role without saying which data about whom it gets (unless the role names data)."""
    facts = reader.facts
    party = facts.end(iri, "reg:party")
    data = facts.ends(iri, "dpv:hasPersonalData")
    return Flow(
        ref=f"{reader.words('F')}{owner}.{number}",
        owner=owner,
        fact=reader.item(iri),
        kind=reader.concept(facts.end(iri, "reg:receiptKind")),
        receiver=reader.concept(party),
        data=reader.concepts(data),
        on_behalf_of=reader.concepts(facts.ends(iri, "reg:onBehalfOf")),
        inside=_inside(reader, party),
    )
