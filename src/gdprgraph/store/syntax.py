"""What can be told of a SPARQL query without running it: its form, its dataset, and what it would reach outside.

This is a scanner, not a parser: the engine parses. It must never miss a SERVICE, and it may see one where there is none
(the caller then refuses a strange but harmless query). So a word counts wherever it stands outside of strings, IRIs,
comments, variables and the local part of names: Oxigraph reads `1SERVICE` and `trueSERVICE:x` as the keyword, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urljoin

from gdprgraph.vocab import PREFIXES

# Possessive single signs only: Python before 3.11.5 matches possessive groups wrongly.
_TOKEN = re.compile(
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


@dataclass(frozen=True, slots=True)
class Syntax:
    """What a scan has seen.

    `form` is SELECT, ASK, CONSTRUCT, DESCRIBE, UPDATE, or empty where no such word comes first. `default` and `named` are
    the IRIs after FROM and FROM NAMED. `services` are the IRIs after SERVICE; a variable, or what looks like SERVICE but
    is followed by no IRI, is an empty text. `depth` is how deep brackets nest. `volatile`: the answer differs each time.
    """

    form: str
    default: tuple[str, ...]
    named: tuple[str, ...]
    services: tuple[str, ...]
    depth: int
    volatile: bool

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
    shown = _scan(_ESCAPE.sub(_unescape, text))
    return Syntax(
        shown.form,
        tuple(dict.fromkeys(plain.default + shown.default)),
        tuple(dict.fromkeys(plain.named + shown.named)),
        plain.services + shown.services,
        max(plain.depth, shown.depth),
        plain.volatile or shown.volatile,
    )


def _unescape(match: re.Match[str]) -> str:
    number = int(match[1] or match[2], 16)
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else match[0]


def _scan(text: str) -> Syntax:
    form, base, depth, deepest, volatile = "", "", 0, 0, False
    prefixes = dict(PREFIXES)
    default: list[str] = []
    named: list[str] = []
    services: list[str] = []
    waiting, pending = "", ""  # the keyword that waits for an IRI, and the prefix that waits for its namespace
    for match in _TOKEN.finditer(text):
        kind, token = match.lastgroup, match.group()
        if kind == "comment" or token.isspace():
            continue
        if kind == "open":
            depth += 1
            deepest = max(deepest, depth)
        elif kind == "close":
            depth -= 1
        word = token.upper() if kind == "plain" else ""
        name = match["word"] or "" if kind == "local" else ""
        iri = _join(base, token[1:-1]) if kind == "iri" else None
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
    return Syntax(form, tuple(default), tuple(named), tuple(services), deepest, volatile)


def _join(base: str, iri: str) -> str:
    try:
        return urljoin(base, iri)
    except ValueError:
        return iri
