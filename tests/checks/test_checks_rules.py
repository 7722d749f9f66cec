"""Each rule finds its seeded defect and nothing else does; what the clean register must say cannot be left out in silence."""

from __future__ import annotations

import re

import pyoxigraph as ox
import pytest

from gdprgraph import ShapesError
from gdprgraph.checks.engine import SparqlEngine
from gdprgraph.checks.rules import read_rules
from gdprgraph.checks.run import package_rules
from gdprgraph.names import PREFIXES
from gdprgraph.words import in_language
from support import seeded

RULES = {rule.slug: rule for rule in package_rules().all()}
DEFECTS = seeded.defects()


def test_every_rule_has_a_defect():
    assert set(RULES) == set(DEFECTS)
    assert len(RULES) >= 60


def test_the_clean_twin_yields_nothing():
    report = seeded.register().check(profiles=seeded.ALL)
    assert list(report) == []
    assert len(report.rules) == len(RULES)
    assert report.closed, "the questions are answered, not switched off"


@pytest.mark.parametrize("slug", sorted(DEFECTS))
def test_a_defect_yields_its_rule_and_only_its_rule(slug):
    found = seeded.register(DEFECTS[slug]).check(profiles=seeded.ALL)
    assert {finding.rule.slug for finding in found} == {slug}


#: What looks like the defect of a rule and is none: the rule, and an update of the clean register.
TWINS = {
    "data passed to a supplier within its own task": (
        "processor-also-recipient",
        "DELETE WHERE { GRAPH notice:hillested { hil:flow-processor dpv:hasProcessing ?o } } ; "
        "INSERT DATA { GRAPH notice:hillested { hil:flow-processor dpv:hasProcessing dpv:DiscloseByTransmission } }",
    ),
    "a joint group that is only inferred": (
        "joint-arrangement-missing",
        'INSERT DATA { GRAPH notice:hillested { hil:wider a dpv:JointDataControllers ; skos:prefLabel "begge"@da, "both"@en ; '
        "dpv:hasDataController party:hillested, party:vandloeb ; reg:assertion reg:Inferred ; "
        'reg:inferenceNote "en liste"@da, "a list"@en ; '
        "prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=53,54> } }",
    ),
    "a purpose of section 10 in the source's own words alone": (
        "statistics-firewall",
        "INSERT DATA { GRAPH notice:hillested { hil:statistics dpv:hasPurpose hil:purpose-own . "
        "hil:purpose-own a dpv:Purpose ; "
        'skos:prefLabel "kortlægning"@da, "survey"@en ; '
        "prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=53,54> } }",
    ),
    "what is kept by criteria is anonymised": (
        "storage-by-criteria-only",
        "DELETE WHERE { GRAPH notice:hillested { hil:storage-applications dpv:hasDuration ?o } } ; "
        "DELETE WHERE { GRAPH notice:hillested { hil:use-applications dpv:hasStorageCondition hil:storage-applications } } ; "
        "INSERT DATA { GRAPH notice:hillested { hil:storage-applications dpv:hasDuration hil:criteria . "
        "hil:criteria a dpv:Duration, dpv:IndeterminateDuration . "
        "hil:recruitment dpv:hasStorageCondition hil:storage-applications ; dpv:hasTechnicalMeasure hil:anonymous . "
        'hil:anonymous a dpv:TechnicalMeasure, dpv:Anonymisation ; skos:prefLabel "a"@da, "a"@en ; '
        "prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=53,54> } }",
    ),
    "a number, and no contact detail, with a slip": (
        "contact-printed-wrong",
        'INSERT { GRAPH notice:hillested { ?number reg:slip "ciffer byttet om"@da, "digits swapped"@en } } '
        "WHERE { GRAPH notice:hillested { ?number a reg:Identifier } }",
    ),
    "a controller that a role names": (
        "record-controller-missing",
        "DELETE WHERE { GRAPH notice:hillested { hil:newsletter dpv:hasDataController ?o } } ; "
        "INSERT DATA { GRAPH notice:hillested { hil:control a reg:Engagement ; "
        'skos:prefLabel "dataansvarlig"@da, "controller"@en ; reg:party party:hillested ; reg:role dpv:DataController ; '
        "reg:inActivity hil:newsletter ; "
        "prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=53,54> } }",
    ),
    "a record whose front page has the controller": (
        "record-controller-missing",
        DEFECTS["record-controller-differs"].replace(
            "reg:inNotice notice:hil-record ; dpv:hasDataController party:vandloeb ;", ""
        )
        + " ; INSERT DATA { GRAPH notice:hil-record { notice:hil-record dpv:hasDataController party:vandloeb . "
        "hil:listed reg:inNotice notice:hil-record } }",
    ),
    "a record with the controller that a role of the notice names": (
        "record-controller-differs",
        DEFECTS["record-controller-differs"] + " ; INSERT DATA { GRAPH notice:hillested { hil:control a reg:Engagement ; "
        'skos:prefLabel "dataansvarlig"@da, "controller"@en ; reg:party party:vandloeb ; reg:role dpv:DataController ; '
        "reg:inActivity hil:lending ; "
        "prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=53,54> } }",
    ),
    "a storage rule that holds for the whole notice": (
        "storage-missing-for-activity",
        "DELETE WHERE { GRAPH notice:hillested { hil:use-applications dpv:hasStorageCondition ?o } } ; "
        "INSERT DATA { GRAPH notice:hillested { notice:hillested dpv:hasStorageCondition hil:storage-applications } }",
    ),
}


