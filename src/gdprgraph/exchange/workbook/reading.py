"""A filled-in workbook read back: nodes, the cell of each fact, and the problems by sheet and cell, all of them at once."""

import re
from pathlib import Path

import pyoxigraph as ox

from gdprgraph.errors import GdprgraphError, InputError, nearest
from gdprgraph.exchange import lexicon
from gdprgraph.exchange.contract import Field, Kind, Sheet, contract
from gdprgraph.exchange.durations import OPEN, duration_iri, duration_node, read_duration, readings
from gdprgraph.exchange.lexicon import Lexicon
from gdprgraph.exchange.nodes import Node, Term, literal, triples_of
from gdprgraph.exchange.values import Values
from gdprgraph.exchange.workbook.book import FIRST_ROW, NOT_STATED, OWNED, VERSION, Book, Row
from gdprgraph.exchange.workbook.package import FAULTS, Cell, Page, pages, rows_of
from gdprgraph.names import ID, PREFIXES, expand, unused
from gdprgraph.names import slug as slug_of
from gdprgraph.words import phrase

_INFERRED = ox.NamedNode(PREFIXES["reg"] + "Inferred")


def read(path: Path) -> Book:
    """What a workbook of `gdprgraph export` says, filled in or changed.

    Raises InputError for a file that is no such workbook; what is wrong in its cells is in `problems`.
    """
    return _Reader(path, pages(path)).book


