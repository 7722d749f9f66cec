"""A check from end to end: which rules, over which graph, by which engine, and what is left when closings are applied."""

import datetime as dt
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pyoxigraph as ox

from gdprgraph import resources
from gdprgraph.checks.aside import Aside
from gdprgraph.checks.engine import Result
from gdprgraph.checks.engine import engine as engine_named
from gdprgraph.checks.finding import Finder, Finding, places
from gdprgraph.checks.part import Part, changed
from gdprgraph.checks.report import SEVERITIES, Report, read_baseline
from gdprgraph.checks.rules import NAMES, Rule, Rules, read_rules
from gdprgraph.checks.user_shapes import own_files, read_own
from gdprgraph.checks.view import view
from gdprgraph.checks.waivers import closing_of, read_closings
from gdprgraph.errors import ShapesError, checked
from gdprgraph.facts import Facts
from gdprgraph.names import term, terms
from gdprgraph.register import Register
from gdprgraph.store import Store
from gdprgraph.store.load import ATTESTED, source_files
from gdprgraph.store.memory import EmbeddedStore, embedded, uncollected
from gdprgraph.words import Phrase, phrase

Paths = frozenset[Path] | None
DEFAULT = ("notice", "cross", "hygiene")


def package_rules() -> Rules:
    """The rules that come with the package, vetted. Raises ShapesError."""
    folder = resources.folder("shapes")
    paths = sorted(folder.glob("*.ttl"))
    return _read(folder, tuple((path, path.stat().st_mtime_ns) for path in paths))


@lru_cache(maxsize=4)
def _read(folder: Path, stamped: tuple[tuple[Path, int], ...]) -> Rules:
    rules = read_rules([path for path, _ in stamped])
    if not rules.all():
        raise ShapesError(phrase("no rules in this folder"), file=folder)
    return rules


@uncollected()
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
    since: str | None = None,
    today: dt.date | None = None,
    language: str = "da",
) -> Report:
    """The report of a check (see `Register.check`)."""
    paths = frozenset(path.resolve() for path in only_files) if only_files is not None else None
    check = _Check(register, tuple(profiles), only_rules, shapes, paths, since)
    before = read_baseline(baseline) if baseline is not None else set()
    results, finder = check.results(engine, files)
    findings, held = check.findings(results, finder, today or dt.date.today())
    if paths is not None:
        findings = [finding for finding in findings if finding.file is not None and finding.file.resolve() in paths]
    # a shape of the package has one constraint and the same result in several languages; one of somebody's own has many
    ordered = sorted(findings, key=_order, reverse=True)
    findings = list(
        {(finding.key, finding.result if finding.rule.profiles == ("own",) else None): finding for finding in ordered}.values()
    )[::-1]
    left = [finding for finding in findings if finding.closing is None or finding.expired]
    names = {register.prefixes.curie(rule.iri) for rule in check.running}
    # what a baseline knows of these rules, and that is neither found nor closed
    vanished = {key for key in before if key[0] in names} - {finding.key for finding in (*findings, *held)}
    return Report(
        findings=tuple(finding for finding in left if finding.key not in before),
        rules=tuple(check.running),
        profiles=tuple(dict.fromkeys(profile for rule in check.named for profile in rule.profiles)) or check.profiles,
        engine=engine,
        language=language,
        known=tuple(finding for finding in left if finding.key in before),
        closed=tuple(finding for finding in findings if finding.closing is not None and not finding.expired),
        held=tuple(sorted(held, key=_order)),
        vanished=tuple(sorted(vanished)) if paths is None and since is None else (),
        notes=tuple(check.notes),
        prefixes=register.prefixes,
    )


