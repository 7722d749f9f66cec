"""The register as a data set in a catalogue, by DCAT-AP-DK 2.0.2: what there is and whom to ask, not what it says.

The shapes of DCAT-AP-DK look for the class of what is pointed at, so the types of foreign nodes are repeated; `dct:language` is
left out, since the shapes and the text of the profile ask for different values.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

import rdflib
from rdflib import RDF, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, SKOS, XSD, Namespace

from gdprgraph.exchange.exports.fields import channels
from gdprgraph.exchange.exports.scope import Scope, is_plain, terms
from gdprgraph.names import BASE, ID
from gdprgraph.record.model import Record
from gdprgraph.record.tables import heading
from gdprgraph.words import WRITTEN, Words, phrase

_VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
_DCATAP = Namespace("http://data.europa.eu/r5r/")
_EU = "http://publications.europa.eu/resource/authority/"
_RIGHTS = URIRef(f"{_EU}access-right/NON_PUBLIC")
_STANDARD = URIRef(f"{BASE}register")
_LAW = URIRef("http://data.europa.eu/eli/reg/2016/679/oj")
_DESCRIPTION = phrase("Activities, data uses, flows and storage that »{text}« tells of, each with its lines.")


def losses(scope: Scope) -> Mapping[str, int]:
    """A catalogue tells of the data set, and nothing of what it says."""
    counts = {kind: scope.counts[kind] for kind in ("unread", "texts")}
    return counts | {"uncatalogued": sum(len(record.activities) for _, record in scope.records)}


def write(scope: Scope, losses: tuple[str, ...], suffix: str) -> str:
    """The catalogue as Turtle, with what it does not hold as comments at its head."""
    graph = rdflib.Graph()
    for prefix, space in (("dcat", DCAT), ("dct", DCTERMS), ("dcatap", _DCATAP), ("foaf", FOAF), ("vcard", _VCARD)):
        graph.bind(prefix, space)
    for slug, record in scope.records:
        _data_set(graph, scope, slug, record)
    theme = URIRef(f"{_EU}data-theme/GOVE")
    for foreign, kind in ((theme, SKOS.Concept), (_RIGHTS, DCTERMS.RightsStatement), (_STANDARD, DCTERMS.Standard)):
        graph.add((foreign, RDF.type, kind))
    graph.add((theme, SKOS.prefLabel, Literal("Regeringen og den offentlige sektor", "da")))
    graph.add((theme, SKOS.inScheme, URIRef(f"{_EU}data-theme")))
    return "".join(f"# {line}\n" for line in losses) + "\n" + graph.serialize(format="turtle")


def _data_set(graph: rdflib.Graph, scope: Scope, slug: str, record: Record) -> None:
    """A notice's record as a data set in the one catalogue of its publisher."""
    node, source = URIRef(f"{ID}data-set/{slug}"), record.sources[0]
    turtle = URIRef(f"{node}/turtle")
    party, catalogue = URIRef(record.party.iri), URIRef(f"{ID}catalogue/{record.party.iri.rpartition('/')[2]}")
    for language in WRITTEN:
        t, label = Words(language), scope.register.labels.label
        name, text = label(record.party.iri, language), label(source.notice.iri, language)
        graph.add((node, DCTERMS.title, Literal(f"{t(heading(record))}: {text}", language)))
        graph.add((node, DCTERMS.description, Literal(t(_DESCRIPTION, text=text), language)))
        graph.add((party, FOAF.name, Literal(name, language)))
        graph.add((catalogue, DCTERMS.title, Literal(f"{t('Record of processing activities')}: {name}", language)))
        graph.add((catalogue, DCTERMS.description, Literal(t("Records under GDPR Article 30"), language)))
    for subject, relation, value in (
        (catalogue, RDF.type, DCAT.Catalog),
        (catalogue, DCTERMS.publisher, party),
        (catalogue, DCAT.dataset, node),
        (party, RDF.type, FOAF.Agent),
        (node, RDF.type, DCAT.Dataset),
        (node, DCTERMS.identifier, Literal(str(node))),
        (node, DCTERMS.publisher, party),
        (node, DCAT.theme, URIRef(f"{_EU}data-theme/GOVE")),
        (node, DCAT.keyword, Literal("GDPR", "da")),
        (node, DCTERMS.accessRights, _RIGHTS),
        (node, _DCATAP.applicableLegislation, _LAW),
        (node, DCTERMS.conformsTo, _STANDARD),
        (node, DCTERMS.source, URIRef(source.notice.iri)),
        (node, DCTERMS.issued, Literal(record.date, datatype=XSD.date)),
        (node, DCAT.distribution, turtle),
        (turtle, RDF.type, DCAT.Distribution),
        (turtle, DCTERMS.title, Literal("Turtle", "da")),
        (turtle, DCAT.accessURL, URIRef(source.notice.iri)),
        (turtle, DCAT.mediaType, URIRef("https://www.iana.org/assignments/media-types/text/turtle")),
        (turtle, DCTERMS["format"], URIRef(f"{_EU}file-type/RDF_TURTLE")),
    ):
        graph.add((subject, relation, value))
    facts = scope.reader.facts
    kinds = {kind.rpartition("#")[2] for kind in facts.above(facts.types(record.party.iri))}
    if publisher := next((name for kind, name in terms("dcat")["publishers"].items() if kind in kinds), ""):
        graph.add((party, DCTERMS.type, URIRef(f"http://purl.org/adms/publishertype/{publisher}")))
    for remark in record.remarks:
        if remark.name == "dct:subject" and is_plain(remark.item):
            graph.add((node, DCAT.keyword, Literal(remark.item.text, "da")))
    if mail := channels(scope, slug, record, "dpv:DataProtectionOfficer").get("email", ""):
        contact = URIRef(f"{node}/contact")
        graph.add((node, DCAT.contactPoint, contact))
        graph.add((contact, RDF.type, _VCARD.Organization))
        graph.add((contact, RDF.type, _VCARD.Kind))
        graph.add((contact, _VCARD.fn, Literal(Words("da")("data protection officer"), "da")))
        graph.add((contact, _VCARD.hasEmail, URIRef(f"mailto:{mail}")))
    if home := channels(scope, slug, record, "dpv:DataController").get("url", ""):
        page = URIRef(home if urlsplit(home).scheme else f"https://{home}")
        graph.add((party, FOAF.homepage, page))
        graph.add((page, RDF.type, FOAF.Document))
