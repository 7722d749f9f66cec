"""One reader a kind of file: its passages as lines, in reading order, and a count of what is left out."""

import io
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Self
from zipfile import BadZipFile

from gdprgraph.errors import InputError, needs
from gdprgraph.resources import table
from gdprgraph.words import phrase

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SIGNS = {_W + "br": "\n", _W + "cr": "\n", _W + "tab": "\t", _W + "noBreakHyphen": "-"}
#: What a Word file holds that is no line, by its tags.
_TAGS = {"image": "drawing pict", "deleted": "del", "comment": "commentReference", "note": "footnoteReference endnoteReference"}
#: Elements that begin and end a line; those of the first row stand close, without a blank line.
_CLOSE = set("li td th ul ol tr tbody thead".split())
_BLOCKS = _CLOSE | set("p h1 h2 h3 h4 h5 h6 dt dd blockquote pre address caption summary figcaption label div".split())
_BLOCKS |= set("section table dl details fieldset hr main article form".split())
_FRAME = ("header", "footer", "aside")
_APART = "nav, script, style, noscript, template, svg, iframe, button, select"
#: A longer cell is running text, and no part of a row.
_CELL = 400
#: The mark of a footnote is no figure of the word before it: »§ 21¹«, not »§ 211«.
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")


class Heading(str):
    """A line that the file marks as a heading, with its level from 1."""

    level: int

    def __new__(cls, text: str, level: int) -> Self:
        """The line, as a string."""
        line = super().__new__(cls, text)
        line.level = level
        return line


def text_lines(content: bytes, dropped: Counter[str]) -> list[str]:
    """Plain text, UTF-8 or Windows-1252: its lines as they are."""
    return _decoded(content).replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _decoded(content: bytes, charset: str = "utf-8-sig") -> str:
    try:
        return content.decode(charset)
    except (LookupError, UnicodeDecodeError):
        return content.decode("cp1252", errors="replace")


def _row(cells: Sequence[Sequence[str]]) -> list[str]:
    """The line of a row, its cells parted by strokes; a line a passage where there is one cell, or one is running text."""
    if sum(map(bool, cells)) < 2 or any(len(" ".join(cell)) > _CELL for cell in cells):
        return [line for cell in cells for line in cell]
    return [" | ".join("; ".join(line.removeprefix("• ") for line in cell) for cell in cells).strip(" |")]


#: What Markdown marks and a reader does not see: pattern → what stays.
_MARKS: dict[str, str] = table("drafting/words.yaml")["marks"]


def markdown_lines(content: bytes, dropped: Counter[str]) -> list[str]:
    """Markdown: its lines without its marks, a blank line around headings, a row of a table as one line."""
    text, comments = re.subn(r"(?s)<!--.*?-->", "", _decoded(content))
    text, notes = re.subn(r"(?m)^\[\^\w+\]:.*\n?(?:[ \t]+.*\n?)*", "", text)
    dropped += Counter(comment=comments, note=notes, image=len(re.findall(r"!\[", text)))
    lines: list[str] = []
    for raw in text_lines(text.encode(), dropped):
        line = re.sub(r"^\s*(?:>\s?)+", "", raw)
        if (
            re.fullmatch(r"=+|-+", line.strip()) and lines and re.match(r"[^\W\d]", lines[-1])
        ):  # what is underlined is a heading
            lines[-1:] = ["", Heading(lines[-1], 1 if "=" in line else 2)]
        if re.fullmatch(r"\s*(?:(?:[-*_=]\s*){3,}|[\s|:-]*-[\s|:-]*|```.*)", line):
            lines += [] if "|" in line else [""]
            continue
        heading = re.fullmatch(r"\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*", line)
        line = re.sub(r"^(\s*)[-+*]\s+", r"\1• ", heading[2] if heading else line)
        for mark, shown in _MARKS.items():
            line = re.sub(mark, shown, line)
        if line.lstrip().startswith("|"):
            line = " | ".join(cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())).strip(" |")
        lines += ["", Heading(line, len(heading[1])), ""] if heading else [line]
    return lines


def docx_lines(content: bytes, dropped: Counter[str]) -> list[str]:
    """A Word file: a line a paragraph or row of a table, in order; a blank line between paragraphs that are no list items."""
    with needs(phrase("DOCX needs python-docx"), "read"):
        from docx import Document
        from docx.opc.exceptions import PackageNotFoundError
        from docx.table import Table
    try:
        document = Document(io.BytesIO(content))
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError, OSError) as error:
        raise InputError(phrase("cannot be read: {why}", why=str(error)[:80])) from error
    for kind, tags in _TAGS.items():
        dropped[kind] += len(list(document.element.iter(*(_W + tag for tag in tags.split()))))
    for section in document.sections:
        parts = (section.header, section.footer, section.first_page_header, section.first_page_footer)
        own = [part.paragraphs for part in parts if not part.is_linked_to_previous]
        dropped["header"] += sum(any(p.text.strip() for p in paragraphs) for paragraphs in own)
    lines: list[str] = []
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            lines.append("")
            for row in block.rows:
                # What is merged over columns stands once, and what is merged over rows in each.
                cells = list({id(cell._tc): cell for cell in row.cells}.values())
                printed = [[line for p in cell.paragraphs for line in _runs(p, dropped).split("\n")] for cell in cells]
                lines += _row([list(filter(str.strip, cell)) for cell in printed])
            lines.append("")
        else:
            lines += _paragraph(block, dropped)
    return lines


