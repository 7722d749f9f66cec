"""Drafts to people and to the authority: access (GDPR Art. 15), notice (Art. 13 and 14), breach (Art. 33(3))."""

from gdprgraph.letters.letter import Letter, Line, Section, Writer, iri_of, notice_of
from gdprgraph.names import expand
from gdprgraph.questions.answer import fold
from gdprgraph.questions.rows import Concept, Row
from gdprgraph.record.couplings import Reader
from gdprgraph.record.scope import find_party
from gdprgraph.register import Register


def access(register: Register, people: str, notice: str | None, language: str) -> Letter:
    """An answer to one of `people`, from what the notice says of them."""
    rows = list(register.ask("subject-access", people=people, lang=language))
    chosen = notice_of(register, notice, (iri for row in rows if (iri := iri_of(row, "notice"))))
    writer = Writer(register, language, chosen, rows)
    t = writer.t
    aspects = Aspects(writer)
    exceptions = t("Look into the exceptions of the Danish act, sections 22 and 23.")
    copy = (t("Enclose a copy of the data, and leave out what concerns others."), exceptions)
    sections = [
        Section(t("To"), "", (writer.gap(t("Name, address, date and case number.")),)),
        Section(
            t("Whether we process data about you"),
            "15(1)",
            (writer.gap(t("Look in the systems whether it is so.")), *writer.controllers(others=True)),
        ),
        aspects.section(t("For what purposes"), "15(1)(a)", "dpv:hasPurpose"),
        aspects.section(t("Which kinds of data"), "15(1)(b)", "dpv:hasPersonalData"),
        aspects.section(t("Who has received them, or will"), "15(1)(c)", "dpv:hasRecipient"),
        aspects.section(t("How long they are kept"), "15(1)(d)", "dpv:hasStorageCondition"),
        aspects.section(t("Your rights"), "15(1)(e)", "dpv:hasRight"),
        aspects.complaint("15(1)(f)"),
        aspects.section(t("Where the data come from"), "15(1)(g)", "dpv:hasDataSource"),
        automated(writer, "15(1)(h)"),
        transfers(writer, "15(2)"),
        Section(t("A copy"), "15(3)-(4)", tuple(map(writer.gap, copy))),
    ]
    title = t("Draft: answer to a request for access, {authority}", authority=writer.publisher.label)
    return Letter("access", title, language, caution(writer), tuple(sections))


