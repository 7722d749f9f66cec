"""Which figures of a fact are not on the lines that it cites: periods, dates, addresses, articles, sections, other numbers.

Each is `reg:notOnLines`, one literal a fact, and `reg:figureIn` the property that has it. An article or section that is
inferred from lines that print none, or is how DPV names a right or a tool of transfer, need not be printed.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, cast

import pyoxigraph as ox

from gdprgraph.evidence import Passage
from gdprgraph.evidence.figures import NO_FIGURES, Figures, all_numbers, narrowest, read_figures, rounded, stands
from gdprgraph.evidence.sentences import join
from gdprgraph.names import PREFIXES, terms
from gdprgraph.store.literals import number

Triple = tuple[ox.NamedNode, ox.NamedNode, Any]
NOT_ON_LINES, FIGURE_IN, _TYPE, _LABEL, _LANGUAGE = terms("reg:notOnLines reg:figureIn rdf:type skos:prefLabel dct:language")
_ASSERTION, _INFERRED, _TRANSFER, _LAW = terms("reg:assertion reg:Inferred reg:TransferBasis reg:lawReference")
_DURATION, _DERIVED_FROM, _VALUE, _DAYS = terms("dpv:hasDuration prov:wasDerivedFrom rdf:value reg:days")
_DOCUMENT, _DATE, *_PRINTED = terms("reg:document xsd:date reg:value skos:notation")
_TEXTS = (_LABEL, *terms("reg:criteria reg:condition reg:limitation"))


class _Lines:
    """The text that a fact stands on, and its figures, which are read where the fact has some."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def figures(self) -> Figures:
        return read_figures(self.text)

    @cached_property
    def numbers(self) -> frozenset[str]:
        return all_numbers(self.text)


def figures_not_on_lines(view: ox.Store, documents: Mapping[str, Sequence[str]]) -> Iterator[Triple]:
    """The figures of a view's facts that their lines do not have; `documents` are the lines of each that is at hand, by IRI."""
    cited: dict[ox.NamedNode, set[Passage | None]] = {}
    for quad in view.quads_for_pattern(None, _DERIVED_FROM, None):
        cited.setdefault(cast("ox.NamedNode", quad.subject), set()).add(Passage.parse(quad.object.value))  # type: ignore[union-attr]
    for quad in view.quads_for_pattern(None, _DOCUMENT, None):  # a notice is dated somewhere in its documents
        document = cast("ox.NamedNode", quad.object).value
        lines = len(documents.get(document, ())) or 1
        cited.setdefault(cast("ox.NamedNode", quad.subject), set()).add(
            Passage(document.removeprefix(PREFIXES["doc"]), 1, lines)
        )
    read: dict[frozenset[Passage], _Lines] = {}
    for node, passages in cited.items():
        known = frozenset(one for one in passages if one is not None and one.last <= len(documents.get(_home(one), ())))
        if len(known) < len(passages):  # other rules tell of lines that are none
            continue
        if known not in read:
            texts = (join(documents[_home(one)][one.first - 1 : one.last]) for one in sorted(known))
            read[known] = _Lines(" \n".join(texts))
        languages = {language for one in known for language in _languages(view, _home(one))}
        absent = dict(_absent(view, node, read[known], languages))
        if absent:
            yield node, NOT_ON_LINES, ox.Literal("; ".join(absent))
            yield from ((node, FIGURE_IN, relation) for relation in dict.fromkeys(absent.values()))


def _home(passage: Passage) -> str:
    return PREFIXES["doc"] + passage.document


def _languages(view: ox.Store, document: str) -> set[str]:
    return {quad.object.value for quad in view.quads_for_pattern(ox.NamedNode(document), _LANGUAGE, None)}  # type: ignore[union-attr]


def _absent(view: ox.Store, node: ox.NamedNode, lines: _Lines, languages: set[str]) -> Iterator[tuple[str, ox.NamedNode]]:
    """Each figure of a node that its lines do not have, and the property that has it."""
    for quad in view.quads_for_pattern(node, None, None):
        relation, value = quad.predicate, quad.object
        if relation == _DURATION:
            for period in view.quads_for_pattern(value, _DAYS, None):  # type: ignore[arg-type]
                days = number(period.object) if isinstance(period.object, ox.Literal) else None
                if days is not None and rounded(float(days)) not in lines.figures.periods:
                    yield from ((one.object.value, relation) for one in view.quads_for_pattern(value, _VALUE, None))  # type: ignore
        elif relation == _LAW:
            if not _qualified(view, node, lines) and not _names(view, value, lines):
                yield _label(view, value), relation
        elif not isinstance(value, ox.Literal):
            continue
        elif relation in _PRINTED:
            if not stands(value.value, lines.text):
                yield value.value, relation
        elif value.datatype == _DATE:
            if value.value not in lines.figures.dates:
                yield value.value, relation
        elif relation in _TEXTS and value.language in languages and not _has(lines, value.value):
            yield value.value, relation


def _qualified(view: ox.Store, node: ox.NamedNode, lines: _Lines) -> bool:
    """Whether what law a fact names is more than its lines, which print none, and said as that."""
    triples = [(_TYPE, _TRANSFER)] if lines.figures.references else [(_TYPE, _TRANSFER), (_ASSERTION, _INFERRED)]
    return any(next(view.quads_for_pattern(node, *triple), None) is not None for triple in triples)


def _names(view: ox.Store, law: Any, lines: _Lines) -> bool:
    """Whether lines name the article or section that a provision is; an act has none."""
    return all(
        any(printed.names(one) for printed in lines.figures.references)
        for one in narrowest(read_figures(_label(view, law)).references)
    )


def _label(view: ox.Store, law: Any) -> str:
    labels = [quad.object for quad in view.quads_for_pattern(law, _LABEL, None)]
    return min((label.value for label in labels if label.language == "da"), default="") or law.value  # type: ignore[union-attr]


def _has(lines: _Lines, text: str) -> bool:
    """Whether lines have all figures of a text of the fact."""
    figures = read_figures(text)
    return figures == NO_FIGURES or (
        figures.periods <= lines.figures.periods
        and figures.dates <= lines.figures.dates
        and figures.numbers <= lines.numbers
        and all(any(printed.names(one) for printed in lines.figures.references) for one in narrowest(figures.references))
    )
