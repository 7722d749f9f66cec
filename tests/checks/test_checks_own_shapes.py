# SPDX-FileCopyrightText: gdprgraph contributors
"""Own shapes are any SHACL Core and SHACL-SPARQL: each component finds what is due, apart, with its value and path."""

import json
import re

import pyoxigraph as ox
import pytest

from gdprgraph import ShapesError
from gdprgraph.checks.user_shapes import OwnShapes, own_rules
from gdprgraph.checks.view import view
from support import seeded

PREFIXES = """
@prefix ex: <https://kommune.example/regler#> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix reg: <https://w3id.org/gdprgraph/register#> . @prefix dct: <http://purl.org/dc/terms/> .
"""
DATA = """
ex:a a ex:K ; ex:p 1, 7 ; ex:q 7 ; ex:t "et"@da, "to"@da, "one"@en ; ex:k ex:b ; ex:s "kort" .
ex:b a ex:L ; ex:p 3 ; ex:q 1 ; ex:t "lang tekst"@en ; ex:k [ ex:s "by" ] .
ex:M rdfs:subClassOf ex:L . ex:c a ex:M ; ex:u "x"^^xsd:integer .
"""
A, B, C = "a", "b", "c"

#: The shape of ex:S (at ex:a, ex:b and ex:c) or of what it needs beside; the results due: focus, value, component, path.
CORE = {
    "class": ("sh:property [ sh:path ex:k ; sh:class ex:L ]", {(B, "_", "Class", "k")}),
    "datatype": ("sh:property [ sh:path ex:s ; sh:datatype xsd:date ]", {(A, "kort", "Datatype", "s")}),
    "ill-typed": ("sh:property [ sh:path ex:u ; sh:datatype xsd:integer ]", {(C, "x", "Datatype", "u")}),
    "nodeKind": ("sh:property [ sh:path ex:k ; sh:nodeKind sh:IRI ]", {(B, "_", "NodeKind", "k")}),
    "nodeKind of blank nodes": ("sh:property [ sh:path ex:k ; sh:nodeKind sh:BlankNode ]", {(A, "b", "NodeKind", "k")}),
    "minCount": ("sh:property [ sh:path ex:s ; sh:minCount 1 ]", {(B, "", "MinCount", "s"), (C, "", "MinCount", "s")}),
    "maxCount": ("sh:property [ sh:path ex:p ; sh:maxCount 1 ]", {(A, "", "MaxCount", "p")}),
    "minExclusive": ("sh:property [ sh:path ex:p ; sh:minExclusive 1 ]", {(A, "1", "MinExclusive", "p")}),
    "minInclusive": (
        "sh:property [ sh:path ex:p ; sh:minInclusive 4 ]",
        {(A, "1", "MinInclusive", "p"), (B, "3", "MinInclusive", "p")},
    ),
    "maxExclusive": ("sh:property [ sh:path ex:p ; sh:maxExclusive 7 ]", {(A, "7", "MaxExclusive", "p")}),
    "maxInclusive": ("sh:property [ sh:path ex:p ; sh:maxInclusive 6 ]", {(A, "7", "MaxInclusive", "p")}),
    "minLength": ("sh:property [ sh:path ex:s ; sh:minLength 5 ]", {(A, "kort", "MinLength", "s")}),
    "maxLength": ("sh:property [ sh:path ex:s ; sh:maxLength 3 ]", {(A, "kort", "MaxLength", "s")}),
    "pattern": ("sh:property [ sh:path ex:s ; sh:pattern '^L' ; sh:flags 'i' ]", {(A, "kort", "Pattern", "s")}),
    "languageIn": (
        "sh:property [ sh:path ex:t ; sh:languageIn ( 'da' ) ]",
        {(A, "one", "LanguageIn", "t"), (B, "lang tekst", "LanguageIn", "t")},
    ),
    "uniqueLang": ("sh:property [ sh:path ex:t ; sh:uniqueLang true ]", {(A, "", "UniqueLang", "t")}),
    "equals": (
        "sh:property [ sh:path ex:p ; sh:equals ex:q ]",
        {(A, "1", "Equals", "p"), (B, "3", "Equals", "p"), (B, "1", "Equals", "p")},
    ),
    "disjoint": ("sh:property [ sh:path ex:p ; sh:disjoint ex:q ]", {(A, "7", "Disjoint", "p")}),
    "lessThan": ("sh:property [ sh:path ex:p ; sh:lessThan ex:q ]", {(A, "7", "LessThan", "p"), (B, "3", "LessThan", "p")}),
    "lessThanOrEquals": ("sh:property [ sh:path ex:p ; sh:lessThanOrEquals ex:q ]", {(B, "3", "LessThanOrEquals", "p")}),
    "not": ("sh:not [ sh:path ex:s ; sh:minCount 1 ]", {(A, "a", "Not", "")}),
    "and": (
        "sh:and ( [ sh:path ex:s ; sh:minCount 1 ] [ sh:path ex:p ; sh:minCount 2 ] )",
        {(B, "b", "And", ""), (C, "c", "And", "")},
    ),
    "or": ("sh:or ( [ sh:path ex:s ; sh:minCount 1 ] [ sh:path ex:p ; sh:minCount 1 ] )", {(C, "c", "Or", "")}),
    "xone": (
        "sh:xone ( [ sh:path ex:s ; sh:minCount 1 ] [ sh:path ex:p ; sh:minCount 1 ] )",
        {(A, "a", "Xone", ""), (C, "c", "Xone", "")},
    ),
    "node": (
        "sh:property [ sh:path ex:k ; sh:node [ sh:property [ sh:path ex:q ; sh:minCount 1 ] ] ]",
        {(B, "_", "Node", "k")},
    ),
    "property in property": (
        "sh:property [ sh:path ex:k ; sh:property [ sh:path ex:q ; sh:minCount 1 ] ]",
        {("_", "", "MinCount", "q")},
    ),
    "qualifiedMinCount": (
        "sh:property [ sh:path ex:p ; sh:qualifiedValueShape [ sh:minInclusive 5 ] ; sh:qualifiedMinCount 1 ]",
        {(B, "", "QualifiedMinCount", "p"), (C, "", "QualifiedMinCount", "p")},
    ),
    "qualifiedMaxCount": (
        "sh:property [ sh:path ex:p ; sh:qualifiedValueShape [ sh:minInclusive 2 ] ; sh:qualifiedMaxCount 0 ]",
        {(A, "", "QualifiedMaxCount", "p"), (B, "", "QualifiedMaxCount", "p")},
    ),
    "closed": (
        "sh:closed true ; sh:ignoredProperties ( <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ex:p ex:q ex:t ex:k )",
        {(A, "kort", "Closed", "s"), (C, "x", "Closed", "u")},
    ),
    "hasValue": ("sh:property [ sh:path ex:p ; sh:hasValue 3 ]", {(A, "", "HasValue", "p"), (C, "", "HasValue", "p")}),
    "in": ("sh:property [ sh:path ex:p ; sh:in ( 1 3 ) ]", {(A, "7", "In", "p")}),
    "inverse path": ("sh:property [ sh:path [ sh:inversePath ex:k ] ; sh:maxCount 0 ]", {(B, "", "MaxCount", "inversePath")}),
    "sequence": ("sh:property [ sh:path ( ex:k ex:s ) ; sh:maxLength 1 ]", {(B, "by", "MaxLength", "first")}),
    "zero or more": (
        "sh:property [ sh:path [ sh:zeroOrMorePath ex:k ] ; sh:maxCount 2 ]",
        {(A, "", "MaxCount", "zeroOrMorePath")},
    ),
}
SPARQL = {
    "sparql": (
        "sh:sparql [ sh:message 'for stor: {?value}'@da, 'too large: {?value}'@en ; "
        "sh:select 'SELECT $this ?value WHERE { $this <https://kommune.example/regler#p> ?value FILTER(?value > 6) }' ]",
        {(A, "7", "SPARQL", "")},
    ),
    "own component": (
        "sh:property [ sh:path ex:s ; ex:longest 3 ] . ex:Longest a sh:ConstraintComponent ; "
        "sh:parameter [ sh:path ex:longest ] ; sh:validator [ a sh:SPARQLAskValidator ; "
        "sh:ask 'ASK { FILTER(STRLEN(STR($value)) <= $longest) }' ]",
        {(A, "", "https://kommune.example/regler#Longest", "s")},
    ),
}