class Aspects:
    """The rows of `ask subject-access`, by aspect."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def rows(self, aspect: str) -> list[Row]:
        """The rows of one aspect, such as `dpv:hasPurpose`.

        A receiver has how it gets the data, unless they are disclosed; storage is told with what is kept, and how long.
        """
        rows, receipts = [row for row in self._writer.about if iri_of(row, "aspect") == expand(aspect)], dict[str, Concept]()
        if aspect == "dpv:hasRecipient":
            names = " ".join(f"<{iri_of(row, 'fact')}>" for row in rows)
            query = f"SELECT ?f ?k WHERE {{ VALUES ?f {{ {names} }} ?f reg:receiptKind ?k FILTER(?k != reg:Disclosure) }}"
            found, labels = self._writer.register.store.select(query).texts(), self._writer.register.labels
            receipts = {fact: labels.concept(kind, self._writer.language) for fact, kind in found}
        if aspect == "dpv:hasStorageCondition":
            reader = Reader(self._writer.register, self._writer.language)
            reader.facts.fetch(rule for row in rows if (rule := iri_of(row, "value")))
            rows = [
                Row({**row.values, "value": f"{row['value']}: {reader.rule(rule)}"}, row.evidence)
                if (rule := iri_of(row, "value"))
                else row
                for row in rows
            ]
        return [Row({**row.values, "receipt": receipts.get(iri_of(row, "fact"))}, row.evidence) for row in rows]

    def section(self, heading: str, article: str, aspect: str) -> Section:
        """The section of one aspect; an open point where the notice says nothing of it."""
        writer, lines = self._writer, self._writer.lines(self.rows(aspect), "value")
        for line in writer.lines(writer.processors(), "party") if aspect == "dpv:hasRecipient" else ():
            words = writer.t("{party}: processor; the text does not say which data about whom", party=line.text)
            lines += (writer.gap(f"{words} ({', '.join(map(str, line.passages))})"),)
        return writer.section(heading, article, lines, writer.silence)

    def complaint(self, article: str) -> Section:
        """The right to complain, and how to reach the authority."""
        rights = {iri for (iri,) in self._writer.register.store.select("SELECT ?r WHERE { ?r a eu-gdpr:A77 }").texts()}
        told = self._writer.lines((row for row in self.rows("dpv:hasRight") if iri_of(row, "value") in rights), "value")
        lines = (*told, *self._writer.contacts("complaint"))
        return self._writer.section(self._writer.t("Complaint"), article, lines, self._writer.silence)


def automated(writer: Writer, article: str) -> Section:
    """What the notice says of automated decisions."""
    lines = writer.lines(writer.rows("automated-decisions-and-ai"), "subject", "standing")
    return writer.section(writer.t("Automated decisions and profiling"), article, lines, writer.silence)


def transfers(writer: Writer, article: str) -> Section:
    """What the notice says of third countries."""
    lines = writer.lines(writer.rows("transfers"), "standing", "country", "receiver", "basis")
    return writer.section(writer.t("Transfers outside the EU and the EEA"), article, lines, writer.silence)


def caution(writer: Writer) -> str:
    """What the reader of a draft must know."""
    return writer.caution(
        writer.t(
            "A draft made from the text alone. What it says of people in general need not hold for one of them; "
            "what it leaves open is marked, and a human must look into it."
        )
    )


def notice(register: Register, party: str, people: str, named: str | None, language: str) -> Letter:
    """The text for `people` of an authority."""
    authority = find_party(register, party)
    asked = register.ask("subject-access", people=people, lang=language)
    rows = [row for row in asked if iri_of(row, "authority") == authority]
    chosen = notice_of(register, named, (iri for row in rows if (iri := iri_of(row, "notice"))))
    writer = Writer(register, language, chosen, rows)
    t = writer.t
    aspects = Aspects(writer)
    consent = writer.lines(writer.rows("consent"), "basis", "withdrawal")
    sections = [
        writer.section(
            t("Controller"),
            "13(1)(a), 14(1)(a)",
            (*writer.controllers(), *writer.contacts("controller"), *writer.controllers(others=True)),
            writer.silence,
        ),
        writer.section(t("Data protection officer"), "13(1)(b), 14(1)(b)", writer.contacts("dpo"), writer.silence),
        aspects.section(t("For what purposes"), "13(1)(c), 14(1)(c)", "dpv:hasPurpose"),
        writer.section(
            t("On which legal basis"),
            "13(1)(c), 14(1)(c)",
            writer.lines(writer.rows("legal-bases"), "basis", "law", "data"),
            writer.silence,
        ),
        aspects.section(t("Which kinds of data"), "14(1)(d)", "dpv:hasPersonalData"),
        aspects.section(t("Who gets them"), "13(1)(e), 14(1)(e)", "dpv:hasRecipient"),
        transfers(writer, "13(1)(f), 14(1)(f)"),
        aspects.section(t("How long they are kept"), "13(2)(a), 14(2)(a)", "dpv:hasStorageCondition"),
        aspects.section(t("Your rights"), "13(2)(b), 14(2)(c)", "dpv:hasRight"),
        writer.section(
            t("Consent and how to withdraw it"),
            "13(2)(c), 14(2)(d)",
            (*consent, *(writer.contacts("withdrawal") if consent else ())),
            writer.silence,
        ),
        aspects.complaint("13(2)(d), 14(2)(e)"),
        Section(
            t("Whether you must give the data, and what follows if you do not"),
            "13(2)(e)",
            (writer.gap(t("The register does not hold this. Fill in.")),),
        ),
        aspects.section(t("Where the data come from"), "14(2)(f)", "dpv:hasDataSource"),
        automated(writer, "13(2)(f), 14(2)(g)"),
    ]
    title = t("Draft: notice to data subjects, {authority}", authority=writer.publisher.label)
    return Letter("notice", title, language, caution(writer), tuple(sections))


def breach(register: Register, party: str, notice: str | None, language: str) -> Letter:
    """Who and which data are hit at a party or in a system, as one authority's notice tells it, and what is not known."""
    place = register.labels.resolve(party)
    rows = [row for row in register.ask("impact-of-party", party=party, lang=language) if iri_of(row, "notice")]
    chosen = notice_of(register, notice, (iri_of(row, "notice") for row in rows))
    writer = Writer(register, language, chosen)
    t = writer.t
    hit = [row for row in rows if iri_of(row, "notice") == chosen]
    places = {place, *(iri_of(row, "hit") for row in hit)}
    sections = (
        Section(
            t("What has happened"),
            "33(3)(a)",
            (
                writer.gap(t("What happened, when it began, when it was found, and when the authority came to know of it.")),
                writer.gap(t("Confidentiality, integrity or availability?")),
                writer.gap(t("The supervisory authority must be notified within 72 hours, unless a risk is unlikely.")),
            ),
        ),
        Section(
            t("Who may be hit"), "33(3)(a)", (*writer.lines(hit, "people"), writer.gap(t("How many people, approximately.")))
        ),
        Section(
            t("Which data may be hit"),
            "33(3)(a)",
            (*writer.lines(hit, "data", "people"), writer.gap(t("How many records, approximately."))),
        ),
        writer.section(
            t("Data that ask for particular care"), "9, 10, 34; DBL § 11", _grave(writer, hit), _nothing_grave(writer)
        ),
        writer.section(
            t("In which capacity they are there"),
            "4(7), 28, 33(2)",
            (*writer.lines(writer.controlling(places), "party", "role", "data"), *writer.lines(hit, "hit", "how")),
        ),
        writer.section(t("Data protection officer"), "33(3)(b)", writer.contacts("dpo"), writer.silence),
        Section(t("Likely consequences"), "33(3)(c)", (writer.gap(t("For the people above, data by data.")),)),
        Section(t("Measures taken or proposed"), "33(3)(d)", (writer.gap(t("By the authority and by its supplier.")),)),
        Section(
            t("Whether the people are to be told"),
            "34",
            (writer.gap(t("Is a high risk likely? If so, without undue delay and in plain language.")),),
        ),
    )
    title = t(
        "Draft: breach at {place}, {authority}", place=register.labels.label(place, language), authority=writer.publisher.label
    )
    warning = t(
        "A draft made from the text alone: it names what may be there, not what was. "
        "What is not known is marked, and a human must look into it."
    )
    return Letter("breach", title, language, writer.caution(warning), sections)