class _Reader:
    def __init__(self, path: Path, sheets: list[Page]) -> None:
        self.path = path
        cover = next((page for page in sheets if page.name in contract().words["cover"].values()), None)
        facts = self._cover(cover)
        for page in sheets:
            page.refuse_merged(path)
        self.heads: dict[tuple[str, str], str] = {}
        self.book = Book(facts["slug"], facts.get("language", "da"))
        apart = {*contract().words["cover"].values(), *contract().words["lists"].values()}
        self.rows = [row for page in sheets if page.name not in apart for row in self._page(page)]
        self._documents()
        self.nodes = self.book.nodes
        for row in self.rows:
            self._open(row)
        self.lexicon = Lexicon(self.values, self.nodes, self.book.language)
        self.durations = self._durations()
        for row in self.rows:
            self._fill(row)
        self._settle()
        lists = next((page for page in sheets if page.name in contract().words["lists"].values()), None)
        names = [row[1].text for _, row in rows_of(lists) if 1 in row] if lists else []
        self.book.exported = frozenset(filter(None, map(self._iri, names[1:])))

    def _cover(self, page: Page | None) -> dict[str, str]:
        facts = {row[1].text: row[3].text for _, row in rows_of(page) if 1 in row and 3 in row} if page else {}
        if "workbook" not in facts:
            message = phrase("is no gdprgraph workbook: it has no sheet Cover")
            hint = phrase("use --as table for other workbooks")
            raise InputError(message, file=self.path, hint=hint)
        if facts["workbook"] != VERSION:
            message = phrase("is a workbook of version {workbook}", workbook=facts["workbook"])
            hint = phrase("this version reads {value}; export it again", value=VERSION)
            raise InputError(message, file=self.path, hint=hint)
        if not re.fullmatch(r"\w[\w\-]*", facts.get("slug", "")):
            assert page is not None  # noqa: S101 - it held the version
            hint = phrase("letters, digits and hyphens, such as laan")
            raise InputError(phrase("{name}!C2: no short name", name=page.name), file=self.path, hint=hint)
        return facts

    def _page(self, page: Page) -> list[Row]:
        sheets = {name.casefold(): sheet for sheet in contract().sheets.values() for name in (sheet.name, sheet.english)}
        sheet = sheets.get(page.name.casefold())
        if sheet is None:
            hint = nearest(page.name, [sheet.name for sheet in contract().sheets.values()])
            self.book.problem(page.name, phrase("unknown sheet, not read"), hint, fatal=False)
            return []
        keys = {at: cell.text for at, cell in page.rows.get(2, {}).items()}
        if "@id" not in keys.values():
            message = phrase("the key row (row 2, hidden) is missing")
            self.book.problem(f"{page.name}!A2", message, phrase("export the book again, and copy the rows"))
            return []
        for at, cell in page.rows.get(1, {}).items():
            if at not in keys:
                self.book.problem(cell.place, phrase("unknown column '{text}', not read", text=cell.text), fatal=False)
        allowed = {"@id", "@kind", "@in", "@of", "@more", "@digest", *(slot.field.name for slot in sheet.slots)}
        for at, key in list(keys.items()):
            if key.partition("@")[0] not in allowed and key not in allowed:
                del keys[at]
                self.book.problem(
                    page.rows[2][at].place, phrase("unknown key {key}", key=key), nearest(key, allowed), fatal=False
                )
        heads = {keys[at]: cell.text for at, cell in page.rows.get(1, {}).items() if at in keys}
        self.heads.update({(page.name, key): text for key, text in heads.items()})
        rows = (
            self._row(page, sheet, number, {keys[at]: cell for at, cell in cells.items() if at in keys})
            for number, cells in rows_of(page)
            if number >= FIRST_ROW
        )
        return [row for row in rows if row is not None]

    def _row(self, page: Page, sheet: Sheet, number: int, cells: dict[str, Cell]) -> Row | None:
        place = f"{page.name}!A{number}"
        if not cells.keys() - {"@id", "@digest", "@kind"}:
            return None
        for cell in cells.values():
            if cell.fault in FAULTS:
                self.book.problem(cell.place, *FAULTS[cell.fault])
        kind = self._kind(sheet, cells.get("@kind"), place)
        return Row(kind, "", place, cells) if kind else None

    def _kind(self, sheet: Sheet, cell: Cell | None, place: str) -> Kind | None:
        if len(sheet.kinds) == 1 or cell is None:
            return sheet.kinds[0]
        labels = {label.casefold(): kind for kind in sheet.kinds for label in kind.label.values()}
        if cell.text.casefold() in labels:
            return labels[cell.text.casefold()]
        known = [kind.label[self.book.language] for kind in sheet.kinds]
        self.book.problem(cell.place, phrase("there is no sort '{text}'", text=cell.text), nearest(cell.text, known))
        return None

    def _documents(self) -> None:
        """Line numbers are of the notice's own document, which is read first."""
        self.values = Values(self.book.slug)
        ids = [row.cells["@id"].text for row in self.rows if row.kind.name == "document" and "@id" in row.cells]
        if ids and PREFIXES["doc"] + self.book.slug not in {self._iri(name) for name in ids}:
            self.values = Values(self.book.slug, self._iri(ids[0]) or "")

    def _iri(self, name: str) -> str:
        try:
            return self.values.iri(name)
        except GdprgraphError:
            return ""

    def _open(self, row: Row) -> None:
        """Give the row its node, with what it is called."""
        cell = row.cells.get("@id")
        row.iri = self._iri(cell.text) if cell else self._new(row)
        if not row.iri:
            assert cell is not None  # noqa: S101
            self.book.problem(cell.place, phrase("id '{text}' is no name", text=cell.text), phrase("leave the cell empty"))
            row.iri = self._new(row)
        if row.iri in self.book.rows:
            first = self.book.rows[row.iri]
            message = phrase("the same id as {first}", first=first)
            self.book.problem(row.place, message, phrase("a copied row: clear its id"))
            return
        self.book.rows[row.iri] = row.place
        node = self.nodes[row.iri] = Node(row.iri, row.kind)
        if "@digest" in row.cells:
            self.book.digests[row.iri] = row.cells["@digest"].text
        title = row.kind.title
        for key, cell in row.cells.items():
            if title is not None and key.startswith(title.name + "@"):
                self.book.add(node, title, literal(title, cell.text, key.partition("@")[2]), cell.place)

    def _new(self, row: Row) -> str:
        """A name for a row that has none: from what it is called, with a number where two are called so."""
        cells = row.cells
        called = next(
            (
                cells[key].text
                for key in ("name@da", "title@da", "name@en", "title@en", "contact-value", "number", "file")
                if key in cells
            ),
            "",
        )
        if row.kind.name in {"notice", "record", "document"}:
            return PREFIXES["doc" if row.kind.name == "document" else "notice"] + self.book.slug
        prefix = row.kind.prefix
        base = PREFIXES[prefix[:-1]] if prefix.endswith(":") else self.values.own + prefix
        return unused(base + slug_of(called), self.book.rows)

    def _durations(self) -> dict[str, list[tuple[str, set[str]]]]:
        """What is written of a duration → the nodes that are it, each with the rules that it was exported for."""
        for row in self.rows:
            if row.kind.name == "duration":
                self._fill(row)
        durations: dict[str, list[tuple[str, set[str]]]] = {}
        for row in self.rows:
            if row.kind.name == "duration":
                users = {self._iri(name) for name in row.cells["@of"].text.split("\n")} if "@of" in row.cells else set()
                for short in readings(self.nodes[row.iri]):
                    durations.setdefault(short, []).append((row.iri, users))
        return durations

    def _fill(self, row: Row) -> None:
        node = self.nodes[row.iri]
        if self.book.rows[row.iri] != row.place or "filled" in row.cells:
            return
        for key, cell in row.cells.items():
            name, _, language = key.partition("@")
            if key in {"@id", "@kind", "@of", "@digest"} or cell.fault in FAULTS:
                continue
            if key == "@in":
                self._owned(node, cell)
            elif key == "@more":
                self._more(node, cell)
            elif (slot := row.kind.slot(name)) is None:
                here = row.kind.label
                self.book.problem(cell.place, phrase("does not belong to a {here}", here=here), phrase("clear the cell"))
            elif slot.field.to != "text":
                self._values(row, node, slot.field, slot.most, cell)
            elif slot.field is not row.kind.title:
                if lexicon.unknown(cell.text):
                    self._nothing(cell)
                else:
                    self.book.add(node, slot.field, literal(slot.field, cell.text, language), cell.place)
        row.cells["filled"] = Cell("", row.place)
        if node.values.get("inferred") and not node.values.get("assertion"):
            self.book.add(node, contract().fields["assertion"], _INFERRED, row.place)

    def _values(self, row: Row, node: Node, field_: Field, most: int | None, cell: Cell) -> None:
        if field_.to == "lines" and cell.fault == "date":
            hint = phrase("write '3-5 with an apostrophe in front")
            self.book.problem(cell.place, phrase("the lines have become a date"), hint)
            return
        split = (
            re.split(r"[\n;,]" if field_.to == "lines" else r"\n", cell.text) if field_.to not in {"string"} else [cell.text]
        )
        texts = [text.strip() for text in split if text.strip()]
        if most == 1 and len(texts) > 1:
            hint = phrase("a row for each")
            self.book.problem(cell.place, phrase("{header} can only be one", header=field_.header), hint)
        for text in texts:
            if lexicon.unknown(text) and field_.name in {"from", "to"}:
                self.book.add(node, field_, ox.NamedNode(NOT_STATED), cell.place)
                continue
            if lexicon.unknown(text) and field_.to != "string":
                self._nothing(cell)
                continue
            if text.casefold() in lexicon.NO and field_.to in {"node", "concept", "boolean", "duration"}:
                hint = phrase("a no belongs on Denials; empty is 'not stated'")
                self.book.problem(cell.place, phrase("'{text}' is no answer here", text=text), hint)
                continue
            try:
                self.book.add(node, field_, self._term(row, field_, text), cell.place)
            except GdprgraphError as error:
                self.book.problem(cell.place, error.message, error.hint)

    def _term(self, row: Row, field_: Field, text: str) -> Term:
        if field_.name == "duration":
            return ox.NamedNode(self._duration(row, text))
        if field_.to in {"node", "concept"}:
            return ox.NamedNode(self.lexicon.read(field_, text, row.kind))
        if field_.to == "boolean" and text.casefold() in lexicon.YES:
            return literal(field_, "true")
        return self.values.read(field_, text)

    def _duration(self, row: Row, text: str) -> str:
        """The node of »6 måneder«: the one that the row had, the only one of that length, or a new one."""
        if text.startswith("["):
            return self.lexicon.read(contract().fields["duration"], text)
        open_words = {word: short for short in OPEN for word in (*contract().words[short].values(), short)}
        short = open_words.get(text.casefold()) or read_duration(text)
        if short is None:
            hint = phrase("6 months, 5 years, P6M or indeterminate")
            raise InputError(phrase("'{text}' is no duration", text=text), term=text, hint=hint)
        same = self.durations.setdefault(short, [])
        iri = next((iri for iri, users in same if row.iri in users), "") or (
            same[0][0] if len(same) == 1 and short not in OPEN else ""
        )
        if not iri:
            iri = duration_iri(self.values.own, short)
            if iri not in self.nodes:
                self.nodes[iri] = duration_node(iri, short)
                self.book.rows[iri] = row.place
                same.append((iri, set()))
        return iri

    def _owned(self, node: Node, cell: Cell) -> None:
        fields = contract().fields
        for text in filter(None, map(str.strip, cell.text.split("\n"))):
            try:
                owner = self.lexicon.read(fields["activity"], text)
            except GdprgraphError as error:
                try:
                    owner = self.lexicon.read(fields["notice"], text)
                except GdprgraphError:
                    self.book.problem(cell.place, error.message, error.hint)
                    continue
            self.book.owners.setdefault(node.iri, []).append(owner)
            if owner in self.nodes:
                self.book.add(self.nodes[owner], fields["process"], ox.NamedNode(node.iri), cell.place)

    def _more(self, node: Node, cell: Cell) -> None:
        titles = {slot.field.property: slot.field for slot in node.kind.slots} if node.kind else {}
        for line in filter(None, cell.text.split("\n")):
            name, colon, value = line.partition(": ")
            try:
                predicate, term = expand(name), self.values.any_read(value.replace("\\n", "\n"))
            except GdprgraphError as error:
                self.book.problem(cell.place, error.message, error.hint)
                continue
            if not colon:
                self.book.problem(cell.place, phrase("'{line}' is no statement", line=line), phrase("dct:subject: 27.36"))
            if predicate in titles:
                node.values.setdefault(titles[predicate].name, []).append(term)
            else:
                node.more.append((predicate, term))
            self.book.places[ox.Triple(ox.NamedNode(node.iri), ox.NamedNode(predicate), term)] = cell.place

    def _settle(self) -> None:
        """What a row leaves to the book, what it lacks, and durations that no rule has any more."""
        home = next(
            (iri for iri, node in self.nodes.items() if node.sort in {"notice", "record"}), ID + "notice/" + self.book.slug
        )
        used = {iri for node in self.nodes.values() for iri in node.iris("duration")}
        for row in self.rows:
            node = self.nodes.get(row.iri)
            if node is None or self.book.rows[row.iri] != row.place:
                continue
            if row.kind.name == "duration" and row.iri not in used and "@of" in row.cells:
                del self.nodes[row.iri]
                continue
            if row.kind.name == "activity" and not node.values.get("notice"):
                self.book.add(node, contract().fields["notice"], ox.NamedNode(home), row.place)
            sheet = row.place.rpartition("!")[0]
            self.book.cells[row.iri] = [
                (self.heads.get((sheet, key), key), cell)
                for key, cell in row.cells.items()
                if key not in {"@id", "@digest", "@of", "at", "filled"}
            ]
            self._lacks(row, node)
            for _, triple in triples_of(node):
                self.book.places.setdefault(triple, row.place)
        for iri in self.nodes.keys() - {row.iri for row in self.rows}:
            for _, triple in triples_of(self.nodes[iri]):
                self.book.places.setdefault(triple, self.book.rows[iri])

    def _lacks(self, row: Row, node: Node) -> None:
        language = self.book.language
        for slot in row.kind.slots:
            if slot.least and not node.values.get(slot.field.name) and slot.field.name not in row.cells:
                name = slot.field.header
                self.book.problem(row.place, phrase("{name} is missing", name=name), slot.field.note.get(language, ""))
        if row.kind.title is not None and not node.label:
            self.book.problem(row.place, phrase("the name is missing"))
        if (
            row.kind.name in OWNED
            and "@in" not in row.cells
            and row.iri not in {iri for owner in self.nodes.values() for iri in owner.iris("process")}
        ):
            self.book.problem(row.place, phrase("belongs to: the activity is missing"))

    def _nothing(self, cell: Cell) -> None:
        message = phrase("'{text}' is read as not stated", text=cell.text)
        self.book.problem(cell.place, message, fatal=False)
