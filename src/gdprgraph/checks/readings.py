"""What the source documents at hand say of the lines that a register cites, and what lacks a language, as triples of the view.

- a document has `reg:linesAtHand`, its number of lines, and `reg:digestAtHand`, its SHA-256, in the form of its normaliser;
- a passage whose first or last line is blank has `reg:blankEdge true`;
- a fact with figures that its lines do not have has `reg:notOnLines` (`figures.py`);
- what a register says in one of its languages and not in another is `reg:untranslated`. Its languages are those that its
  `reg:Register` names; a label that is its concept's own is there in every language that the concept is.

A document that is not at hand has none of the first: then nothing is asked of it.
"""

from collections.abc import Collection, Iterator
from typing import cast

import pyoxigraph as ox

from gdprgraph.checks.figures import Triple, figures_not_on_lines
from gdprgraph.errors import DocumentsError
from gdprgraph.evidence import Documents, Passage
from gdprgraph.names import PREFIXES, terms

_LINES_AT_HAND, _DIGEST_AT_HAND, _BLANK_EDGE = terms("reg:linesAtHand reg:digestAtHand reg:blankEdge")
_FILES = (
    "SELECT DISTINCT ?document ?file ?normaliser WHERE { ?document a reg:Document ; reg:fileName ?file "
    "OPTIONAL { ?document reg:normaliser ?normaliser } }"
)
_CITED = "SELECT DISTINCT ?passage WHERE { ?node prov:wasDerivedFrom ?passage }"


def readings(view: ox.Store, documents: Documents) -> Iterator[Triple]:
    """What the documents say of a view's documents and passages."""
    lines: dict[str, list[str]] = {}
    for row in cast("ox.QuerySolutions", view.query(_FILES, prefixes=PREFIXES)):
        document, file = row["document"], row["file"].value
        normaliser = row["normaliser"].value if row["normaliser"] else ""
        try:
            text = documents.lines(file, normaliser)
        except DocumentsError:  # `gdprgraph evidence verify` tells of it
            continue
        lines[document.value] = text
        yield document, _LINES_AT_HAND, ox.Literal(len(text))
        yield document, _DIGEST_AT_HAND, ox.Literal(documents.digest(file, normaliser))
    for row in cast("ox.QuerySolutions", view.query(_CITED, prefixes=PREFIXES)) if lines else ():
        passage = Passage.parse(row["passage"].value)
        text = lines.get(PREFIXES["doc"] + passage.document, []) if passage is not None else []
        if (
            passage is not None
            and passage.last <= len(text)
            and not (text[passage.first - 1].strip() and text[passage.last - 1].strip())
        ):
            yield row["passage"], _BLANK_EDGE, ox.Literal(True)
    yield from figures_not_on_lines(view, lines)


_TYPE, _REGISTER, _LANGUAGE, _UNTRANSLATED = terms("rdf:type reg:Register dct:language reg:untranslated")
_LABEL, *_ = _TEXTS = terms("skos:prefLabel dct:title reg:condition reg:criteria reg:inferenceNote")


def untranslated(
    view: ox.Store, vocabulary: Collection[ox.NamedNode]
) -> Iterator[tuple[ox.NamedNode, ox.NamedNode, ox.Literal]]:
    """Each text of a node outside the vocabulary that lacks one of the register's languages."""
    registers = {quad.subject for quad in view.quads_for_pattern(None, _TYPE, _REGISTER)}
    named = {q.object.value for r in registers for q in view.quads_for_pattern(r, _LANGUAGE, None)}  # type: ignore[union-attr]
    languages = named or {"da", "en"}
    if len(languages) < 2:
        return
    for relation in _TEXTS:
        texts: dict[ox.NamedNode, list[ox.Literal]] = {}
        for quad in view.quads_for_pattern(None, relation, None):
            if (
                isinstance(quad.subject, ox.NamedNode)
                and isinstance(quad.object, ox.Literal)
                and quad.subject not in vocabulary
            ):
                texts.setdefault(quad.subject, []).append(quad.object)
        for node, values in texts.items():
            missing = languages - {value.language for value in values}
            if missing and not (relation == _LABEL and _of_concept(view, node, values[0])):
                yield node, _UNTRANSLATED, values[0]


def _of_concept(view: ox.Store, node: ox.NamedNode, label: ox.Literal) -> bool:
    """Whether a node is called what its concept is called."""
    kinds = (quad.object for quad in view.quads_for_pattern(node, _TYPE, None))
    return any(
        next(iter(view.quads_for_pattern(kind, _LABEL, label)), None) for kind in kinds if isinstance(kind, ox.NamedNode)
    )