def _referred(writer: Writer, rows: list[Row]) -> list[Row]:
    """What data that are named by reference (what stands in a system) may include, of whom, with the lines of both."""
    names = " ".join(f"<{iri}>" for iri in sorted({iri_of(row, "fact") for row in rows}))
    query = f"""SELECT DISTINCT ?fact ?assertion ?data ?people ?by ?source WHERE {{
        VALUES (?how ?assertion) {{ (reg:includes reg:Inferred) (reg:mayInclude reg:MayInclude) }}
        VALUES ?fact {{ {names} }}
        ?fact ?how ?data ; dpv:hasPersonalData ?by ; dpv:hasDataSubject ?all ; reg:contentFrom ?held .
        ?by reg:contentOf ?place .
        ?held dpv:isImplementedUsingTechnology|reg:heldIn|reg:receiver ?place ; dpv:hasPersonalData ?data ;
            dpv:hasDataSubject ?some ; prov:wasDerivedFrom ?source .
        BIND(IF(EXISTS {{ ?some reg:withinGroup+ ?all }}, ?some, ?all) AS ?people) }}"""
    register, columns = writer.register, ("fact", "assertion", "data", "people", "by")
    found = fold(register, register.store.select(query), columns, writer.language)
    return [
        Row({**row.values, **held.values}, tuple(sorted({*row.evidence, *held.evidence})))
        for row in rows
        for held in found
        if (row["fact"], row["data"]) == (held["fact"], held["by"])
    ]


def _grave(writer: Writer, rows: list[Row]) -> tuple[Line, ...]:
    """The rows whose data are special categories, criminal data or CPR numbers, or may include such."""
    rows = rows + _referred(writer, rows)
    names = " ".join(f"<{iri}>" for iri in sorted({iri_of(row, "data") for row in rows} - {""}))
    grave = {
        data
        for (data,) in writer.register.store.select(
            f"SELECT DISTINCT ?d WHERE {{ VALUES ?d {{ {names} }} ?d a/rdfs:subClassOf ?kind "
            "VALUES ?kind { dpv:SpecialCategoryPersonalData pd:Health pd:Criminal dk:CPRNumber pd:OfficialID } }"
        ).texts()
    }
    return writer.lines((row for row in rows if iri_of(row, "data") in grave), "data", "people", "by")


def _nothing_grave(writer: Writer) -> str:
    if writer.unread:
        return writer.silence
    return writer.t("The notice names none here. Look into it: it may leave the data open.")