class _Check:
    """What is run and on which part of the register; its `running` rules and `notes` grow by what results and findings tell."""

    def __init__(
        self,
        register: Register,
        asked: tuple[str, ...],
        names: Iterable[str],
        shapes: Path | None,
        paths: Paths,
        since: str | None,
    ) -> None:
        self.register, self.stored, self.asked = register, embedded(register.store), asked
        rules = package_rules()
        self.profiles, self.notes = _profiles(asked, self.stored)
        own, self.others = read_own([*([shapes] if shapes is not None else []), *own_files(register.data)])
        self.foreign = [rule for other in self.others for rule in other.rules]
        self.rules = Rules([*self.foreign, *rules.all(), *own])
        self.named = [self.rules[name] for name in names]
        self.running = self.named or [*rules.of(self.profiles), *own, *self.foreign]
        self.part = None if own or self.foreign else _part(register, self.stored, paths, since)
        if since is not None:
            self.notes.append(_since_note(since, self.part))

    def results(self, engine: str, files: Iterable[Path] | None) -> tuple[set[Result], Finder]:
        """The results, and what makes findings of them."""
        part, running, register, shared = self.part, self.running, self.register, None
        seen, here, apart = register, self.stored, self.foreign
        outside, flaws = set[Result](), set[Result]()
        if part is not None:
            apart = [rule for rule in running if rule.compares]
            outside = set(filter(part.touches, engine_named(engine).run(view(part.compared(apart), spelt=False), apart)))
            seen = _only(register, part.quads(part.others(outside)))
            here = embedded(seen.store)
            shared, flaws = _shared(register, self.stored)
        described = files if files is not None else _files(register, here)
        with (
            Aside(lambda: places(described), fork=part is None) as lines,
            Aside(lambda: seen.evidence.unread, fork=part is None) as reading,
        ):
            graph = view(here, register.documents, terms=part.terms if part is not None else ())
            results = outside | engine_named(engine).run(graph, [rule for rule in running if rule not in apart])
            # What is wrong with the graph itself is always asked for: nothing that rests on it can be trusted before.
            guarding = [rule for rule in package_rules().all() if _guards(rule) and rule not in running]
            guards = engine_named("sparql").run(graph, guarding) | flaws
            unread = reading.outcome() if any(result.rule.on_silence for result in results | guards) else {}
            located = lines.outcome()
        results |= self._by_others(graph)
        if not self.named:
            results = _of_their_texts(results, graph)
            results = results if self.asked else _relevant(results, self.profiles, here, graph)
        results |= guards
        running += sorted({result.rule for result in guards} - set(running), key=lambda rule: rule.slug)
        if part is not None:
            results = {result for result in results if part.touches(result) or (_guards(result.rule) and part.holds(result))}
        published: dict[str, list[str]] = {}
        for quad in self.stored.quads_for_pattern(None, term("dct:publisher"), None):
            published.setdefault(quad.object.value, []).append(quad.subject.value)  # type: ignore[union-attr]
        return results, Finder(Facts(seen.store, register.labels), graph, located, results, unread, published, shared)

    def _by_others(self, graph: ox.Store) -> set[Result]:
        """The results of the files outside the dialect, and a note of each."""
        results, iris = set[Result](), {rule.iri for rule in self.running if rule in self.foreign}
        for other in self.others:
            if iris & {rule.iri for rule in other.rules}:
                results |= {result for result in other.run(graph) if not self.named or result.rule.iri in iris}
                names = {"file": other.path.name, "outside": other.outside}
                self.notes.append(phrase("{file} is outside the dialect ({outside}) and was run on pySHACL.", **names))
        return results

    def findings(self, results: set[Result], finder: Finder, day: dt.date) -> tuple[list[Finding], list[Finding]]:
        """The findings, with what closes them on a day, and those that are held back."""
        together: dict[tuple[Any, ...], list[Result]] = {}
        closings = read_closings(self.register.store, self.rules)
        for result in results:
            closing = closing_of(result, closings)
            home = finder.home(result.focus, result.rule.once) if result.rule.once else None
            closing = closing_of(Result(result.rule, home), closings) if closing is None and home else closing
            details = () if home else (result.value, result.component, result.node, result.details, result.number)
            together.setdefault((result.rule, home or result.focus, closing, *details), []).append(result)
        found = [
            finder.finding(home, same, closing, closing is not None and closing.expired(day))
            for (_, home, closing, *_rest), same in together.items()
        ]
        pair = _apart(found, lambda finding: _compared(finding, self.stored, finder))
        findings, held = ([one for one in these if self.part is None or self.part.touches(one.result)] for these in pair)
        if held:
            message = phrase(
                "Held back until the words, lines and links of the register are right: {count} findings of law.",
                count=len(held),
            )
            self.notes.append(message)
        return findings, held


