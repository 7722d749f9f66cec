"""A made-up register to the contract of the graph, for tests that need many activities, or none that is real.

`write(folder, activities=40, seed=1)` writes `data/` and `documents/` below `folder`; the same arguments give the same bytes.
Each fact cites a line of its generated document, so evidence, checks and flows work as on a real register. Also
`python tests/support/generated.py FOLDER [ACTIVITIES] [SEED]`.
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

PREFIXES = """\
@prefix dct:     <http://purl.org/dc/terms/> .
@prefix dk:      <https://w3id.org/gdprgraph/dk#> .
@prefix doc:     <https://w3id.org/gdprgraph/id/document/> .
@prefix dpv:     <https://w3id.org/dpv#> .
@prefix eu-gdpr: <https://w3id.org/dpv/legal/eu/gdpr#> .
@prefix loc:     <https://w3id.org/dpv/loc#> .
@prefix notice:  <https://w3id.org/gdprgraph/id/notice/> .
@prefix party:   <https://w3id.org/gdprgraph/id/party/> .
@prefix pd:      <https://w3id.org/dpv/pd#> .
@prefix prov:    <http://www.w3.org/ns/prov#> .
@prefix rdf:     <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix reg:     <https://w3id.org/gdprgraph/register#> .
@prefix skos:    <http://www.w3.org/2004/02/skos/core#> .
@prefix system:  <https://w3id.org/gdprgraph/id/system/> .
@prefix tech:    <https://w3id.org/dpv/tech#> .
@prefix xsd:     <http://www.w3.org/2001/XMLSchema#> .
"""
ACTIVITIES_A_NOTICE = 10
KINDS = ("Ministry", "Agency", "Municipality", "TradeUnion", "PensionFund", "Bank", "Supplier", "EducationalInstitution")
PUBLIC = 3  # the first so many of KINDS publish notices
DATA = {
    "name": "pd:Name",
    "cpr": "dk:CPRNumber",
    "health": "pd:Health",
    "sickness": "dk:SicknessAbsence",
    "criminal": "pd:Criminal",
    "email": "pd:EmailAddress",
    "pay": "pd:Income",
    "time": "dk:WorkingTime",
    "open": "reg:UnspecifiedPersonalData",
}
PEOPLE = {"employees": "dpv:Employee", "applicants": "dpv:JobApplicant", "relatives": "dk:Relative"}
PURPOSES = ("dpv:PersonnelManagement", "dpv:PersonnelPayment", "dpv:CommunicationManagement", "dk:Archiving")
BASES = {
    "eu-gdpr:A6-1-e": "artikel 6, stk. 1, litra e",
    "eu-gdpr:A6-1-a": "artikel 6, stk. 1, litra a",
    "eu-gdpr:A9-2-b": "artikel 9, stk. 2, litra b",
    "eu-gdpr:A6-1-c": "artikel 6, stk. 1, litra c",
    "dk:Databeskyttelsesloven-11": "databeskyttelseslovens § 11",
}
COUNTRIES = ("loc:US", "reg:OutsideEEA")


@dataclass
class Notice:
    """A notice being written: its Turtle, and the lines of the document that its facts cite."""

    slug: str
    turtle: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def node(self, name: str, types: str, *rest: str, label: str = "", cite: bool = True, printed: str = "") -> str:
        """Write one node, and its line of the document, with what is `printed` there; returns its name."""
        subject = name if ":" in name else f"gen:{name}"
        properties = [item for item in rest if item]
        if label:
            properties.insert(0, f'skos:prefLabel "{label}"@da, "{label}"@en')
        if cite:
            self.lines.append(f"Linje om {subject}{printed and f': {printed}'}.")
            at = len(self.lines)
            properties.append(f"prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/{self.slug}#line={at - 1},{at}>")
        self.turtle.append(f"{subject} a {types}" + "".join(f" ;\n    {item}" for item in properties) + " .\n")
        return subject


def write(folder: Path, activities: int = 40, seed: int = 1) -> Path:
    """Write a register of `activities` activities, ten a notice; returns the data folder."""
    random = Random(seed)
    data = folder / "data"
    (data / "notices").mkdir(parents=True, exist_ok=True)
    (folder / "documents").mkdir(exist_ok=True)
    parties = [f"party:gen-{kind.lower()}-{number}" for number in range(3) for kind in KINDS]
    turtle = [
        f"{name} a reg:Party, dk:{KINDS[index % len(KINDS)]}, dpv:Entity ;\n"
        f'    skos:prefLabel "{name.partition("-")[2]}"@da, "{name.partition("-")[2]}"@en .\n'
        for index, name in enumerate(parties)
    ]
    (data / "parties.ttl").write_text(PREFIXES + "\n" + "\n".join(turtle), encoding="utf-8")
    systems = [f"system:gen-{number}" for number in range(4)]
    turtle = [
        f'{name} a reg:System, tech:System, dpv:Technology ;\n    skos:prefLabel "{name[7:]}"@da, "{name[7:]}"@en .\n'
        for name in systems
    ]
    (data / "systems.ttl").write_text(PREFIXES + "\n" + "\n".join(turtle), encoding="utf-8")
    publishers = [name for index, name in enumerate(parties) if index % len(KINDS) < PUBLIC]
    for number in range(-(-activities // ACTIVITIES_A_NOTICE)):
        count = min(ACTIVITIES_A_NOTICE, activities - number * ACTIVITIES_A_NOTICE)
        notice = _notice(random, f"gen-{number + 1}", publishers[number % len(publishers)], parties, systems, count)
        text = "".join(line + "\n" for line in notice.lines)
        notice.node(
            f"doc:{notice.slug}",
            "reg:Document, prov:Entity",
            f'reg:fileName "{notice.slug}.txt"',
            f"reg:lineCount {len(notice.lines)}",
            f'reg:sha256 "{hashlib.sha256(text.encode()).hexdigest()}"',
            'dct:language "da"',
            cite=False,
        )
        prefix = f"@prefix gen:     <https://w3id.org/gdprgraph/id/{notice.slug}/> .\n\n"
        (folder / "documents" / f"{notice.slug}.txt").write_text(text, encoding="utf-8")
        (data / "notices" / f"{notice.slug}.ttl").write_text(PREFIXES + prefix + "\n".join(notice.turtle), encoding="utf-8")
    return data


def _notice(random: Random, slug: str, publisher: str, parties: list[str], systems: list[str], count: int) -> Notice:
    notice = Notice(slug)
    notice.node("bank", "reg:PartyCategory, dk:Bank, dpv:Entity", label="en bank", cite=False)
    unit = f"dpv:isOrganisationalUnitOf {publisher}"
    notice.node("manager", "reg:InternalParty, dpv:OrganisationalUnit", unit, label="lederen", cite=False)
    for name, kind in DATA.items():
        notice.node(f"data-{name}", f"dpv:PersonalData, {kind}", label=name, cite=False)
    for name, kind in PEOPLE.items():
        notice.node(name, f"dpv:DataSubject, {kind}", label=name, cite=False)
    for position, (kind, printed) in enumerate(BASES.items()):
        law = f"reg:lawReference {kind}"
        notice.node(f"basis-{position}", f"dpv:LegalBasis, {kind}", law, label=f"grundlag {position}", printed=printed)
    joint = random.random() < 0.5
    controller = "dpv:hasJointDataControllers gen:joint" if joint else f"dpv:hasDataController {publisher}"
    if joint:
        # not a supplier: those are processors here, and nobody is both in one activity
        other = random.choice([party for party in parties if party != publisher and "supplier" not in party])
        member = f"dpv:hasDataController {publisher}, {other}"
        notice.node("joint", "dpv:JointDataControllers, dpv:Entity", member, label="fælles dataansvarlige")
    notice.node("use-wide", "reg:DataUse, dpv:Process", _content(random), label="brug for hele teksten")
    for number in range(count):
        _activity(random, notice, f"activity-{number + 1}", publisher, controller, parties, systems)
    notice.node("denial", "reg:Denial", "reg:denies reg:AutomatedDecision", label="ingen automatiske afgørelser")
    notice.node(
        f"notice:{slug}",
        "reg:Notice, dpv:PrivacyNotice, eu-gdpr:DirectDataCollectionNotice",
        f'dct:title "Oplysningstekst {slug}"@da, "Notice {slug}"@en',
        f"dct:publisher {publisher}",
        f"reg:document doc:{slug}",
        controller,
        "dpv:hasLegalBasis gen:basis-0",
        "dpv:hasProcess gen:use-wide",
        "reg:hasDenial gen:denial",
        cite=False,
    )
    return notice


def _activity(
    random: Random, notice: Notice, name: str, publisher: str, controller: str, parties: list[str], systems: list[str]
) -> None:
    parts = []
    kind = random.choice(PURPOSES)
    purpose = notice.node(f"{name}-purpose", f"dpv:Purpose, {kind}", label=f"formål {name}")
    days = random.choice((180, 365, 1826))
    notice.node(
        f"{name}-duration",
        "dpv:Duration, dpv:TemporalDuration",
        f'rdf:value "P{days}D"^^xsd:duration',
        f"reg:days {days}",
        cite=False,
    )
    storage = notice.node(
        f"{name}-storage",
        "reg:StorageRule, dpv:StorageCondition, dpv:StorageDuration",
        f"dpv:hasDuration gen:{name}-duration",
        "reg:limit reg:AtMost",
        f'reg:criteria "{days} dage"@da, "{days} days"@en',
        label=f"opbevaring {name}",
        printed=f"{days} dage",
    )
    for number in range(random.randint(1, 3)):
        parts.append(
            notice.node(
                f"{name}-use-{number + 1}",
                "reg:DataUse, dpv:Process",
                _content(random),
                f"dpv:hasLegalBasis gen:basis-{random.randrange(len(BASES))}",
                f"dpv:hasStorageCondition {storage}",
                f"dpv:isImplementedUsingTechnology {random.choice(systems)}",
                _reserve(random),
                label=f"brug {number + 1} i {name}",
            )
        )
    for number in range(random.randint(1, 4)):
        outside = random.choice([*(party for party in parties if party != publisher), "gen:bank"])
        other, abroad = random.choice([(outside, random.random() < 0.2), ("gen:manager", False), ("gen:employees", False)])
        inward = random.random() < 0.4
        ends = (other, publisher) if inward else (publisher, other)
        parts.append(
            notice.node(
                f"{name}-flow-{number + 1}",
                "reg:DataFlow, dpv:Process",
                f"reg:sender {ends[0]}",
                f"reg:receiver {ends[1]}",
                f"dpv:hasProcessing {'dpv:Collect' if inward else 'dpv:DiscloseByTransmission'}",
                f"dpv:hasPurpose {purpose}",
                _content(random),
                f"dpv:hasThirdCountry {random.choice(COUNTRIES)}" if abroad and not inward else "",
                "reg:mutual true" if not inward and random.random() < 0.1 else "",
                "reg:inquiryDisclosure true" if not inward and random.random() < 0.1 else "",
                _reserve(random),
                label=f"strøm {number + 1} i {name}",
            )
        )
    if random.random() < 0.4:
        notice.node(
            f"{name}-processor",
            "reg:Engagement",
            f"reg:party {random.choice([party for party in parties if 'supplier' in party])}",
            "reg:role dpv:DataProcessor",
            f"reg:onBehalfOf {publisher}",
            f"reg:inActivity gen:{name}",
            _reserve(random),
            label=f"databehandler i {name}",
        )
    notice.node(
        name,
        "reg:Activity, dpv:PersonalDataProcess, dpv:Process",
        f'dct:title "Aktivitet {name}"@da, "Activity {name}"@en',
        f"reg:inNotice notice:{notice.slug}",
        controller,
        f"dpv:hasPurpose {purpose}",
        "dpv:hasProcess " + ", ".join(parts),
    )


def _content(random: Random) -> str:
    chosen = random.sample(sorted(DATA), random.randint(1, 3))
    data = ", ".join(f"gen:data-{name}" for name in chosen)
    return f"dpv:hasDataSubject gen:{random.choice(sorted(PEOPLE))} ;\n    dpv:hasPersonalData {data}"


def _reserve(random: Random) -> str:
    """Now and then a condition, a modality or an inference, as the texts have them."""
    return random.choice(
        [
            "",
            "",
            "",
            'reg:condition "kun efter aftale"@da, "only by agreement"@en',
            "reg:modality reg:Possible",
            'reg:assertion reg:Inferred ;\n    reg:inferenceNote "følger af sammenhængen"@da, "follows from the context"@en',
        ]
    )


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    write(Path(sys.argv[1]), *map(int, sys.argv[2:4]))
