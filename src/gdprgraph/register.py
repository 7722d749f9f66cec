"""The register: load it, ask it, look at what it stands on. Each method forwards to the room of its name."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdprgraph.opened import OpenedRegister
from gdprgraph.questions.answer import answer
from gdprgraph.questions.lookup import describe, statistics
from gdprgraph.words.language import check_language

if TYPE_CHECKING:
    from gdprgraph.authoring.fact import Snippet
    from gdprgraph.changes.diff import Diff
    from gdprgraph.changes.text import TextDiff
    from gdprgraph.checks.report import Report
    from gdprgraph.drafting.draft import Draft
    from gdprgraph.drafting.source import Source
    from gdprgraph.exchange.compare import Comparison
    from gdprgraph.exchange.plan import Plan
    from gdprgraph.flows import Flows
    from gdprgraph.letters import Letter
    from gdprgraph.questions.lookup import Lookup
    from gdprgraph.questions.rows import Rows
    from gdprgraph.reasoning import Reasoning
    from gdprgraph.record import Record
    from gdprgraph.record.model import Role


class Register(OpenedRegister):
    """A processing register that answers questions, each row with the lines it stands on.

    >>> register = Register.load()
    >>> len(register.questions.slugs) > 10
    True
    """

    @staticmethod
    def init(
        folder: Path | str,
        slug: str,
        *,
        name: str,
        kind: str,
        text: Path | str | None = None,
        languages: Iterable[str] = ("da",),
        prefix: str | None = None,
        git: bool = False,
    ) -> list[Path]:
        """Write the folder of a register of one's own, of the authority `slug` with a `name` and a `kind` (`kommune`).

        `text` is its first notice as plain text; `languages` are those of the register's labels, the first that of its files;
        with `git` the folder becomes a repository with its files added. Returns the files. Raises InputError for a folder
        that is not empty and a text that is none, and UnknownName for a name that cannot be one.
        """
        from gdprgraph.authoring import folder as authoring
        from gdprgraph.authoring.notice import read_text

        planned = authoring.plan(Register.load(), slug, name=name, kind=kind, languages=tuple(languages), prefix=prefix)
        first = read_text(Path(text)) if text is not None else None
        return authoring.write(Path(folder), planned, first, git=git)

    @staticmethod
    def read(file: Path | str, output: Path | str, *, replace: bool = False) -> Source:
        """Write a DOCX, PDF, HTML or text file as lines to `documents/<slug>.txt`; its `lines`, and what was `dropped`.

        Raises InputError for what cannot be read, and where another text stands at `output`, unless `replace`.
        """
        from gdprgraph.drafting.source import read_source, write_source

        source = read_source(Path(file))
        write_source(source, Path(output), replace=replace)
        return source

    def draft(self, text: Path | str, *, past: Path | str | None = None) -> Draft:
        """Proposals on the lines of a text, outside the register; what was settled in the draft at `past` stays so.

        The register's parties and systems are known by name. Raises InputError for what is no text.
        """
        from gdprgraph.drafting.drafter import drafted

        return drafted(Path(text), self.data, past=Path(past) if past is not None else None)

    def new(
        self,
        kind: str,
        *,
        lines: Iterable[str] = (),
        into: str | None = None,
        notice: str | None = None,
        text: Path | str | None = None,
        add: bool = False,
        **fields: str | Iterable[str],
    ) -> Snippet:
        """A fact as Turtle: `new("use", lines=["12-14"], people="borgere", data=["navn", "CPR-nummer"])`.

        `kind` and `fields` are those of the contract (docs/own-register.md); values are names, labels of terms or CURIEs,
        and what is not described yet is described with it. With no fields, what may be said stands there as comments.
        `into` is what it hangs on, the notice by default; with `add` it is written to the end of its file, unless the
        register would no longer load. With `text`, a file of plain text, `kind` is `notice` or `document`, one more text of a
        `notice`. Raises UnknownName for what there is not, and InputError for what is no value.
        """
        from gdprgraph.authoring.folder import add_fact, add_text
        from gdprgraph.authoring.notice import read_text

        if text is not None:
            return add_text(self, kind, read_text(Path(text)), notice, add=add)
        values = {name: [value] if isinstance(value, str) else list(value) for name, value in fields.items()}
        return add_fact(self, kind, values, list(lines), into, notice, add=add)

    def ask(self, question: str, *, lang: str = "da", **parameters: str | Iterable[str]) -> Rows:
        """The answer to a question of `queries/`, such as `ask("recipients", data="dk:CPRNumber")`.

        Concepts and nodes are given as CURIE, IRI or label. Raises UnknownName for a question, parameter or concept that
        does not exist, with the nearest that do.
        """
        return answer(self, self.questions[question], parameters, check_language(lang))

    def find(self, word: str, *, lang: str = "da") -> Rows:
        """Terms, parties, systems, nodes and questions that a word or sentence may mean, the nearest first.

        Names, other names and definitions count in Danish and English, and the articles of the questions. Each row has
        what to type, its label, its definition, and a node that uses the term.
        """
        return self.lookup.find(word, check_language(lang))

    @cached_property
    def lookup(self) -> Lookup:
        """What `find` looks in."""
        from gdprgraph.questions.lookup import Lookup

        return Lookup(self)

    def describe(self, term: str, *, lang: str = "da") -> Rows:
        """Everything the register knows of a node or term, with the lines. Raises UnknownName for what it does not know."""
        return describe(self, self.labels.resolve(term), check_language(lang))

    def flows(
        self,
        data: str | None = None,
        *,
        party: str | None = None,
        people: str | None = None,
        purpose: str | None = None,
        basis: str | None = None,
        assertion: str | None = None,
        country: str | None = None,
        notice: str | None = None,
        activity: str | None = None,
        undetermined: bool = False,
        lang: str = "da",
    ) -> Flows:
        """The data flows that match, as objects, graph, table and pictures: `flows("dk:CPRNumber", notice="uim-hr").picture()`.

        Concepts (narrower ones included) and nodes are given as CURIE, IRI or label; `party` also finds its units, and may be a
        kind such as `dk:Municipality`; `purpose` and `basis` are the flow's own, or where it has none its activity's;
        `assertion` is `stated`, `inferred` or `attested`; `country` is a third country, or `any`; `notice` may be its slug.
        `undetermined` adds flows of data that a text leaves open, so that they may include what was asked for.
        Raises UnknownName.
        """
        from gdprgraph.flows.flows import select_flows

        values = {
            "data": data,
            "party": party,
            "people": people,
            "purpose": purpose,
            "basis": basis,
            "assertion": assertion,
            "country": country,
            "notice": notice,
            "activity": activity,
        }
        return select_flows(self, values, undetermined, check_language(lang))

    def record(
        self,
        party: str,
        *,
        lang: str = "da",
        role: Role | None = None,
        findings: bool | Report = False,
        date: str | None = None,
    ) -> Record:
        """The Article 30 record of a party: `record("uim").render("xlsx")`; html, csv, markdown and jsonld too.

        `party` is a CURIE, IRI, name or short name; `role` is `controller` (Art. 30(1)) or `processor` (Art. 30(2)), by
        default the one that the party has, controller first; `findings` adds what the checks found, or what a report of
        theirs holds; `date` (ISO 8601) is today's by default. Raises UnknownName for what is no named party, and for one
        with nothing to record.
        """
        from gdprgraph.record import compose

        return compose(self, party, language=check_language(lang), role=role, findings=findings, date=date)

    def export(self, slug: str | None = None, *, form: str = "workbook", kind: str = "", lang: str = "da") -> str | bytes:
        """A notice in a form that people and other tools read: `export("uim-hr", form="practice", kind="html")`.

        `workbook` (XLSX; an empty one without a notice) and `yaml` hold every fact and read back as it was; `schema` is the
        JSON Schema of the YAML form and needs no notice. `dpv`, `dcat-ap-dk`, `practice`, `ico`, `cnil`, `tilt` and `fides`
        are for others and hold less (docs/export.md); a `slug` of `all` is all notices, `kind` the ending of the file where a
        form has several. Raises UnknownName for a notice or form that does not exist, InputError for another ending.
        """
        from gdprgraph.exchange.export import export

        return export(self, slug, form, check_language(lang), kind).content

    def compare(self, first: str, second: str, *, lang: str = "da") -> Comparison:
        """Two notices or records side by side: `compare("uim-hr", "uim-fortegnelse").pairs`, each with its differences.

        What the texts say otherwise of controllers, contacts, people, data, receivers, processors, sources, bases, periods,
        transfers and systems, with the lines of both. Raises UnknownName for a text that does not exist.
        """
        from gdprgraph.exchange.compare import compare

        return compare(self, first, second, check_language(lang))

    def import_(
        self,
        file: Path | str,
        *,
        form: str | None = None,
        documents: Path | str | None = None,
        replace: bool = False,
        remove: bool = False,
        slug: str = "",
        controller: str = "",
        mapping: Path | str | None = None,
    ) -> Plan:
        """What bringing a file in would change: `import_("laan.xlsx").differences`; its `write()` writes it, all or nothing.

        `form` is `workbook` or `yaml` (by default by the file's name), or that of a file of others: `table` (read by a
        `mapping`, by default `mappings/<slug>.yaml` of the register), `os2-docx`, `kl-json`, `kitos`, `fides` or `dpcat`: a
        record called `slug`, of the `controller` where the file does not say whose. The lines go into the folder `documents`,
        by default that of the register. What a person took out of the file stays
        in the register unless `remove`; a comment inside a block that changes stands in the way unless `replace`.
        Raises InputError for a file that cannot be read; what is wrong in its cells is in the plan's `problems`.
        """
        from gdprgraph.exchange.importing import Options, plan_import

        folder = Path(documents) if documents is not None else None
        options = Options(slug, controller, Path(mapping) if mapping is not None else None)
        return plan_import(self, Path(file), form, documents=folder, replace=replace, remove=remove, options=options)

    def check(
        self,
        *,
        profiles: Iterable[str] = (),
        rules: Iterable[str] = (),
        engine: str = "sparql",
        shapes: Path | str | None = None,
        baseline: Path | str | None = None,
        files: Iterable[Path] | None = None,
        loose: Iterable[Path] = (),
        since: str | None = None,
        today: datetime.date | None = None,
        lang: str = "da",
    ) -> Report:
        """The findings of the compliance checks: `check().render("sarif")`; they can be iterated and counted.

        `profiles` are of notice, cross, hygiene and register (the first three by default, the record's rules too for
        authorities that have attested facts); `rules` narrows to some rules; `engine` is `sparql` or `pyshacl`;
        `shapes` is a SHACL file of one's own; with `baseline` only new findings count; `files` keeps those in these
        Turtle files; `loose` names the files of a register that is not in a folder; `since` a git revision or day keeps those
        on notices that have changed since, and on what depends on them; waivers and attestations hold as of `today`.

        Raises UnknownName for a profile, rule or engine that does not exist, ShapesError for rules that are not well
        formed, and RegisterError for a waiver or attestation that cannot be right.
        """
        from gdprgraph.checks.run import inspect

        report = inspect(
            self,
            profiles=profiles,
            only_rules=rules,
            engine=engine,
            shapes=Path(shapes) if shapes is not None else None,
            baseline=Path(baseline) if baseline is not None else None,
            only_files=files,
            files=tuple(loose) or None,
            since=since,
            today=today,
            language=check_language(lang),
        )
        return report if self.revision is None else report.renamed(self.revision.named)

    def diff_text(self, before: Path | str, after: Path | str, *, lang: str = "da") -> TextDiff:
        """Which sentences are new, gone, changed or moved between two files, and which facts stand on them: a to-do list.

        Facts are named where a file has the name of one of the register's documents. Raises DocumentsError.
        """
        from gdprgraph.changes.text import text_diff

        return text_diff(self, Path(before), Path(after), check_language(lang))

    def letter(
        self, kind: str, party: str | None = None, *, people: str | None = None, notice: str | None = None, lang: str = "da"
    ) -> Letter:
        """A draft, each sentence with its lines: `letter("access", people="dpv:JobApplicant", notice="uim-hr").render("docx")`.

        `kind` is `access` (GDPR Art. 15) and `notice` (Art. 13 and 14, of the authority `party`), both for `people`, or
        `breach` (Art. 33) at `party`, a party or system. Raises UnknownName, also where several notices could be meant.
        """
        from gdprgraph.letters import letter

        return letter(self, kind, party, people, notice, check_language(lang))

    def log(self, term: str, *, lang: str = "da") -> Rows:
        """The history of a node, from the commits of its file: day, author, commit, change in words, reason; the newest first.

        Raises UnknownName for a node that no file describes, InputError for a register outside git.
        """
        from gdprgraph.changes.log import log

        return log(self, self.labels.resolve(term), check_language(lang))

    @staticmethod
    def diff(
        before: str = "HEAD",
        after: str = "WORKTREE",
        *,
        data: Path | str | None = None,
        documents: Path | str | None = None,
        lang: str = "da",
    ) -> Diff:
        """What changed between two states of the register in `data`, and what it means: `Register.diff("HEAD~1").render()`.

        A state is a git revision, a day, a folder, a Turtle file, a store, or `WORKTREE`. Raises what opening them raises.
        """
        from gdprgraph.changes.diff import diff

        folder = Path(data) if data is not None else None
        names = Path(documents) if documents is not None else None
        return diff(before, after, register=folder, documents=names, language=check_language(lang))

    def reason(
        self, node: str | None = None, kind: str | None = None, *, explain: bool = False, lang: str = "da", timeout: float = 300
    ) -> Reasoning:
        """What logic finds: contradictions, conclusions, and the defined classes by notice; `reason("uim:pay", explain=True)`.

        With `node` (and `kind`, a defined class), only conclusions about it; with `explain`, the smallest set of facts and
        axioms behind a contradiction, or behind those conclusions (at most ten). Raises UnknownName for a node or class that
        is not known, or does not follow; InputError without Java or owlready2, and after `timeout` seconds.
        """
        from gdprgraph.reasoning import reason

        return reason(self, node=node, kind=kind, explain=explain, language=check_language(lang), timeout=timeout)

    def to_owlready2(self) -> Any:
        """A new owlready2 World with the axioms, all asserted facts and all literals; needs the extra `reason`.

        owlready2 reads an xsd:duration as days of a fixed length (five years as 1825); count with `reg:days` instead.
        """
        from gdprgraph.reasoning import to_owlready2

        return to_owlready2(self)

    def gaps(
        self, *, owner: str | None = None, unowned: bool = False, today: datetime.date | None = None, lang: str = "da"
    ) -> Rows:
        """Gaps, waivers and attestations by owner and date, each with its finding: those of gaps.csv, and those in Turtle.

        `owner` keeps those of an owner whose name has that text in it; `unowned` adds the findings that nobody owns. What is
        overdue is so as of `today`. Raises InputError and RegisterError for a row that cannot be right.
        """
        from gdprgraph.checks.gaps import gap_rows

        return gap_rows(self, owner=owner, unowned=unowned, today=today, language=check_language(lang))

    def stats(self, *, lang: str = "da") -> Rows:
        """Counts, one row a notice."""
        return statistics(self, check_language(lang))

    def _repr_html_(self) -> str:
        return self.stats()._repr_html_()
