"""`gdprgraph import`: a file that comes in, by its form; what it would change, in words, or, when asked, the change itself."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from dataclasses import replace as replace_
from pathlib import Path

from gdprgraph.errors import InputError, UnknownName, nearest
from gdprgraph.exchange import sidecar, workbook
from gdprgraph.exchange.contract import contract
from gdprgraph.exchange.foreign import READERS, source_of, table
from gdprgraph.exchange.foreign.entry import Entry
from gdprgraph.exchange.lines import Lines, Problem
from gdprgraph.exchange.nodes import Node, own_namespace
from gdprgraph.exchange.plan import Difference, Plan, Source, State, plan
from gdprgraph.exchange.workbook import Book
from gdprgraph.exchange.workbook.book import digest
from gdprgraph.names import PREFIXES
from gdprgraph.names import slug as slug_of
from gdprgraph.record.scope import find_party
from gdprgraph.register import Register
from gdprgraph.words import Words, phrase

_LEAVES = {"leaf", "wide"}


@dataclass(frozen=True, slots=True)
class Options:
    """What a file of others may not say itself: its short name, whose record it is, and where its mapping stands."""

    slug: str = ""
    controller: str = ""
    mapping: Path | None = None


def _workbook(path: Path, register: Register, folder: Path) -> Source:
    book = workbook.read(path)
    state = State.of(register.data, book.slug)
    documents = _as_record(path, book, folder) if _is_record(book, state) and _is_changed(book) else {}
    return Source(
        slug=book.slug,
        nodes=book.nodes,
        places=book.places,
        rows=book.rows,
        problems=book.problems,
        digests=book.digests,
        expected=book.exported,
        documents=documents,
    )


def _is_record(book: Book, state: State) -> bool:
    """Whether the workbook is a source itself, and not about a text that the register has or that it names."""
    home = PREFIXES["notice"] + book.slug
    node = book.nodes.get(home) or state.nodes.get(home)
    return node is None or node.kind is contract().kinds["record"]


def _is_changed(book: Book) -> bool:
    """Whether any row was changed, added or taken out since the export."""
    rows = book.exported <= book.nodes.keys()
    return not rows or any(book.digests.get(iri) != digest(book.nodes[iri], book.owners.get(iri, [])) for iri in book.cells)


def _as_record(path: Path, book: Book, folder: Path) -> dict[Path, str]:
    """Make the filled cells a document, each fact citing those of its row; returns the text by its path."""
    lines = Lines(book.slug)
    home, own = PREFIXES["notice"] + book.slug, own_namespace(book.slug)
    for iri, cells in book.cells.items():
        node = book.nodes[iri]
        if iri.startswith(own):
            numbers = [lines.add(cell.place, head, cell.text) for head, cell in cells]
            if node.kind is not None and node.kind.sources != "none" and not node.values.get("attested-by"):
                lines.cite(node, numbers)
    controllers = {party for node in book.nodes.values() for party in node.iris("controller")}
    document = lines.record(book.nodes, path, path.stem, controllers, book.language)
    if not book.nodes[home].values["publisher"]:
        hint = phrase("name the controller of an activity, or the publisher on the sheet Notices")
        book.problems.append(Problem(path.name, phrase("whose record it is, is not said"), hint))
    for iri in (home, document):
        book.rows.setdefault(iri, path.name)
        book.digests.pop(iri, None)
    return {folder / f"{book.slug}.txt": lines.text}


def _yaml(path: Path, register: Register, folder: Path) -> Source:
    facts = sidecar.read(path)
    return Source(
        slug=facts.slug,
        nodes=facts.nodes,
        places={triple: f"{path.name}:{line}" for triple, line in facts.lines.items()},
        rows={iri: f"{path.name}:{line}" for iri, line in facts.subjects.items()},
    )


def _foreign(form: str, path: Path, register: Register, folder: Path, options: Options) -> tuple[Source, dict[Path, str]]:
    slug = options.slug or slug_of(path.stem)
    if form == "table":
        mapping = options.mapping or register.data / "mappings" / f"{slug}.yaml"
        file = table.read(path, slug, mapping)
    else:
        file = READERS[form](path, slug)
    file.slug = options.slug or file.slug or slug
    if not re.fullmatch(r"\w[\w\-]*", file.slug):
        hint = phrase("letters, digits and hyphens, such as laan")
        raise InputError(phrase("'{name}' is no name", name=file.slug), file=path, hint=hint)
    if options.controller:
        name = options.controller
        if re.match(r"\w+:\S|<", name):  # a node of the register, whose label is what stands on the line
            iri, (language, *_) = find_party(register, name), register.languages
            name = register.labels.label(iri, language)
        file.controller = Entry("controller", "controller", name, "--controller")
    state = State.of(register.data, file.slug)
    node = state.nodes.get(PREFIXES["notice"] + file.slug)
    if node is not None and node.kind is not contract().kinds["record"]:
        message = phrase("{slug} is a notice of the register, and no record", slug=file.slug)
        raise InputError(message, file=path, hint=phrase("name the record with --slug"))
    return source_of(file, state, folder), file.drafted


#: Form → its reader.
FORMS: dict[str, Callable[[Path, Register, Path], Source]] = {"workbook": _workbook, "yaml": _yaml}
_SUFFIXES = {".xlsx": "workbook", ".xlsm": "workbook", ".yaml": "yaml", ".yml": "yaml"}


def plan_import(
    register: Register,
    path: Path,
    form: str | None,
    *,
    documents: Path | None = None,
    replace: bool = False,
    remove: bool = False,
    options: Options = Options(),
) -> Plan:
    """What importing the file would do (see `Register.import_`)."""
    if not path.is_file():
        raise InputError(phrase("no such file"), file=path)
    every = [*FORMS, "table", *READERS]
    chosen = form or _SUFFIXES.get(path.suffix.lower())
    if chosen is None:
        hint = phrase("say what it is with --as: {forms}", forms=", ".join(every))
        raise InputError(phrase("no telling what form it has"), file=path, hint=hint)
    if chosen not in every:
        raise UnknownName(phrase("unknown form {form}", form=chosen), term=chosen, hint=nearest(chosen, every))
    drafted: dict[Path, str] = {}
    folder = documents or register.data / "documents"
    if chosen in FORMS:
        source = FORMS[chosen](path, register, folder)
    else:
        source, drafted = _foreign(chosen, path, register, folder, options)
    state = State.of(register.data, source.slug)
    source.problems += _unsourced(source, state)
    trial = plan(path, source, state, replace=replace, remove=remove)
    if chosen not in FORMS and trial.kept:
        # The lines are written anew: what stays would cite those of others.
        hint = phrase("take it out with --remove, or put it back into the file")
        message = phrase(
            "no longer in the file: {names}", names=", ".join(trial.kept[:3]) + (" …" if len(trial.kept) > 3 else "")
        )
        trial.problems.append(Problem(path.name, message, hint))
    if drafted:
        # Nobody has looked at the mapping yet: it is what is written first, and what may mend the rest.
        trial.problems = [replace_(problem, fatal=False) for problem in trial.problems]
        trial.files, trial.drafted = dict(drafted), next(iter(drafted))
    return trial


def _unsourced(source: Source, state: State) -> list[Problem]:
    """Facts without lines, and lines that the document does not have."""
    documents = {
        iri: int(node.text("lines"))
        for nodes in (state.nodes, source.nodes)
        for iri, node in nodes.items()
        if node.sort == "document" and node.text("lines").isdigit()
    }
    problems = []
    for iri, node in source.nodes.items():
        if node.kind is None or node.kind.sources not in _LEAVES:
            continue
        place = source.rows.get(iri, "")
        cited = node.iris("at")
        if not cited and not node.values.get("attested-by"):
            hint = phrase("which lines of the text say it: 12 or 12-14")
            problems.append(Problem(place, phrase("the source is missing"), hint))
        for fragment in cited:
            document, _, lines = fragment.partition("#line=")
            last = int(lines.partition(",")[2] or 0)
            if document in documents and last > documents[document]:
                message = phrase("line {line} is not there: the text has {lines}", line=last, lines=documents[document])
                problems.append(Problem(_place(source, node, fragment) or place, message))
    return problems


def _place(source: Source, node: Node, fragment: str) -> str:
    places = (place for triple, place in source.places.items() if triple.subject.value == node.iri)  # type: ignore[union-attr]
    return next((place for triple, place in source.places.items() if str(triple.object) == f"<{fragment}>"), next(places, ""))


_SIGNS = {"added": "+", "changed": "~", "removed": "-"}


def report(plan: Plan, language: str, written: list[Path] | None = None) -> str:
    """The plan as text, a line a thing; `written` are the files that were written, None for a dry run."""
    t = Words(language)
    counts = {kind: sum(difference.kind == kind for difference in plan.differences) for kind in _SIGNS}
    facts = {"slug": plan.slug, **counts}
    lines = [t("{file} → {slug}: {added} new, {changed} changed, {removed} gone", file=plan.source.name, **facts)]
    lines += [_line(difference, t, language) for difference in plan.differences]
    if plan.moved:
        lines.append(t.plural(plan.moved, "{n} fact cites new lines of the record.", "{n} facts cite new lines of the record."))
    if plan.kept:
        lines.append(t("In the register and not in the file (taken out only with --remove):"))
        lines += [f"  {name}" for name in plan.kept]
    lines += _told(t("What has no place in the register:"), plan.losses, language)
    lines += _told(t("To know:"), [problem for problem in plan.problems if not problem.fatal], language)
    lines += _told(t("To mend first:"), [problem for problem in plan.problems if problem.fatal], language)
    if plan.drafted:
        lines.append(t("The columns are read by a mapping drafted from the headers: {file}", file=plan.drafted))
        lines.append(t("--write writes the mapping only: read it, change what is wrong, and import again."))
    if written is not None:
        lines += [t("written: {file}", file=path) for path in written] or [t("Nothing to write.")]
    elif plan.fatal:
        lines.append(t("Nothing is written before this is mended."))
    else:
        lines.append(t("A trial: nothing is written. Write it with --write.") if plan.files else t("Nothing to write."))
    return "\n".join(lines) + "\n"


def _line(difference: Difference, t: Words, language: str) -> str:
    place = f"{difference.place} " if difference.place else ""
    start = f"{_SIGNS[difference.kind]} {place}»{difference.node}«"
    if difference.kind == "added":
        facts = t.plural(int(difference.after[0]), "{n} fact", "{n} facts")
        return f"{start} ({facts})"
    if difference.kind == "removed":
        return start
    field = contract().fields.get(difference.property)
    name = field.header[language] if field else difference.property
    before, after = "; ".join(difference.before), "; ".join(difference.after)
    if not before or not after:
        return f"{start} · {name}: {'+ ' + after if after else '- ' + before}"
    return f"{start} · {name}: {before} → {after}"


def _told(title: str, problems: list[Problem], language: str) -> Iterator[str]:
    if problems:
        yield title
        yield from (f"  {problem.told(language)}" for problem in problems)
