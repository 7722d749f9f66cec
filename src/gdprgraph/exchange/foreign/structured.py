"""JSON and YAML of others, read with a limit; entries have a path such as `general.name` as their place."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from gdprgraph.errors import InputError
from gdprgraph.exchange.foreign.entry import Entry
from gdprgraph.words import phrase

#: Bytes of a file; the 94 activities of KL together take a tenth of a million.
LARGEST = 20_000_000


def text_of(path: Path) -> str:
    """The text of a file in UTF-8. Raises InputError for what is too large or none."""
    if path.stat().st_size > LARGEST:
        raise InputError(phrase("is over 20 MB, and is not read"), file=path, hint=phrase("divide it"))
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(phrase("not UTF-8"), file=path, hint=phrase("save the file as UTF-8")) from error


def json_objects(path: Path, needed: Iterable[str], hint: str) -> list[tuple[str, dict[str, Any]]]:
    """The objects of a JSON file, one or a list of them, each with the beginning of its paths.

    Raises InputError, with the line, for what is no JSON, and for objects that lack one of the keys `needed`.
    """
    try:
        body = json.loads(text_of(path))
    except (json.JSONDecodeError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        raise InputError(phrase("is no JSON: {why}", why=getattr(error, "msg", error)), file=path, line=line) from error
    many = isinstance(body, list)
    objects = [(f"[{at}]." if many else "", item) for at, item in enumerate(body if many else [body])]
    for start, item in objects:
        lacking = [key for key in needed if not isinstance(item, dict) or key not in item]
        if lacking:
            message = phrase("{place}has no {key}", place=f"{start.rstrip('.')} " if start else "", key=lacking[0])
            raise InputError(message, file=path, term=lacking[0], hint=hint)
    return objects


def yaml_body(path: Path) -> dict[str, Any]:
    """The keys of a YAML file; its words stay words. Raises InputError, with the line, for another, and for aliases."""
    try:
        text = text_of(path)
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise InputError(phrase("aliases (*) are not read"), file=path)
        body = yaml.load(text, yaml.BaseLoader)  # noqa: S506 - strings, lists and mappings only
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        why = " ".join(str(getattr(error, "problem", None) or error).split())
        raise InputError(phrase("is no YAML: {why}", why=why), file=path, line=mark.line + 1 if mark else None) from error
    if not isinstance(body, dict):
        raise InputError(phrase("keys belong here"), file=path, line=1, hint=phrase("name: {key: value, …}"))
    return body


def entry(field: str, place: str, value: object, terms: dict[str, str] | None = None) -> list[Entry]:
    """The entry of a value at a path, or none; a list is several values; a code has its article beside it."""
    values = [str(item).strip() for item in (value if isinstance(value, list) else [value]) if item is not None]
    values = [" ".join(item.split()) for item in values if item]
    if not values:
        return []
    pairs = tuple((value, terms[value]) for value in values if terms and value in terms)
    lines = [
        f"{value} ({_article(terms.get(value, ''))})" if terms and _article(terms.get(value, "")) else value for value in values
    ]
    return [Entry(field, place.rpartition(".")[2], "\n".join(lines), place, tuple(values), pairs)]


def _article(iri: str) -> str:
    """`Article 6(1)(e)` for the term of a code, which a reader of the line would not know."""
    match = re.fullmatch(r".*#A(\d+)-(\d+)-([a-z])", iri)
    return f"Article {match[1]}({match[2]})({match[3]})" if match else ""