def _guards(rule: Rule) -> bool:
    """Whether a rule is one of the contract that the rules of law rely on."""
    return rule.profiles == ("hygiene",) and rule.severity == "violation"


def _apart(found: list[Finding], compared: Callable[[Finding], set[str]]) -> tuple[list[Finding], list[Finding]]:
    """The findings that count, and those of the rules of law that are held back, because the graph under them is not whole.

    A misspelt word is no silence of the text. What is wrong with one notice holds back what is said of it, and what
    compares it with others; what is wrong with something shared holds back all.
    """
    flawed = {finding.notice for finding in found if _guards(finding.rule) and (finding.closing is None or finding.expired)}
    if not flawed:
        return found, []
    closed = []
    for finding in found:
        law = not {"hygiene", "own"} & set(finding.rule.profiles)
        if law and (None in flawed or finding.notice in flawed or finding.notice is None or flawed & compared(finding)):
            closed.append(finding)
    keys = {finding.key for finding in closed}
    return [finding for finding in found if finding.key not in keys], closed


def _compared(finding: Finding, stored: ox.Store, finder: Finder) -> set[str]:
    """The texts that a finding compares with its own."""
    rule, value = finding.rule, finding.result.value
    if rule.compares and isinstance(value, ox.NamedNode):
        return {finder.home(value.value, "notice") or "", *finder.published.get(value.value, ())}
    coupled = "cross" in rule.profiles and finding.slug
    return {text.value for text in Part(stored, [finding.slug]).texts} if coupled else set()


def _profiles(asked: tuple[str, ...], stored: ox.Store) -> tuple[tuple[str, ...], list[Phrase]]:
    for name in asked:
        checked(name, NAMES, phrase("unknown profile {name}", name=name))
    if asked:
        return tuple(name for name in NAMES if name in asked), []
    if _attested(stored):
        note = phrase("The record's rules are included for the authorities that have attested something.")
        return ("register", *DEFAULT), [note]
    return (("register", *DEFAULT), []) if _records(stored) else (DEFAULT, [])


def _attested(stored: ox.Store) -> set[str]:
    """The nodes that attested facts describe or point to; answers to questions and waivers are no facts."""
    closings = terms("reg:Attestation reg:Waiver")
    here = list(stored.quads_for_pattern(None, None, None, ATTESTED))
    answers = {quad.subject for quad in here if quad.object in closings}
    facts = [quad for quad in here if quad.subject not in answers]
    return {term.value for quad in facts for term in (quad.subject, quad.object) if isinstance(term, ox.NamedNode)}


def _records(stored: ox.Store) -> set[str]:
    """The records that were read in."""
    quads = stored.quads_for_pattern(None, *terms("rdf:type reg:Record"))
    return {quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)}


def _of_their_texts(results: set[Result], graph: ox.Store) -> set[Result]:
    """Without what a notice would have to say (Articles 13 and 14) and a record need not."""
    records = _records(graph)
    if not records:
        return results
    return {result for result in results if result.rule.profiles != ("notice",) or not _homes(result.focus, graph) & records}


