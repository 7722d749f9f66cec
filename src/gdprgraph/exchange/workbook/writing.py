"""A notice or record as a workbook (XLSX), or an empty one to fill in."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pyoxigraph as ox
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from gdprgraph.errors import InputError
from gdprgraph.exchange.contract import Field, Sheet, contract
from gdprgraph.exchange.durations import OPEN, readings
from gdprgraph.exchange.lexicon import Lexicon, vocabulary
from gdprgraph.exchange.nodes import Node, owners
from gdprgraph.exchange.values import Values
from gdprgraph.exchange.workbook.book import FIRST_ROW, LANGUAGES, NOT_STATED, PROPERTY, VERSION, columns, digest, title
from gdprgraph.words import phrase
from gdprgraph.words.language import duration_text

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from gdprgraph.exchange.workbook.book import Column

_LAST = 2000  # rows that drop-downs reach
_HEAD = PatternFill("solid", fgColor="FFDDE6F0")
_TOP = Alignment(wrap_text=True, vertical="top")
_TEXT = "@"  # or a spreadsheet makes dates of lines such as 3-5


def write(
    slug: str,
    nodes: Mapping[str, Node],
    language: str = "da",
    *,
    context: Mapping[str, Node] | None = None,
    unread: bool = False,
) -> bytes:
    """The bytes of the workbook: `nodes` are those of the notice, `context` the shared parties and systems that it may name.

    Of a notice with something `unread`, the cover tells what an empty field then means.

    Raises InputError for a control character, which no workbook can hold.
    """
    return _Writer(slug, nodes, context or {}, language, unread=unread).content()


class _Writer:
    def __init__(
        self, slug: str, nodes: Mapping[str, Node], context: Mapping[str, Node], language: str, *, unread: bool
    ) -> None:
        self.slug, self.language, self.unread = slug, language, unread
        self.nodes, self.own = {**context, **nodes}, list(nodes)
        document = next((iri for node in nodes.values() if node.sort == "notice" for iri in node.iris("document")), "")
        self.values = Values(slug, document)
        self.lexicon = Lexicon(self.values, self.nodes, language)
        self.languages = tuple(
            dict.fromkeys(
                [
                    *LANGUAGES,
                    *sorted({tongue for node in nodes.values() for name in node.values for tongue in node.texts(name)}),
                ]
            )
        )
        self.owners, self.users = owners(nodes), owners(nodes, "duration")
        self.book = Workbook()
        self.lists: dict[str, str] = {}

    def content(self) -> bytes:
        cover = self.book.worksheets[0]
        self._cover(cover)
        sheets = [(sheet, self.book.create_sheet(title(sheet, self.language))) for sheet in contract().sheets.values()]
        lists = self.book.create_sheet(contract().words["lists"][self.language])
        lists.sheet_state = "hidden"
        # Which rows there were, to know later which were taken out.
        self._named_list("exported", ["@id", *(self.values.name(iri) for iri in self.own)], lists)
        for sheet, page in sheets:
            self._sheet(sheet, page)
        for sheet, page in sheets:
            self._choices(sheet, page, lists)
        self.book.custom_doc_props.append(  # type: ignore[attr-defined]
            StringProperty(name=PROPERTY, value=VERSION)
        )
        self.book.properties.creator = "gdprgraph"
        stream = io.BytesIO()
        self.book.save(stream)
        return stream.getvalue()

    def _cover(self, page: Worksheet) -> None:
        words = {name: texts[self.language] for name, texts in contract().words.items()}
        page.title = words["cover"]
        values = {"workbook": VERSION, "slug": self.slug, "language": self.language, "how": words["how_to"]}
        if self.unread:
            values["how"] = f"{words['unread']} {values['how']}"
        for row, (key, value) in enumerate(values.items(), 1):
            for column, content in enumerate((key, words[key], value), 1):
                _put(page, row, column, content)
            page.cell(row, 2).font = Font(bold=True)
        page.column_dimensions["A"].hidden = True
        page.column_dimensions["B"].width, page.column_dimensions["C"].width = 24, 100

    def _sheet(self, sheet: Sheet, page: Worksheet) -> None:
        heads = columns(sheet, self.language, self.languages)
        kinds = {kind.name for kind in sheet.kinds}
        rows = [node for node in self.nodes.values() if node.sort in kinds]
        for at, column in enumerate(heads, 1):
            _put(page, 1, at, column.header)
            _put(page, 2, at, column.key)
            head, letter = page.cell(1, at), get_column_letter(at)
            head.font, head.fill, head.alignment = Font(bold=True), _HEAD, _TOP
            if column.note:
                head.comment = Comment(column.note, "gdprgraph")
            dimension = page.column_dimensions[letter]
            dimension.number_format = _TEXT
            dimension.width = 34 if column.field is None or column.field.to in {"text", "node"} else 18
            dimension.hidden = column.hidden
            if column.fold:
                dimension.outlineLevel, dimension.hidden = 1, True
        for row, node in enumerate(rows, FIRST_ROW):
            for at, column in enumerate(heads, 1):
                if content := self._cell(node, column):
                    _put(page, row, at, content, node)
        page.row_dimensions[2].hidden = True
        page.freeze_panes = "C3"
        page.sheet_state = "hidden" if sheet.hidden else "visible"

    def _cell(self, node: Node, column: Column) -> str:
        match column.key:
            case "@id":
                return self.values.name(node.iri)
            case "@kind":
                return node.kind.label[self.language] if node.kind else ""
            case "@in":
                return "\n".join(self._named(owner) for owner in self.owners.get(node.iri, []))
            case "@of":
                return "\n".join(self.values.name(user) for user in self.users.get(node.iri, []))
            case "@digest":
                return digest(node, self.owners.get(node.iri, []))
            case "@more":
                return "\n".join(self._more(node))
        assert column.field is not None  # noqa: S101 - every other column is of a field
        if node.kind is None or node.kind.slot(column.field.name) is None:
            return ""
        if column.language:
            return "\n".join(_fit(node.values.get(column.field.name, []), column.language))
        terms = node.values.get(column.field.name, [])
        if column.field.name == "process":
            terms = [term for term in terms if term.value not in self.nodes]
        return "\n".join(self._value(node, column.field, term.value) for term in terms)

    def _value(self, node: Node, field: Field, value: str) -> str:
        if field.name == "duration":
            return self.duration(value)
        if value == NOT_STATED:
            return contract().words["not-stated"][self.language]
        if field.to in {"node", "concept"}:
            return self.lexicon.written(field, value, node.kind)
        if field.to == "boolean":
            return contract().words["yes"][self.language] if value == "true" else value
        return self.values.lines(value) if field.to == "lines" else value

    def duration(self, iri: str) -> str:
        """`6 måneder`; the id of a duration that says more than its value."""
        short = next(iter(readings(self.nodes.get(iri))), None)
        if short is None:
            return f"[{self.values.name(iri)}]"
        return contract().words[short][self.language] if short in OPEN else duration_text(short, self.language)

    def _named(self, iri: str) -> str:
        """The owner of a use or flow: an activity or the notice itself."""
        node = self.nodes.get(iri)
        return self.lexicon.written(contract().fields["activity" if node and node.sort == "activity" else "notice"], iri)

    def _more(self, node: Node) -> list[str]:
        lines = [f"{self.values.name(predicate)}: {self.values.any_written(value)}" for predicate, value in node.more]
        for name in node.values:
            field = contract().fields[name]
            if field.to == "text":
                odd = [term for term in node.values[name] if term not in _plain(node.values[name])]
                lines += [f"{self.values.name(field.property)}: {self.values.any_written(term)}" for term in odd]
        return [line.replace("\n", "\\n") for line in lines]

    def _choices(self, sheet: Sheet, page: Worksheet, lists: Worksheet) -> None:
        for at, column in enumerate(columns(sheet, self.language, self.languages), 1):
            name = self._list(sheet, column, lists)
            if name:
                # Of cells that hold several values, one a line, a list of one can only warn.
                choice = DataValidation(type="list", formula1=name, allow_blank=True, showErrorMessage=not column.many)
                choice.add(f"{get_column_letter(at)}{FIRST_ROW}:{get_column_letter(at)}{_LAST}")
                page.add_data_validation(choice)

    def _list(self, sheet: Sheet, column: Column, lists: Worksheet) -> str:
        """The defined name that a column chooses from; an empty text where it is free."""
        if column.key == "@kind":
            return self._named_list("kind_" + sheet.english, [kind.label[self.language] for kind in sheet.kinds], lists)
        if column.key == "@in":
            return self._names_of("activity")
        field = column.field
        if field is None or column.language:
            return ""
        if field.to == "boolean":
            return self._named_list("yes", [contract().words["yes"][self.language]], lists)
        if field.to == "node" and field.name != "duration":
            return self._names_of(field.of[0])
        if field.to == "concept":
            kind = sheet.kinds[0] if len(sheet.kinds) == 1 else None
            choices = vocabulary().choices(field, kind)
            chosen = [iri for iri in choices if self.language in vocabulary().labels[iri]]
            if len(chosen) <= 400:
                key = field.name + (f"_{kind.name}" if field.name == "is" and kind else "")
                return self._named_list(key, sorted(self.lexicon.written(field, iri, kind) for iri in chosen), lists)
        return ""

    def _named_list(self, key: str, items: list[str], lists: Worksheet) -> str:
        name = "l_" + "".join(sign if sign.isalnum() else "_" for sign in key)
        if name not in self.lists:
            at = len(self.lists) + 1
            for row, item in enumerate(items, 1):
                _put(lists, row, at, item)
            letter = get_column_letter(at)
            self.lists[name] = f"'{lists.title}'!${letter}$1:${letter}${max(1, len(items))}"
            self.book.defined_names[name] = DefinedName(name, attr_text=self.lists[name])
        return name

    def _names_of(self, kind: str) -> str:
        """The column of names of the sheet that a kind stands on."""
        sheet = next(sheet for sheet in contract().sheets.values() if kind in {other.name for other in sheet.kinds})
        name = "n_" + "".join(sign if sign.isalnum() else "_" for sign in sheet.english)
        keys = [column.key for column in columns(sheet, self.language, self.languages)]
        label = next((key for key in (f"name@{self.language}", f"title@{self.language}") if key in keys), None)
        if label is None:
            return ""
        letter = get_column_letter(keys.index(label) + 1)
        text = f"'{title(sheet, self.language)}'!${letter}${FIRST_ROW}:${letter}${_LAST}"
        self.book.defined_names[name] = DefinedName(name, attr_text=text)
        return name


def _plain(terms: list[ox.NamedNode | ox.Literal]) -> list[ox.Literal]:
    """The first literal of each language that a cell holds as it is."""
    first: dict[str, ox.Literal] = {}
    for term in terms:
        if isinstance(term, ox.Literal) and term.language and term.value == term.value.strip() and "\r" not in term.value:
            first.setdefault(term.language, term)
    return list(first.values())


def _fit(terms: list[ox.NamedNode | ox.Literal], language: str) -> list[str]:
    return [term.value for term in _plain(terms) if term.language == language]


def _put(page: Worksheet, row: int, column: int, text: str, node: Node | None = None) -> None:
    """Text as text: what begins with = is no formula, what looks like a number stays as it is written."""
    if ILLEGAL_CHARACTERS_RE.search(text) or len(text) > 32_767:
        message = phrase("a control character, or over 32,767 characters, in a text")
        raise InputError(message, term=node.iri if node else None, hint=phrase("mend {iri}", iri=node.iri) if node else "")
    cell = page.cell(row, column)
    cell.value = text
    cell.data_type = "s"
    cell.number_format = _TEXT
    cell.alignment = _TOP