def _paragraph(paragraph: Any, dropped: Counter[str]) -> list[str]:
    text = _runs(paragraph, dropped)
    numbering = paragraph._p.pPr is not None and paragraph._p.pPr.numPr is not None
    item = numbering or (paragraph.style is not None and (paragraph.style.name or "").startswith("List"))
    bullet = "" if not item or not text or re.match(r"[•\-–*\d]", text) else "• "
    first, *more = text.split("\n")
    level = _level(paragraph) if text else 0
    head = Heading(first.strip(), level) if level else bullet + first.strip()
    return [*([] if (item and not level) or not text else [""]), head, *(part.strip() for part in more)]


def _level(paragraph: Any) -> int:
    """The level of a heading of Word, by its outline level or its style, or what that is based on; 0 of another paragraph."""
    style = paragraph.style
    places = [paragraph._p.pPr]
    while style is not None:
        if named := re.fullmatch(r"(?:heading|overskrift) ([1-9])|(title|titel)", style.name or "", re.IGNORECASE):
            return int(named[1] or 1)
        places.append(style.element.pPr)
        style = style.base_style
    outline = next((mark for place in places if place is not None for mark in place.iter(_W + "outlineLvl")), None)
    level = int(outline.get(_W + "val") or 9) + 1 if outline is not None else 0
    return level if level < 10 else 0


def _runs(paragraph: Any, dropped: Counter[str]) -> str:
    """The visible text of a paragraph, links and inserted text with it, hidden and deleted text without."""
    parts: list[str] = []
    for run in paragraph._p.iter(_W + "r"):
        if any(parent.tag == _W + "del" for parent in run.iterancestors()):
            continue
        vanish, raised = run.find(f"{_W}rPr/{_W}vanish"), run.find(f"{_W}rPr/{_W}vertAlign")
        text = "".join(_SIGNS.get(node.tag, node.text or "") for node in run.iter(_W + "t", *_SIGNS))
        text = text.translate(_RAISED) if raised is not None and raised.get(_W + "val") == "superscript" else text
        if vanish is not None and vanish.get(_W + "val") not in {"0", "false"}:
            dropped["hidden"] += bool(text.strip())
        else:
            parts.append(text)
    return re.sub(r"[ \t]+", " ", "".join(parts)).strip()


