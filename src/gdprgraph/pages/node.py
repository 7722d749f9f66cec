"""The page of a node or term: an activity, a party, a system, a kind of data or people, or any single statement."""

from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gdprgraph.names import PREFIXES, RDF_TYPE, curie, expand
from gdprgraph.pages.answer import table
from gdprgraph.pages.frame import Frame
from gdprgraph.questions.rows import Concept, Rows
from gdprgraph.record import parties
from gdprgraph.record.model import Activity, Cell, Record
from gdprgraph.server.problems import Problem
from gdprgraph.server.request import only, parameters_of
from gdprgraph.words import Phrase, phrase

ACTIVITY, NOTICE, PARTY, SYSTEM = (expand(f"reg:{name}") for name in ("Activity", "Notice", "Party", "System"))
DATA, PEOPLE = expand("dpv:PersonalData"), expand("dpv:HumanSubject")
#: The questions that a page of each kind answers: (question, the parameter that takes the node).
QUESTIONS = {
    "party": (("who-names", "party"), ("impact-of-party", "party")),
    "system": (("impact-of-party", "party"),),
    "data": (("recipients", "data"), ("sources", "data"), ("holdings", "data")),
    "people": (("subject-access", "people"),),
}
_TECHNICAL = {RDF_TYPE, PREFIXES["skos"] + "prefLabel", PREFIXES["dct"] + "title", PREFIXES["skos"] + "broader"}
_SHOWN = 12
#: So many seconds a page waits for the first check of a register.
_PATIENCE = 2.0
#: Relation, value, assertion, passages.
_Entry = tuple[Concept, Any, Any, Any]


@dataclass(slots=True)
class Sheet:
    """What the page of an activity shows: its row of the record, and what its notice gives for everything."""

    record: Record
    activity: Activity
    wholes: dict[str, Concept] = field(default_factory=dict)
    cells: list[tuple[str, str, Cell, list[tuple[Concept, Cell]], list[Concept]]] = field(default_factory=list)

    @property
    def silence(self) -> tuple[Phrase, str]:
        """What an empty field says: not stated, or not read yet."""
        return self.record.silence(str(self.activity.number))


def page(request: Request) -> Response:
    """The page of `term` (or `node`): a short name, an IRI or a label. Raises Problem and UnknownName."""
    frame = Frame(request)
    values = parameters_of(request, ("term", "node", "all"))
    named = only(values, "term") or only(values, "node")
    if not named:
        raise Problem("bad-request", phrase("which term?"), hint="/describe?term=party:uim")
    iri = frame.register.labels.resolve(named)
    library = frame.library
    nodes = library.nodes
    nodes.fetch([iri], follow=False)
    typed = {kind for (kind,) in nodes.rows(f"SELECT DISTINCT ?c WHERE {{ <{iri}> a ?c }}")}
    kind = _kind(nodes.above(typed), nodes.above([iri]))
    passages = frame.register.evidence.passages(iri)
    described = frame.register.describe(iri, lang=frame.language)
    answers = []
    for slug, parameter in QUESTIONS.get(kind, ()):
        if slug in frame.register.questions.slugs:
            rows = frame.snapshot.ask(slug, frame.language, {parameter: frame.register.prefixes.curie(iri)})
            answers.append((frame.register.questions[slug], parameter, table(frame, rows, limit=_SHOWN, about=iri)))
    flows = _flows(frame, kind, iri)
    report, trouble = library.report_within(_PATIENCE, frame.language)
    types = [frame.concept(item) for item in sorted(typed) if not _plain(item)]
    return frame.render(
        "node.html",
        title=frame.label(iri),
        iri=iri,
        kind=kind,
        types=types,
        standing=library.standing(iri) if passages or library.standing(iri) != "stated" else "",
        reason=nodes.text(iri, "reg:inferenceNote", frame.language),
        texts=frame.text(passages),
        sheet=_sheet(frame, iri) if kind == "activity" else None,
        answers=answers,
        flows=flows,
        findings=[item for item in report or () if item.focus == iri],
        trouble=trouble,
        described=_described(described, iri, _translations(frame, iri)),
        definition=_definition(frame, iri),
        controller=kind == "party" and iri in parties(frame.register.store, "controller"),
        notice=next((item for item in library.notices if item.iri == iri), None),
    )


