"""A check from end to end: which rules, over which graph, by which engine, and what is left when closings are applied."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph import resources
from gdprgraph.checks.baseline import read_baseline
from gdprgraph.checks.closing import closing_of, read_closings
from gdprgraph.checks.engine import engine as engine_named
from gdprgraph.checks.finding import Finder, Finding
from gdprgraph.checks.own import own_rules, run_own
from gdprgraph.checks.report import Report
from gdprgraph.checks.shape import NAMES, Rules, read_rules
from gdprgraph.checks.view import view
from gdprgraph.errors import ShapesError, UnknownName, both, nearest
from gdprgraph.store.loading import ATTESTED, SHARED, source_files
from gdprgraph.store.turtle import read
from gdprgraph.vocab import PREFIXES, curie

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gdprgraph.checks.baseline import Key
    from gdprgraph.checks.engine import Result
    from gdprgraph.checks.shape import Rule
    from gdprgraph.register import Register
    from gdprgraph.store import Store

DEFAULT = ("notice", "cross", "hygiene")
_SEVERITIES = ("violation", "warning", "info")


def package_rules(folder: Path | None = None) -> Rules:
    """The rules that come with the package, vetted. Raises ShapesError."""
    chosen = folder or resources.folder("shapes")
    paths = sorted(chosen.glob("*.ttl"))
    return _read(chosen, tuple((path, path.stat().st_mtime_ns) for path in paths))


@lru_cache(maxsize=4)
def _read(folder: Path, stamped: tuple[tuple[Path, int], ...]) -> Rules:
    rules = read_rules([path for path, _ in stamped])
    if not rules.all():
        raise ShapesError("no rules in this folder", file=folder)
    return rules


def inspect(
    register: Register,
    *,
    profiles: Iterable[str] = (),
    only_rules: Iterable[str] = (),
    engine: str = "sparql",
    shapes: Path | None = None,
    baseline: Path | None = None,
    only_files: Iterable[Path] | None = None,
    files: Iterable[Path] | None = None,
    today: dt.date | None = None,
    language: str = "da",
) -> Report:
    """The report of a check (see `Register.check`)."""
    asked, rules = tuple(profiles), package_rules()
    quads = list(register.store.quads())
    quads += _dated_facts(register.store)
    chosen, notes = _profiles(asked, quads)
    named = [rules[name] for name in only_rules]
    running = named or rules.of(chosen)
    known = read_baseline(baseline) if baseline is not None else None
    own, outside = own_rules(shapes) if shapes is not None else (None, "")
    graph = view(quads)
    results = engine_named(engine).run(graph, [*running, *(own.all() if own else [])])
    if shapes is not None and own is None:
        results |= run_own(shapes, graph)
        notes.append(
            {
                "da": f"{shapes.name} ligger uden for dialekten ({outside}) og er kørt på pySHACL.",
                "en": f"{shapes.name} is outside the dialect ({outside}) and was run on pySHACL.",
            }
        )
    if not named and not asked:
        results = _relevant(results, chosen, quads, graph)
    day = today or dt.date.today()
    closings = read_closings(register.store, rules)
    finder = Finder(graph, files if files is not None else _files(register))
    found: list[Finding] = []
    for result in results:
        closing = closing_of(result, closings)
        found.append(finder.finding(result, closing, closing is not None and closing.expired(day)))
    if only_files is not None:
        wanted = {path.resolve() for path in only_files}
        found = [finding for finding in found if finding.file is not None and finding.file.resolve() in wanted]
    found = list({finding.key: finding for finding in sorted(found, key=_order, reverse=True)}.values())[::-1]
    closed = [finding for finding in found if finding.closing is not None and not finding.expired]
    left = [finding for finding in found if finding.closing is None or finding.expired]
    before = known or set()
    return Report(
        findings=tuple(finding for finding in left if finding.key not in before),
        rules=tuple([*running, *(own.all() if own else [])]),
        profiles=tuple(dict.fromkeys(profile for rule in named for profile in rule.profiles)) or chosen,
        engine=engine,
        language=language,
        known=tuple(finding for finding in left if finding.key in before),
        closed=tuple(closed),
        vanished=_vanished(before, found, running) if only_files is None else (),
        notes=tuple(notes),
    )


def _vanished(before: set[Key], found: list[Finding], running: list[Rule]) -> tuple[Key, ...]:
    """What a baseline knows of the rules that were run, and that is neither found nor closed."""
    names = {curie(rule.iri) for rule in running}
    return tuple(sorted({key for key in before if key[0] in names} - {finding.key for finding in found}))


def _dated_facts(store: Store) -> list[ox.Quad]:
    """The dated facts of the package, for a register that has none of its own."""
    if store.query("ASK { ?fact a reg:ReferenceFact }") is True:
        return []
    found = read(resources.folder("data") / "reference.ttl")
    return [ox.Quad(quad.subject, quad.predicate, quad.object, SHARED) for quad in found]


def _profiles(asked: tuple[str, ...], quads: list[ox.Quad]) -> tuple[tuple[str, ...], list[dict[str, str]]]:
    for name in asked:
        if name not in NAMES:
            raise UnknownName(
                both(f"der er ingen profil {name}", f"unknown profile {name}"), term=name, hint=nearest(name, NAMES)
            )
    if asked:
        return tuple(name for name in NAMES if name in asked), []
    if _attested(quads):
        note = {
            "da": "Fortegnelsens regler er med for de myndigheder, der har bevidnet noget.",
            "en": "The record's rules are included for the authorities that have attested something.",
        }
        return ("register", *DEFAULT), [note]
    return DEFAULT, []


def _attested(quads: Iterable[ox.Quad]) -> set[str]:
    """The nodes that attested facts describe or point to; answers to questions are no facts."""
    attestation = ox.NamedNode(PREFIXES["reg"] + "Attestation")
    here = [quad for quad in quads if quad.graph_name == ATTESTED]
    answers = {quad.subject for quad in here if quad.object == attestation}
    facts = [quad for quad in here if quad.subject not in answers]
    return {term.value for quad in facts for term in (quad.subject, quad.object) if isinstance(term, ox.NamedNode)}


def _relevant(results: set[Result], chosen: tuple[str, ...], quads: list[ox.Quad], graph: ox.Store) -> set[Result]:
    """Without the record's results for authorities that have attested nothing: every notice would drown in them."""
    if "register" not in chosen:
        return results
    nodes = _attested(quads)
    home = ox.NamedNode(PREFIXES["reg"] + "statedIn")
    notices = {
        quad.object.value
        for node in nodes
        for quad in graph.quads_for_pattern(ox.NamedNode(node), home, None, None)
        if isinstance(quad.object, ox.NamedNode)
    }
    kept = set()
    for result in results:
        homes = {str(q.object.value) for q in graph.quads_for_pattern(ox.NamedNode(result.focus), home, None, None)}  # type: ignore[union-attr]
        if result.rule.profiles != ("register",) or result.focus in nodes or homes & notices:
            kept.add(result)
    return kept


def _files(register: Register) -> list[Path]:
    if not register.data.is_dir():
        return []
    ranked = source_files(register.data, resources.folder("ontology"))
    notices = [source.path for source in ranked if source.path.parent.name == "notices"]
    return [*notices, *(source.path for source in ranked if source.path not in notices and source.path.name != "evidence.ttl")]


def _order(finding: Finding) -> tuple[str, int, str, int, str, str, str]:
    severity = _SEVERITIES.index(finding.severity)
    return (
        finding.slug or "~",
        severity,
        finding.rule.slug,
        finding.line or 0,
        finding.focus,
        finding.value or "",
        finding.component,
    )