def pdf_lines(content: bytes, dropped: Counter[str]) -> list[str]:
    """A PDF: the lines of its layout, page by page; lines that stand at the edge of most pages are headers and footers."""
    with needs(phrase("PDF needs pypdf"), "read"):
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise InputError(phrase("is locked by a password"), hint=phrase("save it without one"))
        pages = [_page(page) for page in reader.pages]
        for sheet in reader.pages:
            kinds = [annotation.get_object().get("/Subtype") for annotation in sheet.get("/Annots") or ()]
            dropped["comment"] += sum(kind in {"/Text", "/FreeText", "/Popup"} for kind in kinds)
            objects = (sheet.get("/Resources") or {}).get("/XObject") or {}
            dropped["image"] += sum(objects[name].get_object().get("/Subtype") == "/Image" for name in objects)
    except (PyPdfError, KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(phrase("cannot be read: {why}", why=str(error)[:80])) from error
    edges = Counter(re.sub(r"\d+", "#", line.strip()) for page in pages for line in {*page[:1], *page[-1:]} if line.strip())
    lines: list[str] = []
    for page in pages:
        for position, line in enumerate(page):
            times = edges[re.sub(r"\d+", "#", line.strip())] if position in (0, len(page) - 1) else 0
            repeated = len(pages) > 2 and times > len(pages) / 2
            if repeated or re.fullmatch(r"\s*(?:[Ss]ide )?\d+(?: (?:af|/) \d+)?\s*", line):
                dropped["header"] += 1
            else:
                lines.append(line)
    return lines


def _page(page: Any) -> list[str]:
    """The lines of a page, a blank one where the gap above is more than a line's."""
    lines, places = [""], [(0.0, 0.0)]

    def take(text: str, matrix: list[float], text_matrix: list[float], _font: object, size: float) -> None:
        for number, part in enumerate(text.split("\n")):
            if number:
                lines.append("")
                places.append((0.0, 0.0))
            if part.strip() and not lines[-1].strip():
                places[-1] = (text_matrix[5] * matrix[3] + matrix[5], abs(size * text_matrix[3] * matrix[3]))
            lines[-1] += part

    page.extract_text(visitor_text=take)
    spaced, above, least = list[str](), 0.0, 0.0
    for line, (place, size) in zip(lines, places, strict=True):
        if line.strip():
            if spaced and size and above - place > 1.55 * min(size, least or size):
                spaced.append("")
            spaced.append(line)
            above, least = place or above, size or least
    return spaced


def html_lines(content: bytes, dropped: Counter[str]) -> list[str]:
    """A web page: a line a paragraph, heading, item or row of its main part; navigation, scripts and hidden parts left out."""
    with needs(phrase("HTML needs selectolax"), "read"):
        from selectolax.lexbor import LexborHTMLParser
    charset = re.search(rb"charset=[\"']?([\w-]+)", content[:2048])
    text = _decoded(content, charset[1].decode() if charset else "utf-8-sig")
    dropped["comment"] += len(re.findall(r"<!--(?!\[if)", text))
    tree = LexborHTMLParser(text)
    body = tree.css_first("main") or tree.css_first("article") or tree.body
    if body is None:
        return []
    whole = tree.body or body
    inside = {node.mem_id for node in whole.css(", ".join(f"main {tag}, article {tag}" for tag in _FRAME))}
    _drop([node for node in whole.css(", ".join(_FRAME)) if node.mem_id not in inside], "header", dropped)
    dropped["image"] += len(body.css("img, picture, video"))
    # What a button unfolds is text of the page, and so is the heading that the button is.
    unfolded = {node.attributes.get("aria-controls") for node in body.css("[aria-controls]")} - {None}
    for node in body.css("button[aria-expanded], button[aria-controls]"):
        node.unwrap()
    _drop(whole.css(_APART), "navigation", dropped)
    marked = [(node, node.attributes) for node in body.css("[hidden], [aria-hidden=true], [style]")]
    marked = [(node, attributes) for node, attributes in marked if attributes.get("id") not in unfolded]
    _drop([node for node, attributes in marked if _is_hidden(attributes)], "hidden", dropped)
    return _Html(body).done


def _is_hidden(known: dict[str, str | None]) -> bool:
    return "hidden" in known or known.get("aria-hidden") == "true" or bool(_HIDDEN.search(known.get("style") or ""))


def _drop(nodes: Sequence[Any], kind: str, dropped: Counter[str]) -> None:
    for node in reversed(nodes):  # what is within another first
        dropped[kind] += bool(node.text(strip=True))
        node.decompose()


class _Html:
    """Walks a tree: text gathers until a block begins or ends, then it is a line; `done` are the lines."""

    def __init__(self, body: Any) -> None:
        self.done, self.current, self.bullet, self.level = list[str](), list[str](), "", 0
        self.spans = dict[int, tuple[int, list[str]]]()
        self._walk(body)
        self._end()

    def _walk(self, parent: Any) -> None:
        node = parent.child
        while node is not None:
            if node.tag == "-text":
                self.current.append(node.text_content or "")
            elif node.tag == "sup":
                self.current.append((node.text() or "").translate(_RAISED))
            elif node.tag == "br":
                self._end()
            elif node.tag == "tr":
                self._end()
                self.done += _row(self._cells(node))
            elif node.tag in _BLOCKS:
                self._end()
                if node.tag not in _CLOSE and self.done and self.done[-1] and not self.bullet:
                    self.done.append("")
                self.bullet = "• " if node.tag == "li" else self.bullet
                around, self.level = self.level, _html_level(node) or self.level
                self._walk(node)
                self._end()
                self.bullet, self.level = "" if node.tag == "li" else self.bullet, around
            elif not node.tag.startswith(("-", "!", "_")):
                self._walk(node)
            node = node.next

    def _cells(self, row: Any) -> list[list[str]]:
        """The lines of each cell of a row; what spans several rows stands in each."""
        own, cells = [node for node in row.iter() if node.tag in {"td", "th"}], list[list[str]]()
        while own or len(cells) in self.spans:
            left, lines = self.spans.pop(len(cells), (0, []))
            if not left:
                node = own.pop(0)
                left, lines = int(re.sub(r"\D", "", node.attributes.get("rowspan") or "") or 1), _Html(node).done
            if left > 1:
                self.spans[len(cells)] = (left - 1, lines)
            cells.append([line for line in lines if line])
        return cells

    def _end(self) -> None:
        text = re.sub(r"\s+", " ", "".join(self.current)).strip()
        self.current = []
        if text:
            line = text if re.match(r"[•\-–*]\s", text) else self.bullet + text
            self.done.append(Heading(text, self.level) if self.level and line == text else line)
            self.bullet = ""


def _html_level(node: Any) -> int:
    """The level of a heading of a page; 0 of another element."""
    if re.fullmatch("h[1-6]", node.tag):
        return int(node.tag[1])
    attributes = node.attributes if node.attributes.get("role") == "heading" else {}
    level = attributes.get("aria-level") or ("2" if attributes else "")
    return int(level) if re.fullmatch("[1-9]", level) else 0


READERS: dict[str, Callable[[bytes, Counter[str]], list[str]]] = {"docx": docx_lines, "html": html_lines, "pdf": pdf_lines}
READERS |= {"markdown": markdown_lines, "text": text_lines}