def _plain(iri: str) -> bool:
    """Whether a class is so general that a reader learns nothing from it."""
    return curie(iri) in {"dpv:Process", "dpv:Entity", "dpv:PersonalDataProcess", "skos:Concept", "rdfs:Class", "owl:Class"}


def _kind(classes: frozenset[str], wider: frozenset[str]) -> str:
    for name, kind in ((ACTIVITY, "activity"), (NOTICE, "notice"), (SYSTEM, "system"), (PARTY, "party")):
        if name in classes:
            return kind
    if DATA in wider:
        return "data"
    return "people" if PEOPLE in wider else ""


def _flows(frame: Frame, kind: str, iri: str) -> object | None:
    """The flows of an activity or a party."""
    if kind not in {"activity", "party"}:
        return None
    matches = frame.register.flows(**{kind: frame.register.prefixes.curie(iri)}, lang=frame.language)  # type: ignore[arg-type]
    return matches if len(matches) else None


def _sheet(frame: Frame, iri: str) -> Sheet | None:
    """The activity as the record of its controller has it; None where it stands in no record."""
    from gdprgraph.record.document import FIELDS

    for party in frame.library.controllers.get(iri, ()):
        record = frame.library.record(party, frame.language)
        activity = next((item for item in record.activities if item.concept.iri == iri), None)
        if activity is None:
            continue
        wholes = {whole.ref: whole for whole in record.wholes}
        cells = []
        for entry in FIELDS:
            cell = activity.cells.get(entry.key)
            if cell is not None:
                general = [
                    (wholes[ref].concept, wholes[ref].cells[entry.key])
                    for ref in cell.elsewhere
                    if ref in wholes and entry.key in wholes[ref].cells
                ]
                beside = [row.concept for row in record.activities if str(row.number) in cell.beside]
                cells.append((frame.t(entry.label), entry.article, cell, general, beside))
        return Sheet(record, activity, {ref: whole.concept for ref, whole in wholes.items()}, cells)
    return None


def _translations(frame: Frame, iri: str) -> set[tuple[str, str]]:
    """What is said of a node in another language where the reader's own has it, too: relation and text."""
    rows = frame.library.nodes.rows(f"SELECT ?p ?o (LANG(?o) AS ?l) WHERE {{ <{iri}> ?p ?o FILTER(LANG(?o) != '') }}")
    own = {(relation, text) for relation, text, language in rows if language == frame.language}
    statements = {relation for relation, _ in own}
    return {(relation, text) for relation, text, _ in rows if relation in statements} - own


def _described(rows: Rows, iri: str, translations: set[tuple[str, str]]) -> list[tuple[str, list[_Entry]]]:
    """Everything that is said of a node, and where it is mentioned, without what the head of the page has."""
    about: list[_Entry] = []
    mentions: list[_Entry] = []
    for row in rows:
        subject, relation, value = row["subject"], row["relation"], row["object"]
        if not isinstance(relation, Concept) or relation.iri in _TECHNICAL or (relation.iri, value) in translations:
            continue
        entry = (
            relation,
            value if isinstance(subject, Concept) and subject.iri == iri else subject,
            row["assertion"],
            row.evidence,
        )
        (about if isinstance(subject, Concept) and subject.iri == iri else mentions).append(entry)
    return [("about", about), ("mentions", mentions)]


def _definition(frame: Frame, iri: str) -> str:
    """What a term of the vocabulary means, in the reader's language or else in English."""
    rows = frame.library.nodes.rows(f"SELECT ?d (LANG(?d) AS ?l) WHERE {{ <{iri}> skos:definition ?d }}")
    by_language = {language: text for text, language in rows}
    return by_language.get(frame.language) or by_language.get("en", "")