@pytest.mark.parametrize("what", TWINS)
def test_what_only_looks_like_a_defect_yields_nothing(what):
    slug, update = TWINS[what]
    changed = seeded.register(update)
    assert set(changed.store.quads()) != seeded.unchanged(), "the update changes nothing"
    assert [finding.key for finding in changed.check(rules=[slug])] == []


def test_a_storage_rule_for_a_case_is_none_for_all():
    """A rule on the whole notice that holds in one case only leaves the activities without one."""
    slug, update = TWINS["a storage rule that holds for the whole notice"]
    case = 'hil:storage-applications reg:condition "mens en anmodning afgøres"@da, "while a request is decided"@en'
    found = seeded.register(f"{update} ; INSERT DATA {{ GRAPH notice:hillested {{ {case} }} }}").check(rules=[slug])
    assert [finding.focus for finding in found] == [seeded.PREFIX["hil"] + "recruitment"]


@pytest.mark.parametrize("slug", sorted(RULES))
def test_a_rule_says_what_a_reader_needs(slug):
    rule = RULES[slug]
    for texts in (rule.label, rule.message, rule.article, rule.fix):
        assert set(texts) == {"da", "en"}
        assert all(text.strip() == text and text for text in texts.values())
    assert rule.iri == PREFIXES["rule"] + slug
    assert rule.source.startswith("http")
    assert not {"compliant", "overholder"} & {word for text in rule.message.values() for word in text.lower().split()}
    # What a notice does not say is no breach by the authority: only what it says can be one.
    if rule.outcome == "not-stated" and "register" not in rule.profiles:
        assert rule.severity != "violation"


#: The relations without which a node of the contract says nothing, or says it of nobody.
MANDATORY = """
    dct:publisher reg:document reg:inNotice dpv:hasDataSubject dpv:hasPersonalData reg:sender reg:receiver dpv:hasProcessing
    reg:party reg:role reg:inActivity dpv:hasDuration reg:days reg:lawReference reg:denies reg:value reg:contactOf
    reg:contactFor skos:prefLabel dct:title prov:wasDerivedFrom dpv:hasPurpose dpv:hasProcess dpv:hasStorageCondition
    reg:criteria reg:startsAt reg:effect skos:notation reg:ofParty reg:sha256 reg:fileName
"""


def mandatory() -> list[ox.Quad]:
    """The triples of the clean notices that no rule of the contract lets go, one kind of relation after the other."""
    wanted = {ox.NamedNode(PREFIXES[name.partition(":")[0]] + name.partition(":")[2]) for name in MANDATORY.split()}
    found = [quad for quad in seeded.clean_quads() if quad.predicate in wanted and "/notice/" in str(quad.graph_name)]
    # A denial or an agreement may name data; a use or a flow must.
    named = ox.NamedNode(PREFIXES["dpv"] + "hasPersonalData")
    found = [quad for quad in found if quad.predicate != named or re.search(r"/(use|flow)-", str(quad.subject))]
    found = [quad for quad in found if not _of_its_kind(quad)]
    alone = [quad for quad in found if _only_one(quad, found)]
    return sorted(alone, key=lambda quad: (quad.predicate.value, str(quad.subject), str(quad.object)))