def shapes(tmp_path, text):
    path = tmp_path / "own.ttl"
    path.write_text(PREFIXES + text, encoding="utf-8")
    return path


def data(text=DATA):
    parsed = ox.parse((PREFIXES + text).encode(), format=ox.RdfFormat.TURTLE)
    return view([ox.Quad(*quad.triple, ox.NamedNode("https://kommune.example/")) for quad in parsed])


def local(term):
    value = getattr(term, "value", term) or ""
    return "_" if "genid" in str(value) else re.split("[/#]", value)[-1]


def due(results):
    rows = []
    for result in results:
        path = [triple for triple in result.rule.path_triples if isinstance(triple.object, ox.NamedNode)] or [None]
        whole = result.rule.path_triples
        name = "" if path[0] is None else local(whole[0].object if whole[0] is path[0] else whole[1].predicate)
        rows.append((local(result.focus), local(result.value), result.component.removesuffix("ConstraintComponent"), name))
    return rows


@pytest.mark.parametrize("case", [*CORE, *SPARQL])
def test_each_component_finds_what_is_due(tmp_path, case):
    text, expected = (CORE | SPARQL)[case]
    path = shapes(tmp_path, f"ex:S a sh:NodeShape ; sh:targetNode ex:a, ex:b, ex:c ; {text} .")
    assert own_rules(path)[0] is None
    rows = [row for row in due(OwnShapes(path).run(data())) if not row[3].startswith("unknown")]  # what the view says of slips
    assert sorted(rows) == sorted(expected)


