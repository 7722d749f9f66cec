"""What can be told of a SPARQL query without running it: its form, its dataset, and what it would reach outside.

This is a scanner, not a parser: the engine parses. It must never miss a SERVICE, and it may see one where there is none
(the caller then refuses a strange but harmless query). So a word counts wherever it stands outside of strings, IRIs,
comments, variables and the local part of names: Oxigraph reads `1SERVICE` and `trueSERVICE:x` as the keyword, too.

ORDER BY made safe: each expression is ordered by a key that `literals.order_key` gives.

Oxigraph compares numbers by value, texts by letters, and a number with a text by letters, too: 2 < 10, "10" < "1x" < "2". Its
sort may notice such a circle, and then ends the whole process (0.5.13). So `ORDER BY DESC(?x)` is handed to it as
`ORDER BY DESC(<urn:x-gdprgraph:order>(?x))`, a function that it asks once a row, and that gives texts alone.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin

import pyoxigraph as ox

from gdprgraph.names import PREFIXES
from gdprgraph.store.literals import order_key

# Possessive single signs only: Python before 3.11.5 matches possessive groups wrongly.
TOKEN = re.compile(
    r"""
    (?P<long>\"\"\"(?:[^\"\\]|\\.|\"(?!\"\"))*\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*''')
  | (?P<string>\"(?:[^\"\\\n\r]|\\.)*\" | '(?:[^'\\\n\r]|\\.)*')
  | (?P<iri><[^<>\"{}|^`\\\x00-\x20]*>)
  | (?P<comment>\#[^\n\r]*)
  | (?P<variable>[?$][\w·]+)
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<word>[\w.\-·]++)?(?P<local>:[\w.\-·:]*+(?:(?:%[0-9A-Fa-f]{2}|\\.)[\w.\-·:]*+)*)
  | (?P<plain>[\w.\-·]++)
  | (?P<open>[{(\[])
  | (?P<close>[})\]])
  | \\.
  | .
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH")
_VOLATILE = {"NOW", "RAND", "UUID", "STRUUID", "BNODE"}
_LONGEST = 500  # letters of a BASE against which names are resolved: each costs time in proportion


@dataclass(frozen=True, slots=True)
class Syntax:
    """What a scan has seen.

    `form` is SELECT, ASK, CONSTRUCT, DESCRIBE, UPDATE, or empty where no such word comes first. `default` and `named` are
    the IRIs after FROM and FROM NAMED. `services` are the IRIs after SERVICE; a variable, or what looks like SERVICE but
    is followed by no IRI, is an empty text. `depth` is how deep brackets nest. `volatile`: the answer differs each time.
    `size` counts the tokens outside of the rows of VALUES.
    """

    form: str
    default: tuple[str, ...]
    named: tuple[str, ...]
    services: tuple[str, ...]
    depth: int
    volatile: bool
    size: int

    @property
    def has_dataset(self) -> bool:
        """Whether the text names graphs by FROM."""
        return bool(self.default or self.named)


def scan(text: str) -> Syntax:
    """What is to be seen of a query; never fails, whatever the text. Takes time in proportion to its length."""
    return _known(text) if len(text) < 10_000 else _seen(text)


@lru_cache(maxsize=512)
def _known(text: str) -> Syntax:
    return _seen(text)


def _seen(text: str) -> Syntax:
    plain = _scan(text)
    if not _ESCAPE.search(text):
        return plain
    # Escapes such as \\u0053 count anywhere in a query (SPARQL 1.1, 19.2), so it is read once with and once without them.
    visible = _scan(_ESCAPE.sub(_unescape, text))
    return Syntax(
        visible.form,
        tuple(dict.fromkeys(plain.default + visible.default)),
        tuple(dict.fromkeys(plain.named + visible.named)),
        plain.services + visible.services,
        max(plain.depth, visible.depth),
        plain.volatile or visible.volatile,
        max(plain.size, visible.size),
    )


def _unescape(match: re.Match[str]) -> str:
    number = int(match[1] or match[2], 16)
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else match[0]


def _scan(text: str) -> Syntax:
    form, base, depth, deepest, volatile, size = "", "", 0, 0, False, 0
    prefixes = dict(PREFIXES)
    default: list[str] = []
    named: list[str] = []
    services: list[str] = []
    waiting, pending = "", ""  # the keyword that waits for an IRI, and the prefix that waits for its namespace
    rows = -1  # how deep the rows of VALUES stand, while they last
    for match in TOKEN.finditer(text):
        kind, token = match.lastgroup, match.group()
        if kind == "comment" or token.isspace():
            continue
        size += rows < 0
        if kind == "open":
            if rows == 0 and text[match.start()] == "{":
                rows = depth + 1
            depth += 1
            deepest = max(deepest, depth)
        elif kind == "close":
            if depth == rows:
                rows = -1
            depth -= 1
        word = token.upper() if kind == "plain" else ""
        name = match["word"] or "" if kind == "local" else ""
        iri = _join(base, token[1:-1]) if kind == "iri" and waiting else None
        if word == "VALUES" and rows < 0:
            rows = 0
        if kind == "local" and name in prefixes:
            iri = prefixes[name] + match["local"][1:]
        if "SERVICE" in word or ("SERVICE" in name.upper() and name not in PREFIXES):
            services.append("")
            waiting = "SERVICE" if word == "SERVICE" else ""
        elif waiting == "PREFIX" and kind == "local":
            pending, waiting = name, "NAMESPACE"
        elif waiting == "NAMESPACE":
            if iri is not None:
                prefixes[pending] = iri
            waiting = ""
        elif waiting == "BASE":
            base, waiting = iri or base, ""
        elif waiting == "SERVICE":
            if word != "SILENT":
                services[-1], waiting = iri or "", ""
        elif waiting == "FROM" and word == "NAMED":
            waiting = "NAMED"
        elif waiting in {"FROM", "NAMED"}:
            (default if waiting == "FROM" else named).append(iri if iri is not None else token)
            waiting = ""
        elif name.upper() == "FROM" and depth == 0:
            default.append(prefixes.get("", "") + match["local"][1:])  # FROM:x is FROM :x
        elif word in {"PREFIX", "BASE", "FROM"}:
            waiting = word
        elif not form and word in _FORMS:
            form = word
        elif not form and word in _UPDATES:
            form = "UPDATE"
        elif word in _VOLATILE:
            volatile = True
    # the engine finds what stands in a graph as often as that is named
    return Syntax(form, tuple(dict.fromkeys(default)), tuple(dict.fromkeys(named)), tuple(services), deepest, volatile, size)


def _join(base: str, iri: str) -> str:
    try:
        return urljoin(base, iri) if len(base) <= _LONGEST else iri
    except ValueError:
        return iri


_KEY = "urn:x-gdprgraph:order"
FUNCTIONS: dict[ox.NamedNode, Callable[..., Any]] = {ox.NamedNode(_KEY): order_key}

_BLANK = r"(?:[ \t\r\n]|\#[^\r\n]*+)*"
_GAP = re.compile(_BLANK)
_ORDER_BY = re.compile(rf"ORDER{_BLANK}BY", re.IGNORECASE)
# Oxigraph needs no space between words: ORDERBYDESC(?x) is the same
_CONDITION = re.compile(
    rf"""(?:(?:ASC|DESC){_BLANK})?(?P<bracket>\()
      | (?P<variable>[?$][\w·]+)
      | (?:NOT{_BLANK})?EXISTS{_BLANK}(?P<group>\{{)
      | (?!VALUES\b)(?:[\w.\-·]*:(?:[\w.\-·:]|%[0-9A-Fa-f]{{2}}|\\.)*|<[^<>\s]*>|[A-Za-z]\w*){_BLANK}(?P<call>\()
    """,
    re.VERBOSE | re.IGNORECASE,
)


def ordered(text: str) -> str:
    """A query whose ORDER BY clauses order by the keys, on the same lines; to be run with FUNCTIONS."""
    return _ordered(text) if re.search("order", text, re.IGNORECASE) else text


@lru_cache(maxsize=128)
def _ordered(text: str) -> str:
    inserts: list[tuple[int, str]] = []
    pairs: dict[int, int] | None = None
    for match in TOKEN.finditer(text):
        if match.lastgroup not in {"plain", "local"} or not (begin := _ORDER_BY.match(text, match.start())):
            continue
        pairs = _pairs(text) if pairs is None else pairs
        at = begin.end()
        while condition := _CONDITION.match(text, _skip(text, at)):
            kind, at = condition.lastgroup, condition.end()
            if kind != "variable":
                if at - 1 not in pairs:
                    break  # it does not parse, as the engine will say
                at = pairs[at - 1] + 1
            if kind != "group":  # a truth value
                start = condition.start("bracket") if kind == "bracket" else condition.start()
                inserts += [(start, f"(<{_KEY}>("), (at, "))")]
    pieces, last = [], 0
    for at, insert in sorted(inserts, key=lambda pair: pair[0]):
        pieces += [text[last:at], insert]
        last = at
    return "".join([*pieces, text[last:]])


def _skip(text: str, at: int) -> int:
    """The first place from `at` that is neither blank nor comment."""
    gap = _GAP.match(text, at)
    return gap.end() if gap else at


def _pairs(text: str) -> dict[int, int]:
    """The place of each opening bracket, with that of the one that closes it."""
    pairs: dict[int, int] = {}
    opened: list[int] = []
    for match in TOKEN.finditer(text):
        if match.lastgroup == "open":
            opened.append(match.start())
        elif match.lastgroup == "close" and opened:
            pairs[opened.pop()] = match.start()
    return pairs