def _of_its_kind(quad: ox.Quad) -> bool:
    """Whether it is a label of a thing that is called what its kind is called: the kind has it in the other language, too."""
    labels: dict[object, set[ox.Literal]] = {}
    kinds: list[object] = []
    for other in seeded.clean_quads():
        if other.predicate == ox.NamedNode(PREFIXES["skos"] + "prefLabel") == quad.predicate:
            labels.setdefault(other.subject, set()).add(other.object)
        elif other.subject == quad.subject and other.predicate == ox.NamedNode(PREFIXES["rdf"] + "type"):
            kinds.append(other.object)
    return any(labels.get(quad.subject, set()) & labels.get(kind, set()) for kind in kinds)


def _only_one(quad: ox.Quad, found: list[ox.Quad]) -> bool:
    """Whether the subject has no other value of the relation (of the language) that would do in its place."""
    language = getattr(quad.object, "language", None)
    return not any(
        other != quad
        and other.subject == quad.subject
        and other.predicate == quad.predicate
        and getattr(other.object, "language", None) == language
        for other in found
    )


def batches(quads: list[ox.Quad]) -> list[list[ox.Quad]]:
    """Quads that can be left out at once: one of each subject, and none whose object is the subject of another."""
    found: list[list[ox.Quad]] = []
    for quad in quads:
        for batch in found:
            nodes = {quad.subject, quad.object}
            if not any(other.subject in nodes or other.object == quad.subject for other in batch):
                batch.append(quad)
                break
        else:
            found.append([quad])
    return found


def found_without(quads: list[ox.Quad]) -> set[tuple[str, str]]:
    """The nodes at fault without these quads, each with the path of its rule, if it has one."""
    report = seeded.register(without=quads).check(profiles=seeded.ALL)
    return {(finding.focus, finding.rule.path) for finding in report.findings}


def survivors(quads: list[ox.Quad]) -> list[str]:
    """The quads that nobody misses: without them there is no finding on their subject and relation, nor, alone, any at all."""
    left = []
    for batch in batches(quads):
        found = found_without(batch)
        for quad in batch:
            subject = quad.subject.value
            if not {(subject, ""), (subject, str(quad.predicate))} & found and not found_without([quad]):
                left.append(f"{quad.subject} {quad.predicate} {quad.object}")
    return left


def test_every_mandatory_triple_left_out_is_found():
    quads = mandatory()
    assert len(quads) > 300
    assert len({quad.predicate for quad in quads}) >= 25
    assert survivors(quads) == []


GOOD = """
@prefix dct: <http://purl.org/dc/terms/> . @prefix reg: <https://w3id.org/gdprgraph/register#> .
@prefix rule: <https://w3id.org/gdprgraph/rule/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
rule:good a sh:NodeShape ; skos:prefLabel "a"@da, "a"@en ; reg:profile reg:NoticeProfile ; reg:outcome reg:Conflict ;
    sh:targetClass reg:Notice ; sh:severity sh:Info ; sh:message "{$this}"@da, "{$this}"@en ;
    sh:sparql [ sh:prefixes <https://w3id.org/gdprgraph/shapes> ;
        sh:select "SELECT DISTINCT $this WHERE { $this a reg:Notice }" ] ;
    reg:article "art."@da, "art."@en ; dct:source <http://data.europa.eu/eli/reg/2016/679/oj> ; reg:fix "x"@da, "x"@en .
"""