@pytest.mark.parametrize(
    ("target", "foci"),
    [
        ("sh:targetNode ex:a", "a"),
        ("sh:targetClass ex:L", "bc"),
        ("sh:targetSubjectsOf ex:q", "ab"),
        ("sh:targetObjectsOf ex:k", "_b"),
        ("a rdfs:Class", ""),
    ],
)
def test_each_target_is_met(tmp_path, target, foci):
    path = shapes(tmp_path, f"ex:S a sh:NodeShape ; {target} ; sh:nodeKind sh:Literal .")
    assert sorted(local(result.focus) for result in OwnShapes(path).run(data())) == sorted(foci)


def test_a_literal_is_a_focus_node(tmp_path):
    path = shapes(tmp_path, "ex:S a sh:NodeShape ; sh:targetObjectsOf ex:s ; sh:maxLength 3 .")
    (result,) = OwnShapes(path).run(data())
    assert (result.node.value, result.focus[-1]) == ("kort", "a"), "it stands at the node that has it"


def test_anonymous_shapes_are_kept_apart(tmp_path):
    demands = " ; ".join(f"sh:property [ sh:path dct:{name} ; sh:minCount 1 ]" for name in ("valid", "accessRights", "rights"))
    path = shapes(tmp_path, f"ex:S a sh:NodeShape ; sh:targetClass reg:Notice ; {demands} .")
    register = seeded.register()
    reports = [register.check(shapes=path) for _ in range(2)]
    own = [[finding for finding in report if finding.rule.profiles == ("own",)] for report in reports]
    notices = len({finding.focus for finding in own[0]})
    assert {finding.rule.slug for finding in own[0]} == {"S-valid", "S-accessRights", "S-rights"}
    assert len(own[0]) == 3 * notices > 0
    assert [finding.key for finding in own[0]] == [finding.key for finding in own[1]]
    assert len({finding.fingerprint for finding in own[0]}) == len(own[0])
    assert all(finding.file is not None and finding.line for finding in own[0])
    assert {"S", "S-valid", "S-accessRights", "S-rights"} <= {rule.slug for rule in reports[0].rules}


def test_a_detail_is_inside_its_finding(tmp_path):
    text = "ex:S a sh:NodeShape ; sh:targetClass reg:Notice ; sh:property [ sh:path dct:publisher ; sh:node ex:P ] ."
    path = shapes(tmp_path, text + " ex:P a sh:NodeShape ; sh:property [ sh:path ex:none ; sh:minCount 1 ] .")
    report = seeded.register().check(shapes=path)
    own = [finding for finding in report if finding.rule.profiles == ("own",)]
    assert len(own) == len({finding.focus for finding in own}) > 0
    store = ox.Store()
    store.load(report.render("turtle").encode(), format=ox.RdfFormat.TURTLE)
    details = list(store.quads_for_pattern(None, ox.NamedNode("http://www.w3.org/ns/shacl#detail"), None))
    results = list(store.quads_for_pattern(None, ox.NamedNode("http://www.w3.org/ns/shacl#result"), None))
    assert len(details) == len(own)
    assert len(results) == len(report), "a detail is no result of its own"


def test_the_report_has_language_value_and_path(tmp_path):
    text = (
        "ex:S a sh:NodeShape ; sh:targetClass reg:Notice ; sh:property [ sh:path ( dct:publisher dct:title ) ; sh:minCount 9 ; "
    )
    path = shapes(tmp_path, text + "sh:message 'for få'@da, 'too few'@en, 'zu wenig'@de ] .")
    report = seeded.register().check(shapes=path)
    own = [finding for finding in report if finding.rule.profiles == ("own",)]
    assert {finding.message["da"] for finding in own} == {"for få"}
    assert {finding.message["en"] for finding in own} == {"too few"}
    rendered = report.render("turtle")
    for said in ('"for få"@da', '"too few"@en', '"zu wenig"@de'):
        assert rendered.count(said) == len(own), said
    assert "sh:resultPath (" in rendered or "rdf:first dct:publisher" in rendered or "#first> dct:publisher" in rendered
    json.loads(report.render("json"))


