"""A letter: a draft in sections, each for a provision of the GDPR, made of the answers to the register's questions."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from gdprgraph.errors import UnknownName, nearest
from gdprgraph.evidence import Passage, Unread
from gdprgraph.names import curie, expand
from gdprgraph.questions.rows import Concept, Row, text
from gdprgraph.register import Register
from gdprgraph.words import Words, phrase
from gdprgraph.words.language import provision_text

_STATED = expand("reg:Stated")
#: What is said of an activity, its uses and its flows.
_PARTS = "dpv:hasProcess?/(dpv:hasPurpose|dpv:hasLegalBasis|dpv:hasStorageCondition|dpv:hasRight)?"


@dataclass(frozen=True, slots=True)
class Line:
    """One statement with the lines it stands on; `note` tells of its reserve (inferred, possible, on a condition).

    An open line is what the register does not know and a human must fill in or look into.
    """

    text: str
    passages: tuple[Passage, ...] = ()
    note: str = ""
    open: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """What a provision asks for, and the lines that answer it."""

    heading: str
    article: str
    lines: tuple[Line, ...]

    def provision(self, language: str) -> str:
        """The article as a reader cites it: Art. 15(1)(a), artikel 15, stk. 1, litra a."""
        return Words(language)("Art. {article}", article=provision_text(self.article, language))


@dataclass(frozen=True)
class Letter:
    """A draft; `kind` is access, notice or breach."""

    kind: str
    title: str
    language: str
    caution: str
    sections: tuple[Section, ...]

    @property
    def gaps(self) -> tuple[Line, ...]:
        """The open lines."""
        return tuple(line for section in self.sections for line in section.lines if line.open)

    def render(self, name: str = "markdown") -> str | bytes:
        """The letter as `html` or `markdown` text, or `docx` bytes. Raises UnknownName; InputError without python-docx."""
        from gdprgraph.letters.formats import render

        return render(self, name)

    def _repr_html_(self) -> str:
        return str(self.render("html"))


class Writer:
    """What the letters share: questions asked of one notice, rows as lines, open points."""

    def __init__(self, register: Register, language: str, notice: str, rows: Iterable[Row] = ()) -> None:
        self.register, self.language, self.notice = register, language, notice
        self.t = Words(language)
        told = [row for row in rows if iri_of(row, "notice") == notice]
        people = {iri_of(row, "people") for row in told}
        names = " ".join(f"<{iri}>" for iri in sorted(people))
        among = self._select(f"VALUES ?p {{ {names} }} VALUES ?n {{ {names} }} ?n reg:withinGroup+ ?p FILTER(?n != ?p)")
        self._people = people - among or people
        wider = [self._select(f"<{iri}> reg:withinGroup+ ?n") for iri in self._people]
        for group in sorted(set.intersection(*wider)) if wider else ():  # what is said of all of them is said of these
            asked = register.ask("subject-access", people=group, lang=language)
            told += [row for row in asked if (iri_of(row, "notice"), iri_of(row, "people")) == (notice, group)]
        self.about = [row for row in told if self._own(row)]

    def rows(self, question: str) -> list[Row]:
        """The rows of an answer that belong to the notice, and are of the people of the letter or of nobody in particular."""
        answer = self.register.ask(question, lang=self.language)
        return [row for row in answer if iri_of(row, "notice") == self.notice and self._holds(row) and self._own(row)]

    def _own(self, row: Row) -> bool:
        """Whether a row is not of what only others are said to control."""
        return not {iri_of(row, "level"), iri_of(row, "fact")} & self._of_others

    @cached_property
    def _controllers(self) -> list[Row]:
        """Who is said to control what the notice tells of."""
        answer, role = self.register.ask("roles", lang=self.language), expand("dpv:DataController")
        return [row for row in answer if iri_of(row, "role") == role and iri_of(row, "notice") == self.notice]

    @cached_property
    def _elsewhere(self) -> set[str]:
        """The activities that somebody controls and the authority does not."""
        names = " ".join(f"<{iri}>" for iri in sorted({iri_of(row, "level") for row in self._controllers} - {""}))
        own = f"FILTER NOT EXISTS {{ ?n reg:inRecordOf <{self.publisher.iri}> }}"
        return self._select(f"VALUES ?n {{ {names} }} ?n a reg:Activity {own}")

    @cached_property
    def _of_others(self) -> set[str]:
        """These activities, and what is said of them alone."""
        names = " ".join(f"<{iri}>" for iri in sorted(self._elsewhere))
        own = f"?a reg:inNotice <{self.notice}> ; reg:inRecordOf <{self.publisher.iri}>"
        return self._select(f"VALUES ?a {{ {names} }} ?a {_PARTS} ?n") - self._select(f"{own} ; {_PARTS} ?n")

    def controlling(self, parties: Collection[str]) -> list[Row]:
        """Which of some parties are said to control what."""
        return [row for row in self._controllers if iri_of(row, "party") in parties]

    def controllers(self, *, others: bool = False) -> tuple[Line, ...]:
        """Who controls what the notice tells of the people of the letter, or only what is left out of it."""
        rows = [row for row in self._controllers if (iri_of(row, "level") in self._elsewhere) is others and self._holds(row)]
        if others:
            return tuple(
                replace(line, text=self.t("{party} controls this, by the text; it is left out of the draft", party=line.text))
                for line in self.lines(rows, "party")
            )
        parties = dict.fromkeys(iri_of(row, "party") for row in rows)
        return tuple(
            line for party in parties for line in self._control([row for row in rows if iri_of(row, "party") == party])
        )

    def _control(self, rows: list[Row]) -> tuple[Line, ...]:
        """A controller in one line: of all, or with what is stated and what is inferred of which data or activity."""
        joint = self._select("?n a dpv:JointDataControllers")  # who controls something jointly, does that jointly
        levels = [row["level"] if iri_of(row, "level") in joint else None for row in rows]
        plain = (Row({**row.values, "level": level}, row.evidence) for row, level in zip(rows, levels, strict=True))
        whole = self.lines(plain, "party", "data")
        if len(whole) == 1 or not any(row.values.get("data") for row in rows):
            return whole
        named = [{**row.values, "level": None, "part": row.values.get("data") or row.values.get("level")} for row in rows]
        parts = self.lines((Row(values, row.evidence) for values, row in zip(named, rows, strict=True)), "part")
        told = {line.text: line.note for line in sorted(parts, key=lambda line: not line.note)}  # what is stated counts
        stated = self.register.labels.label(_STATED, self.language)
        notes = {note: ", ".join(text for text in told if told[text] == note) for note in sorted({*told.values()})}
        note = "; ".join(f"{note or stated}: {texts}" for note, texts in notes.items())
        passages = sorted({passage for line in parts for passage in line.passages})
        return (Line(self._cell(rows[0], "party"), tuple(passages), note),)

    def processors(self) -> list[Row]:
        """The roles as processor, near the people of the letter, of which no flow says whose data they are for."""
        at = "?n reg:inActivity|reg:inNotice ?at ; reg:party ?party . ?at dpv:hasProcess ?flow"
        told = self._select(f"{at} . ?flow reg:receiver/dpv:isOrganisationalUnitOf?|reg:via ?party")
        engaged = self.register.store.select("SELECT ?e ?a WHERE { ?e reg:inActivity ?a }").texts()
        places = {engagement: self.register.labels.concept(activity, self.language) for engagement, activity in engaged}
        rows = [
            Row({**row.values, "party_standing": row["assertion"], "level": places.get(iri_of(row, "fact"))}, row.evidence)
            for row in self.rows("processors")
            if iri_of(row, "fact") not in told
        ]
        return [row for row in rows if self._holds(row)]

    def _holds(self, row: Row) -> bool:
        return not self._people or all(not groups or groups & self._near for groups in (self._groups(row), self._there(row)))

    def _there(self, row: Row) -> set[str]:
        """The people of the activity that a row stands on, or those that a text calls "you": what stands on the whole text
        without such holds for everybody it speaks of, and not only for those whose data it tells of at that level.
        """
        level, fact = iri_of(row, "level"), iri_of(row, "fact")
        if not (level or fact) or not self._people:
            return set()
        at = f"VALUES ?at {{ <{level}> }}" if level else f"?at reg:hasDenial|dpv:hasRight <{fact}> ."
        whole = self.notice == level or self._select(f"{at} ?at a reg:Source BIND(?at AS ?n)")
        return self._select(
            f"<{self.notice}> dpv:hasDataSubject ?n" if whole else f"{at} ?at dpv:hasProcess?/dpv:hasDataSubject ?n"
        )

    def _groups(self, row: Row) -> set[str]:
        """The people that a row is of by itself."""
        who, fact = iri_of(row, "people"), iri_of(row, "fact") or iri_of(row, "basis")
        return {who} if who else self._select(f"<{fact}> dpv:hasDataSubject ?n") if fact and self._people else set()

    @cached_property
    def _near(self) -> set[str]:
        """The people of the letter, those among them, and those that they are among."""
        names = " ".join(f"<{iri}>" for iri in sorted(self._people))
        return self._select(f"VALUES ?p {{ {names} }} {{ ?p reg:withinGroup* ?n }} UNION {{ ?n reg:withinGroup* ?p }}")

    def _select(self, pattern: str) -> set[str]:
        return {iri for (iri,) in self.register.store.select(f"SELECT DISTINCT ?n WHERE {{ {pattern} }}").texts()}

    def lines(self, rows: Iterable[Row], *columns: str) -> tuple[Line, ...]:
        """Rows as lines: the named columns, with whom, strength, condition and standing as the note; equal lines are one.

        A row without source lines (what a notice does not state) is an open point.
        """
        merged: dict[tuple[str, str], tuple[set[Passage], dict[str, None]]] = {}
        for row in rows:
            cells = [self._cell(row, column) for column in columns]
            if not cells[0]:  # a row that says something else
                continue
            words = ": ".join(cell for at, cell in enumerate(cells) if cell and not any(_says(one, cell) for one in cells[:at]))
            passages, people = merged.setdefault((words, self._note(row)), (set(), {}))
            passages.update(row.evidence)
            people.update(dict.fromkeys(sorted(self._groups(row)) or [""]))
        return tuple(
            Line(words, tuple(sorted(passages)), "; ".join(filter(None, (self._whom(people), note))), open=not passages)
            for (words, note), (passages, people) in merged.items()
        )

    def _whom(self, people: dict[str, None]) -> str:
        """Of whom something is said, where that is not just all the people of the letter."""
        if not self._people or "" in people or self._people <= people.keys():
            return ""
        return ", ".join(self.register.labels.label(iri, self.language) for iri in people)

    def _cell(self, row: Row, column: str) -> str:
        """A cell in words, with how it is known where that is told beside it and is less than stated."""
        words, standing = text(row.values.get(column), self.language), row.values.get(f"{column}_standing")
        return f"{words} ({standing.label})" if words and isinstance(standing, Concept) and standing.iri != _STATED else words

    def _note(self, row: Row) -> str:
        parts = [text(row.values.get(column), self.language) for column in ("level", "receipt", "modality", "condition")]
        standing = row.values.get("assertion")
        if isinstance(standing, Concept) and standing.iri not in {_STATED, iri_of(row, "value")}:
            parts.insert(0, standing.label)
        return "; ".join(filter(None, parts))

    def gap(self, words: str) -> Line:
        """An open point."""
        return Line(words, open=True)

    def section(self, heading: str, article: str, lines: tuple[Line, ...], silence: str = "") -> Section:
        """A section; where it has no lines, `silence` is its open point."""
        return Section(heading, article, lines or ((self.gap(silence),) if silence else ()))

    @property
    def silence(self) -> str:
        """What stands where the notice says nothing, or where nobody has read it to its end."""
        if self.unread:
            return self.t("Nobody knows yet whether the notice says it. Read on, and fill in.")
        return self.t("The notice does not say. Find out, and fill in.")

    @property
    def unread(self) -> Unread | None:
        """What is left to read of the notice."""
        return self.register.evidence.unread.get(self.notice)

    def caution(self, text: str) -> str:
        """What the reader of a draft must know, and that the notice is not read to its end, where it is not."""
        return f"{text} {self.t(self.unread.label).capitalize()}." if self.unread else text

    def contacts(self, kind: str) -> tuple[Line, ...]:
        """The contact points for the authority (`controller`), its `dpo`, `complaint`, or `withdrawal` of consent."""
        rows = self.rows("contacts")
        officer, authority = expand("dpv:DataProtectionOfficer"), expand("party:datatilsynet")
        publisher = self.publisher.iri
        chosen = []
        for row in rows:
            about, party = iri_of(row, "about"), iri_of(row, "party")
            group = "complaint" if party == authority else "dpo" if officer in {about, party} else "controller"
            group = "withdrawal" if about == expand("eu-gdpr:A7-3") else group
            if group == kind and (group != "controller" or party == publisher):
                chosen.append(row)
        return self.lines(chosen, "party", "channel", "value")

    @property
    def publisher(self) -> Concept:
        """The authority whose notice it is."""
        iris = self.register.store.select(f"SELECT ?p WHERE {{ <{self.notice}> dct:publisher ?p }}").texts()
        return self.register.labels.concept(iris[0][0] if iris else self.notice, self.language)


def iri_of(row: Row, column: str) -> str:
    """The node or term in a cell, or an empty text."""
    value = row.values.get(column)
    return value.iri if isinstance(value, Concept) else ""


def notice_of(register: Register, named: str | None, candidates: Iterable[str]) -> str:
    """The one of `candidates` that `named` may mean (see `Labels.texts`). Raises UnknownName where none or several are left."""
    notices = sorted(set(candidates) & set(register.labels.texts(named)) if named is not None else set(candidates))
    if len(notices) != 1:
        names = ", ".join(curie(iri).removeprefix("notice:") for iri in notices)
        if notices:
            raise UnknownName(phrase("several notices tell of it: {names}", names=names), hint=phrase("choose with --notice"))
        raise UnknownName(phrase("no notice tells of it"), term=named, hint=phrase("gdprgraph ask data-about names the people"))
    return notices[0]


def letter(register: Register, kind: str, party: str | None, people: str | None, notice: str | None, language: str) -> Letter:
    """A draft of a kind: `access` (Art. 15) and `notice` (Art. 13 and 14) for people, `breach` (Art. 33) at a party or system.

    Raises UnknownName for a kind, party or people that do not exist, and where several notices could be meant.
    """
    from gdprgraph.letters.drafts import access, breach
    from gdprgraph.letters.drafts import notice as information

    kinds: dict[str, Callable[[], Letter]] = {
        "access": lambda: access(register, _given(people, "--people"), notice, language),
        "notice": lambda: information(register, _given(party, "PARTY"), _given(people, "--people"), notice, language),
        "breach": lambda: breach(register, _given(party, "PARTY"), notice, language),
    }
    if kind not in kinds:
        raise UnknownName(phrase("unknown letter {name}", name=kind), term=kind, hint=nearest(kind, kinds))
    return kinds[kind]()


def _given(value: str | None, name: str) -> str:
    if value is None:
        raise UnknownName(phrase("this letter needs {name}", name=name), hint="gdprgraph letter --help")
    return value


def _says(text: str, name: str) -> bool:
    """Whether a text has a name in it (»funktionærloven: sygdom« the act), which then need not be said again."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None