def test_a_rule_that_counts_what_is_left_is_run(tmp_path):
    """Two documents, one of them denied: counted without the negation there would be two, and no finding."""
    counting = (
        "$this a reg:Notice ; reg:document ?d FILTER NOT EXISTS { ?d a reg:Party } } GROUP BY $this HAVING (COUNT(?d) = 1)"
    )
    path = tmp_path / "rules.ttl"
    path.write_text(GOOD.replace("$this a reg:Notice }", counting, 1), encoding="utf-8")
    view = ox.Store()
    view.update(
        "PREFIX reg: <https://w3id.org/gdprgraph/register#> "
        "INSERT DATA { <urn:n> a reg:Notice ; reg:document <urn:a>, <urn:b> . <urn:b> a reg:Party }"
    )
    assert {result.focus for result in SparqlEngine().run(view, read_rules([path]).all())} == {"urn:n"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('sh:message "{$this}"@da, "{$this}"@en', 'sh:message "{$this}"@da', "sh:message needs one text in Danish"),
        ("dct:source <http://data.europa.eu/eli/reg/2016/679/oj> ;", "", "dct:source is missing"),
        ("sh:severity sh:Info", "sh:severity sh:Debug", "sh:severity must be one of"),
        ("sh:severity sh:Info", "sh:severty sh:Info", "sh:severty is not in the dialect"),
        ("sh:severity sh:Info", "sh:severity sh:Info ; sh:deactivated true", "sh:deactivated is not in the dialect"),
        ("$this a reg:Notice }", "$this a reg:Notice", "does not parse"),
        ("$this a reg:Notice }", "$this a reg:Notice MINUS { $this a reg:Party } }", "uses MINUS"),
        ("SELECT DISTINCT $this", "SELECT ?that", "must begin"),
        ('"{$this}"@da', '"{?path}"@da', "names path"),
        ("sh:targetClass reg:Notice ;", "", "no target"),
        ("reg:profile reg:NoticeProfile", "reg:profile reg:NoProfile", "reg:profile must be one of"),
    ],
)
def test_a_shape_outside_the_dialect_is_refused(tmp_path, old, new, said):
    assert old in GOOD
    path = tmp_path / "rules.ttl"
    path.write_text(GOOD, encoding="utf-8")
    assert [rule.slug for rule in read_rules([path]).all()] == ["good"]
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ShapesError, match=said) as caught:
        read_rules([path])
    assert caught.value.line == 5
    assert caught.value.file == str(path)
    danish = in_language(caught.value.message, "da")
    assert said not in danish, "each reason is said in Danish, too"
    assert danish.startswith("rule:good: ")