def test_the_messages_of_a_query_keep_their_languages(tmp_path):
    path = shapes(tmp_path, f"ex:S a sh:NodeShape ; sh:targetNode ex:a ; {SPARQL['sparql'][0]} .")
    (result,) = OwnShapes(path).run(data())
    assert dict(result.rule.message) == {"da": "for stor: 7", "en": "too large: 7"}


#: A constraint without a message of its own, and what is said of it at ex:a (or at what hangs there), in Danish.
SAID = {
    "count": ("sh:property [ sh:path ex:t ; sh:maxCount 2 ]", "ex:t opfylder ikke sh:maxCount 2"),
    "list": ("sh:property [ sh:path ex:s ; sh:in ( 'sv' 1 ) ]", 'ex:s "kort" opfylder ikke sh:in ("sv" 1)'),
    "datatype": ("sh:property [ sh:path ex:s ; sh:datatype xsd:date ]", 'ex:s "kort" opfylder ikke sh:datatype xsd:date'),
    "language": (
        "sh:property [ sh:path ex:t ; sh:languageIn ( 'da' ) ]",
        'ex:t "one"@en opfylder ikke sh:languageIn ("da")',
    ),
    "path": (
        "sh:property [ sh:path ( ex:k [ sh:inversePath ex:k ] ) ; sh:maxCount 0 ]",
        "(ex:k [sh:inversePath ex:k]) opfylder ikke sh:maxCount 0",
    ),
    "no path": ("sh:not [ sh:path ex:s ; sh:minCount 1 ]", "opfylder ikke sh:not []"),
    "details": (
        "sh:property [ sh:path ex:k ; sh:node [ sh:property [ sh:path ex:none ; sh:minCount 2 ] ] ]",
        "ex:k ex:b opfylder ikke sh:node [] · ex:none opfylder ikke sh:minCount 2",
    ),
    "own component": (SPARQL["own component"][0], "ex:s opfylder ikke ex:longest 3"),
}


@pytest.mark.parametrize("case", SAID)
def test_a_constraint_without_a_message_is_told_in_the_readers_words(tmp_path, case):
    text, danish = SAID[case]
    (result,) = OwnShapes(shapes(tmp_path, f"ex:S a sh:NodeShape ; sh:targetNode ex:a ; {text} .")).run(data())
    message = {
        language: text.replace("https://kommune.example/regler#", "ex:") for language, text in result.rule.message.items()
    }
    assert message == {"da": danish, "en": danish.replace("opfylder ikke", "does not meet")}


def test_two_values_at_one_node_are_told_apart(tmp_path):
    path = shapes(tmp_path, "ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:property [ sh:path ex:t ; sh:maxLength 1 ] .")
    texts = [result.rule.message["da"] for result in OwnShapes(path).run(data())]
    assert len(texts) == len(set(texts)) == 3


def test_the_message_of_a_validator_is_its_authors(tmp_path):
    text = SPARQL["own component"][0].replace(
        "a sh:SPARQLAskValidator ;", "a sh:SPARQLAskValidator ; sh:message 'for lang'@da ;"
    )
    (result,) = OwnShapes(shapes(tmp_path, f"ex:S a sh:NodeShape ; sh:targetNode ex:a ; {text} .")).run(data())
    assert dict(result.rule.message) == {"da": "for lang"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "ex:S a sh:NodeShape ; sh:targetClass ex:K ; sh:sparql [ sh:select 'SELECT $this { $this a ?k MINUS {} }' ] .",
            "MINUS",
        ),
        ("ex:S a sh:NodeShape ; sh:targetClass ex:K ; sh:sparql [ sh:select 'SELECT $this {' ] .", "own.ttl"),
        ("ex:S a sh:NodeShape ; sh:targetClass ex:K ; sh:rule [ a sh:TripleRule ] .", "is beyond SHACL Core"),
        ("ex:S a sh:NodeShape ; sh:targetClass ex:K ; sh:clas ex:K .", "no term sh:clas"),
        ("ex:S a sh:NodeShape ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .", "has a target"),
        ("ex:S a sh:NodeShape ; sh:targetClass ex:K ; sh:property [ sh:path ex:p ; sh:pattern '(' ] .", "own.ttl"),
        (
            "ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:property [ sh:path [ sh:zeroOrMorePath ex:k ] ; sh:node ex:S ] .",
            "own.ttl",
        ),
    ],
)
def test_what_cannot_be_right_is_refused(tmp_path, text, said):
    path = shapes(tmp_path, text)
    with pytest.raises(ShapesError, match=said):
        OwnShapes(path).run(data())