def _homes(iri: str, graph: ox.Store) -> set[str]:
    """The texts that a node stands in; a text stands in itself."""
    relations = terms("reg:statedIn reg:inferredIn")
    quads = (quad for relation in relations for quad in graph.quads_for_pattern(ox.NamedNode(iri), relation, None))
    return {iri, *(quad.object.value for quad in quads if isinstance(quad.object, ox.NamedNode))}


def _relevant(results: set[Result], chosen: tuple[str, ...], stored: ox.Store, graph: ox.Store) -> set[Result]:
    """Without the record's results for authorities with no record and nothing attested: every notice would drown in them."""
    if "register" not in chosen:
        return results
    nodes = _attested(stored)
    texts = {home for node in nodes for home in _homes(node, graph) - {node}} | _records(graph)
    return {
        result
        for result in results
        if result.rule.profiles != ("register",) or result.focus in nodes or _homes(result.focus, graph) & texts
    }


def _part(register: Register, stored: ox.Store, paths: Paths, since: str | None) -> Part | None:
    """What a check of some notices looks at; None where it looks at everything."""
    if since is None and paths is None:
        return None
    texts = changed(register.data, since) if since is not None else dict.fromkeys(paths or (), b"")
    if texts is None or any(path.parent != register.data.resolve() / "notices" for path in texts):
        return None
    try:
        before = [quad for text in texts.values() for quad in ox.parse(text, ox.RdfFormat.TURTLE)]
    except SyntaxError:
        return None
    return Part(stored, (path.stem for path in texts), before)


def _since_note(since: str, part: Part | None) -> Phrase:
    if part is None:
        return phrase(
            "Everything was looked at: not only notices have changed since {revision}, or there are rules of your own.",
            revision=since,
        )
    names = ", ".join(sorted(text.value.rpartition("/")[2] for text in part.changed)) or phrase("nothing")
    return phrase(
        "Looked at: what has changed since {revision} ({names}), and what depends on it; the rest is as it was.",
        revision=since,
        names=names,
    )


#: What a register in this process has in common for all its texts, as long as it is held.
_COMMON: WeakKeyDictionary[Store, tuple[ox.Store, set[Result]]] = WeakKeyDictionary()


def _shared(register: Register, stored: ox.Store) -> tuple[ox.Store, set[Result]]:
    """The vocabulary and what all texts share, as the rules see it, and what is wrong with the vocabulary; found out once."""
    known = _COMMON.get(register.store)
    if known is None:
        nothing = Part(stored, ())
        seen = view(list(nothing.quads((), vocabulary=True)))
        guards = engine_named("sparql").run(seen, filter(_guards, package_rules().all()))
        known = seen, {result for result in guards if ox.NamedNode(result.focus) in nothing.terms}
        if isinstance(register.store, EmbeddedStore):  # a server may hold others tomorrow
            _COMMON[register.store] = known
    return known


def _only(register: Register, quads: Iterable[ox.Quad]) -> Register:
    """The register with some of its quads."""
    raw = ox.Store()
    raw.extend(quads)
    part = Register(EmbeddedStore(raw), data=register.data)
    part.documents = register.documents
    return part


def _files(register: Register, stored: ox.Store) -> list[Path]:
    """The files of what is in a store."""
    if not register.data.is_dir():
        return []
    files = source_files(register.data, resources.folder("ontology"))
    ranked = [source for source in files if stored.contains_named_graph(source.graph)]
    notices = [source.path for source in ranked if source.path.parent.name == "notices"]
    return [*notices, *(source.path for source in ranked if source.path not in notices and source.path.name != "evidence.ttl")]


def _order(finding: Finding) -> tuple[str, bool, int, str, int, str, str, str, str]:
    severity = SEVERITIES.index(finding.severity)
    return (
        finding.slug or "~",
        not _guards(finding.rule),
        severity,
        finding.rule.slug,
        finding.line or 0,
        finding.focus,
        finding.value or "",
        finding.result.component,
        f"{finding.message['en']} {finding.result.number}",
    )