def test_the_pages_are_those_of_the_rules():
    """Refresh with: python scripts/rules.py."""
    import importlib.util

    spec = importlib.util.spec_from_file_location("rules_script", seeded.FOLDER.parents[1] / "scripts" / "rules.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    names = {path.name for path in script.PAGES.glob("*.md")}
    assert names == {f"{slug}.md" for slug in RULES} | {"index.md"}
    for slug, rule in RULES.items():
        assert (script.PAGES / f"{slug}.md").read_text(encoding="utf-8") == script.page(rule, DEFECTS[slug]), slug
    found = {slug: {slug} for slug in DEFECTS}  # which the test of each defect sees to
    assert (script.PAGES / "index.md").read_text(encoding="utf-8") == script.index(package_rules(), found)


#: Kind of contradiction → the rules that find it.
CONTRADICTIONS = {
    "dpv:Anonymisation": {"anonymised-or-pseudonymised"},
    "reg:Denial": {"identification-denied-but-possible"},
    "dpv:DataProtectionOfficer": {"dpo-addresses-conflict", "dpo-telephones-conflict"},
    "reg:DataFlow": {"access-condition-contradicted"},
    "reg:ContactPoint": {"dpo-addresses-conflict", "dpo-telephones-conflict", "controller-addresses-conflict"},
    "reg:StorageRule": {"erasure-contradicted"},
}


def test_what_contradicts_is_a_finding_too(register):
    """Two views of one fact: each row of the question is a finding of its rule, on all lines of both places."""
    rows = register.ask("contradictions")
    assert {row["kind"].curie for row in rows} == set(CONTRADICTIONS)
    findings = list(register.check(profiles=("notice", "cross", "hygiene")))
    for row in rows:
        rules = CONTRADICTIONS[row["kind"].curie]
        assert any(one.rule.slug in rules and set(row.evidence) <= set(one.passages) for one in findings), row


def rules_of(update: str) -> set[str]:
    """What is found in the clean register after an update."""
    report = seeded.register(update).check(profiles=seeded.ALL)
    assert not report.held
    return {finding.rule.slug for finding in report}


def test_a_condition_that_is_only_inferred_is_none_that_the_text_names():
    """Jobnet 194-195 name health; that the conditions of line 73 hold for it, too, is inferred."""
    note = 'reg:assertion reg:Inferred ; reg:inferenceNote "læst videre"@da, "read on"@en'
    assert "special-category-basis-missing" in rules_of(
        f"INSERT DATA {{ GRAPH notice:hillested {{ hil:basis-9-2-b {note} . hil:basis-section-12 {note} }} }}"
    )
    assert "special-category-basis-missing" not in rules_of("")


def test_a_cap_for_some_data_does_not_make_criteria_a_period():
    """Jobnet 303-307: thirty years for statistics say nothing of what is kept as long as needed."""
    criteria = (
        "INSERT DATA { GRAPH notice:hillested { "
        "notice:hillested dpv:hasStorageCondition hil:storage-needed, hil:storage-video . "
        "hil:storage-needed a reg:StorageRule, dpv:StorageCondition, dpv:StorageDuration ; dpv:hasDuration hil:needed ; "
        'skos:prefLabel "ved behov"@da, "as needed"@en ; reg:criteria "ved behov"@da, "as needed"@en ; reg:ends dpv:Erase ; '
        "prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=53,54> . "
        "hil:needed a dpv:Duration, dpv:IndeterminateDuration } }"
    )
    assert "storage-by-criteria-only" in rules_of(criteria)
    # Mariagerfjord 302: thirty days stand in the same passage, for the same activity
    assert "storage-by-criteria-only" not in rules_of(criteria.replace("notice:hillested dpv:has", "hil:use-video dpv:has"))


def test_a_supplier_that_processes_is_no_silence_on_recipients(register):
    """UIM 258-260: the ministry logs through its operations supplier, which is an inferred processor."""
    found = {one.focus for one in register.check(rules=("recipients-missing-for-activity",))}
    names = {register.prefixes.curie(focus) for focus in found}
    assert "uim:computer-log-on" not in names
    assert "uim:calendar" in names


@pytest.mark.parametrize(
    ("more", "asked"),
    [
        ("", True),
        (
            "notice:hillested dpv:hasJointDataControllers hil:state-systems . hil:state-systems a dpv:JointDataControllers ; "
            "dpv:hasDataController party:hillested, party:moderniseringsstyrelsen ; "
            "prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=89,90> .",
            False,
        ),
    ],
)
def test_a_shared_state_system_is_asked_about_where_no_joint_control_with_its_agency_is_named(more, asked):
    defect = seeded.defects()["shared-system-joint-control"]
    agency = "INSERT DATA { GRAPH graph:shared { party:moderniseringsstyrelsen a reg:Party } }"
    joint = f"INSERT DATA {{ GRAPH notice:hillested {{ {more} }} }}"
    report = seeded.register(f"{defect} ; {agency} ; {joint}").check(profiles=["cross"])
    findings = [finding for finding in report.findings if finding.rule.slug == "shared-system-joint-control"]
    assert bool(findings) is asked
    assert {finding.severity for finding in findings} <= {"info"}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("kystlovens § 4", False),
        ("kystloven", False),
        ("lov om kyster", False),
        ("den almindelige ledelsesret", True),
        ("særloven", True),
    ],
)
def test_a_law_of_the_register_s_own_is_a_named_law(name, found):
    own = seeded.register(
        "DELETE DATA { GRAPH notice:vandloeb { vand:basis-section-21 a dk:LOB-21 ; reg:lawReference dk:LOB-21 } } ;"
        " INSERT DATA { GRAPH notice:vandloeb { vand:basis-section-21 a reg:NationalLegalBasis ; reg:lawReference vand:law ."
        f' vand:law a reg:Provision ; skos:prefLabel "{name}"@da }} }}'
    )
    assert bool(own.check(rules=["national-basis-missing"]).findings) == found


def test_an_activity_of_no_text_lacks_a_controller_too():
    where = "DELETE WHERE { GRAPH notice:hillested { hil:newsletter reg:inNotice ?text } }"
    report = seeded.register(f"{DEFECTS['record-controller-missing']} ; {where}").check(rules=["record-controller-missing"])
    found = [finding.focus for finding in (*report, *report.held) if finding.rule.slug == "record-controller-missing"]
    assert found == [seeded.PREFIX["hil"] + "newsletter"]
