"""The record's own words in Danish and English, and the fields of Article 30 as Datatilsynet asks for them."""

from __future__ import annotations

from dataclasses import dataclass

from gdprgraph.vocab import curie

Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record: the letter of Art. 30 that asks for it and how strongly (a key of DUTIES)."""

    key: str
    article: str
    duty: str
    label: Texts


#: How strongly the law asks for a field.
DUTIES: dict[str, Texts] = {
    "must": {"da": "skal", "en": "must"},
    "where-applicable": {"da": "hvor det er relevant", "en": "where applicable"},
    "where-possible": {"da": "om muligt", "en": "where possible"},
    "template": {"da": "dansk skabelon, ikke artikel 30", "en": "Danish template, not Article 30"},
}

CONTROLLER = Field("controller", "30(1)(a)", "must", {"da": "dataansvarlig", "en": "controller"})
CONTACT = Field("contact", "30(1)(a)", "must", {"da": "kontaktoplysninger", "en": "contact details"})
IDENTIFIER = Field("identifier", "30(1)(a)", "must", {"da": "nummer", "en": "identifier"})
JOINT = Field("joint", "30(1)(a)", "where-applicable", {"da": "fælles dataansvarlige", "en": "joint controllers"})
DPO = Field("dpo", "30(1)(a)", "where-applicable", {"da": "databeskyttelsesrådgiver", "en": "data protection officer"})
PURPOSES = Field("purposes", "30(1)(b)", "must", {"da": "formål", "en": "purposes"})
PEOPLE_DATA = Field("people_data", "30(1)(c)", "must", {"da": "registrerede og oplysninger", "en": "data subjects and data"})
RECIPIENTS = Field("recipients", "30(1)(d)", "must", {"da": "modtagere", "en": "recipients"})
TRANSFERS = Field(
    "transfers", "30(1)(e)", "where-applicable", {"da": "overførsel til tredjelande", "en": "third-country transfers"}
)
STORAGE = Field("storage", "30(1)(f)", "where-possible", {"da": "slettefrister", "en": "time limits for erasure"})
MEASURES = Field("measures", "30(1)(g)", "where-possible", {"da": "sikkerhedsforanstaltninger", "en": "security measures"})
BASES = Field("bases", "", "template", {"da": "behandlingsgrundlag", "en": "legal bases"})
RIGHTS = Field("rights", "", "template", {"da": "rettigheder", "en": "rights"})

#: The columns of the table of activities, in the order of the letters; the last one is asked for by the Danish template.
FIELDS = (CONTROLLER, PURPOSES, PEOPLE_DATA, RECIPIENTS, TRANSFERS, STORAGE, MEASURES, BASES)
WHOLE_FIELDS = (PURPOSES, BASES, PEOPLE_DATA, RECIPIENTS, TRANSFERS, STORAGE, MEASURES, RIGHTS)

BEHALF = Field("controllers", "30(2)(a)", "must", {"da": "på vegne af", "en": "on behalf of"})
PROCESSING = Field("processing", "30(2)(b)", "must", {"da": "kategorier af behandling", "en": "categories of processing"})
P_CONTACT = Field("contact", "30(2)(a)", "must", CONTACT.label)
P_DPO = Field("dpo", "30(2)(a)", "where-applicable", DPO.label)
P_TRANSFERS = Field("transfers", "30(2)(c)", "where-applicable", TRANSFERS.label)
P_MEASURES = Field("measures", "30(2)(d)", "where-possible", MEASURES.label)
SERVICE_FIELDS = (BEHALF, PROCESSING, P_TRANSFERS, P_MEASURES)

#: Kinds of gap, from most to least.
GAPS: dict[str, Texts] = {
    "absent": {"da": "ikke oplyst i kilden", "en": "not stated in the source"},
    "whole": {
        "da": "kun oplyst for hele oplysningsteksten, ikke for aktiviteten",
        "en": "stated only for the whole notice, not for the activity",
    },
    "partial": {"da": "kun oplyst for en del", "en": "stated for a part only"},
    "unspecified": {"da": "oplysningernes art er ikke angivet nærmere", "en": "the kind of data is not specified"},
    "uncoupled": {
        "da": "modtagerens oplysninger og personer er ikke angivet",
        "en": "the recipient's data and people are not stated",
    },
}

STATUSES: dict[str, Texts] = {
    "stated": {"da": "udtalt", "en": "stated"},
    "inferred": {"da": "udledt", "en": "inferred"},
    "attested": {"da": "bevidnet", "en": "attested"},
    "denied": {"da": "benægtet", "en": "denied"},
    "not-stated": {"da": "ikke oplyst i kilden", "en": "not stated in the source"},
}

KINDS: dict[str, Texts] = {
    "disclosure": {"da": "videregivelse", "en": "disclosure"},
    "processor": {"da": "databehandler", "en": "processor"},
    "presumed": {"da": "formodet databehandler: rollen er udledt", "en": "presumed processor: the role is inferred"},
    "inquiry": {"da": "myndighed i en konkret undersøgelse", "en": "authority in a particular inquiry"},
    "inside": {"da": "adgang internt", "en": "access inside"},
    "person": {"da": "til personen selv", "en": "to the person"},
    "system": {"da": "til et system", "en": "into a system"},
}

_WORDS: dict[str, tuple[str, str]] = {
    "title": ("Fortegnelse over behandlingsaktiviteter", "Record of processing activities"),
    "draft": ("Udkast til fortegnelse over behandlingsaktiviteter", "Draft record of processing activities"),
    "draft-of": ("lavet af oplysningsteksten", "made from the privacy notice"),
    "draft-of-many": ("lavet af oplysningsteksterne", "made from the privacy notices"),
    "and-attested": ("og af det, som myndigheden selv har oplyst", "and from what the authority itself has said"),
    "as-processor": ("som databehandler", "as processor"),
    "article-controller": (
        "Databeskyttelsesforordningens artikel 30, stk. 1: den dataansvarliges fortegnelse",
        "GDPR Article 30(1): the controller's record",
    ),
    "article-processor": (
        "Databeskyttelsesforordningens artikel 30, stk. 2: databehandlerens fortegnelse",
        "GDPR Article 30(2): the processor's record",
    ),
    "draft-note": (
        "En oplysningstekst efter artikel 13 og 14 er ingen fortegnelse efter artikel 30. Det, som teksten ikke siger, kan "
        "stadig gælde for myndigheden. Manglerne er listet i et afsnit for sig og skal udfyldes af myndigheden selv.",
        "A privacy notice under Articles 13 and 14 is no record under Article 30. What the text does not say may still be "
        "true of the authority. The gaps are listed in a section of their own, for the authority itself to fill.",
    ),
    "cover": ("Forside", "Cover"),
    "cover-intro": ("Hvem fortegnelsen gælder, og hvad den er lavet af.", "Whom the record is for, and what it is made from."),
    "activities": ("Behandlingsaktiviteter", "Processing activities"),
    "activities-intro": (
        "Én række for hver behandlingsaktivitet, kolonnerne efter bogstaverne i artikel 30, stk. 1. Hvert udsagn har sin "
        "status og de linjer, det står på.",
        "One row for each processing activity, the columns by the letters of Article 30(1). Each statement has its status "
        "and the lines that it stands on.",
    ),
    "others": (
        "Aktiviteter i teksterne, som en anden er dataansvarlig for",
        "Activities in the texts that another controls",
    ),
    "others-sheet": ("Andres aktiviteter", "Activities of others"),
    "services": ("Behandling på vegne af dataansvarlige", "Processing on behalf of controllers"),
    "services-intro": (
        "Én række for hver rolle, kolonnerne efter bogstaverne i artikel 30, stk. 2.",
        "One row for each role, the columns by the letters of Article 30(2).",
    ),
    "whole": ("For hele oplysningsteksten", "For the whole notice"),
    "whole-intro": (
        "Det, som teksten siger for alting på én gang. Det er ikke fordelt på aktiviteterne, for det gør teksten ikke.",
        "What the text says for everything at once. It is not spread over the activities, for the text does not do so.",
    ),
    "coupling-1": ("Kobling 1: oplysninger og personer", "Coupling 1: data and people"),
    "coupling-1-intro": (
        "Hvilke oplysninger der behandles om hvem. {u}3.2 er databrug 2 i aktivitet 3, {f}3.2 strøm 2 i samme, {u}T1.2 står "
        "for hele oplysningsteksten T1; de findes i listerne nedenfor med linjer og vilkår. En tom celle: ikke oplyst i "
        "kilden.",
        "Which data are processed about whom. {u}3.2 is use 2 of activity 3, {f}3.2 its flow 2, {u}T1.2 stands for the whole "
        "notice T1; they are in the lists below, with lines and terms. An empty cell: not stated in the source.",
    ),
    "uses": ("Databrug: én gruppe personer og oplysningerne om dem", "Data uses: one group of people and the data about them"),
    "coupling-2": ("Kobling 2: modtagere, oplysninger og personer", "Coupling 2: recipients, data and people"),
    "coupling-2-intro": (
        "Hvem der får hvilke oplysninger om hvem. Modtagere efter artikel 4, nr. 9, står først; de øvrige (myndigheder i en "
        "konkret undersøgelse, adgang internt, personen selv, systemer) er ikke modtagere efter den bestemmelse. En tom celle: "
        "ikke oplyst i kilden.",
        "Who gets which data about whom. Recipients under Article 4(9) come first; the others (authorities in a particular "
        "inquiry, access inside, the person, systems) are no recipients under that provision. An empty cell: not stated in the "
        "source.",
    ),
    "flows": ("Strømme: hvad hver modtager får", "Flows: what each receiver gets"),
    "collected": (
        "Indsamling: hvad den dataansvarlige får fra andre og fra personerne selv",
        "Collection: what the controller gets from others and from the people themselves",
    ),
    "gaps": ("Mangler", "Gaps"),
    "gaps-intro": (
        "Felter, som fortegnelsen mangler. De kan udfyldes i data/attested/{slug}.ttl med hvem, hvornår og hvorfor.",
        "Fields that the record lacks. They can be filled in data/attested/{slug}.ttl with who, when and why.",
    ),
    "no-gaps": ("Ingen mangler i felterne ovenfor.", "No gaps in the fields above."),
    "sources": ("Kilder", "Sources"),
    "sources-intro": (
        "De linjer, som udsagnene står på. »bm:47-50« er dokument og linjer.",
        "The lines that the statements stand on. »bm:47-50« is document and lines.",
    ),
    "sources-absent": (
        "Dokumenterne var ikke ved hånden, da fortegnelsen blev lavet; linjernes ord er derfor ikke med.",
        "The documents were not at hand when the record was made; so the words of the lines are not shown.",
    ),
    "findings": ("Bilag: fund", "Annex: findings"),
    "findings-intro": (
        "Hvad reglerne har fundet i registret om denne part. Et fund er et spørgsmål til myndigheden, ingen afgørelse.",
        "What the rules found in the register about this party. A finding is a question to the authority, no ruling.",
    ),
    "no-findings": ("Ingen fund.", "No findings."),
    "legend": (
        "Udtalt: teksten siger det. Udledt: det følger af teksten, og grunden er angivet. Bevidnet: myndigheden selv har "
        "oplyst det. Benægtet: teksten siger, at det ikke sker. Ikke oplyst i kilden: teksten siger intet om det.",
        "Stated: the text says it. Inferred: it follows from the text, and the reason is given. Attested: the authority "
        "itself has said so. Denied: the text says it does not happen. Not stated in the source: the text says nothing of it.",
    ),
    "not-stated": ("ikke oplyst i kilden", "not stated in the source"),
    "see-whole": (
        "ikke oplyst for aktiviteten; for hele teksten: se {refs}",
        "not stated for the activity; for the whole text: see {refs}",
    ),
    "see-rows": (
        "ikke oplyst for hele teksten; for enkelte aktiviteter: se {refs}",
        "not stated for the whole text; for single activities: see {refs}",
    ),
    "partly": (
        "ikke oplyst for aktiviteten; {party} er dataansvarlig for nogle af tekstens oplysninger",
        "not stated for the activity; {party} is controller of some of the data in the text",
    ),
    "engaged-for": ("dataansvarlig for: {data}", "controller of: {data}"),
    "field": ("felt", "field"),
    "article": ("artikel", "article"),
    "value": ("indhold", "content"),
    "status": ("status", "status"),
    "source": ("kilde", "source"),
    "number": ("nr.", "no."),
    "activity": ("aktivitet", "activity"),
    "role": ("rolle", "role"),
    "notice": ("oplysningstekst", "notice"),
    "people": ("personer", "people"),
    "data": ("oplysninger", "data"),
    "receiver": ("modtager", "receiver"),
    "sender": ("afsender", "sender"),
    "kind": ("hvordan", "how"),
    "terms": ("vilkår", "terms"),
    "system": ("system", "system"),
    "gap": ("mangel", "gap"),
    "duty": ("kravets styrke", "strength of the duty"),
    "passage": ("ord", "words"),
    "date": ("dato for fortegnelsen", "date of the record"),
    "made-from": ("lavet af", "made from"),
    "document": ("dokument {file}, {lines} linjer", "document {file}, {lines} lines"),
    "dated": ("tekstens dato {date}", "text dated {date}"),
    "undated": ("teksten er uden dato", "the text has no date"),
    "intact": ("digest stemmer med dokumentet", "digest agrees with the document"),
    "changed": ("digest stemmer IKKE med dokumentet: det er ændret", "digest does NOT agree with the document: it has changed"),
    "unchecked": ("dokumentet var ikke ved hånden", "the document was not at hand"),
    "legend-label": ("ordene for status", "the words for status"),
    "count": ("omfang", "extent"),
    "counted": (
        "{activities} aktiviteter, {uses} databrug, {flows} strømme til modtagere, {gaps} mangler",
        "{activities} activities, {uses} data uses, {flows} flows to receivers, {gaps} gaps",
    ),
    "also-processor": (
        "parten er også databehandler; den fortegnelse laves med --role processor",
        "the party is also a processor; make that record with --role processor",
    ),
    "note": ("bemærkning", "note"),
    "party": ("part", "party"),
    "processor": ("databehandler", "processor"),
    "for-party": ("oplyst for {party}", "stated for {party}"),
    "whole-text": ("hele oplysningsteksten", "the whole notice"),
    "includes": ("omfatter (udledt): {data}", "includes (inferred): {data}"),
    "and-more": ("og {count} mere", "and {count} more"),
    "without": ("ikke: {data}", "not: {data}"),
    "to-country": ("til {country}", "to {country}"),
    "via": ("via {via}", "via {via}"),
    "behalf": ("på vegne af {party}", "on behalf of {party}"),
    "unit-of": ("hos {party}", "at {party}"),
    "role-inferred": ("rollen som databehandler er udledt: {reason}", "the role as processor is inferred: {reason}"),
    "mutual": ("udveksles begge veje", "exchanged both ways"),
    "past": ("er sket", "has happened"),
    "reason": ("grund", "reason"),
    "attested-by": ("bevidnet af {by} {at}: {reason}", "attested by {by} on {at}: {reason}"),
    "unknown-person": ("(ingen angivet)", "(nobody named)"),
    "days": ("{days} dage", "{days} days"),
    "starts": ("fra: {event}", "from: {event}"),
    "until": ("indtil: {event}", "until: {event}"),
    "ends": ("derefter: {end}", "then: {end}"),
    "exception-to": ("undtagelse fra: {rule}", "exception to: {rule}"),
    "data-not-stated": ("(oplysninger ikke oplyst i kilden)", "(data not stated in the source)"),
    "people-not-stated": ("personer ikke oplyst i kilden", "people not stated in the source"),
    "storage-part": ("slettefrist oplyst for {some} af {all} databrug", "time limit stated for {some} of {all} data uses"),
    "continued": ("(fortsat)", "(continued)"),
    "part-of": ("del {part} af {parts}", "part {part} of {parts}"),
    "page": ("Side", "Page"),
    "of": ("af", "of"),
    "skip": ("Gå til indholdet", "Skip to the content"),
    "contents": ("Indhold", "Contents"),
    "finding": ("fund", "finding"),
    "rule": ("regel", "rule"),
    "severity": ("alvor", "severity"),
    "about": ("om", "about"),
    "use-letter": ("B", "U"),
    "flow-letter": ("S", "F"),
    "none": ("ingen", "none"),
}


class Words:
    """The record's words in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._at = 0 if language == "da" else 1

    def __call__(self, key: str, **values: object) -> str:
        """The phrase `key`, with values put in."""
        phrase = _WORDS[key][self._at]
        return phrase.format(**values) if values else phrase

    def of(self, texts: Texts) -> str:
        """The text in this language."""
        return texts[self.language]

    def status(self, name: str) -> str:
        """The word for a status."""
        return STATUSES[name][self.language]

    def article(self, field: Field) -> str:
        """The article of a field as a reader of this language writes it."""
        if not field.article:
            return DUTIES["template"][self.language]
        paragraph, letter = field.article[3], field.article[6]
        return f"art. 30, stk. {paragraph}, litra {letter}" if self.language == "da" else f"Art. {field.article}"


def slug(iri: str) -> str:
    """The last part of a party's short name, such as `uim`."""
    return curie(iri).rpartition(":")[2].rpartition("/")[2]
