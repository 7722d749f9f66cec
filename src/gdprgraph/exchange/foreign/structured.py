"""Files of others in JSON and YAML, read with a limit; entries have a path such as `general.name` as their place.

- KL's standard activities as OS2compliance holds them (JSON): a name, what it is for, bases by identifier, and KLE groups.
- KITOS' registrations of data processing (JSON of its API, version 2): who processes for whom, and in which systems. A
  registration is an agreement with processors and no activity, so what it says stands on the record.
- fides' manifests (YAML): each privacy declaration of a system is an activity, with lists of data and people, uncoupled.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from gdprgraph.errors import InputError
from gdprgraph.exchange.foreign.entry import Entry, Foreign, Row
from gdprgraph.exchange.foreign.terms import words
from gdprgraph.names import expand
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
    articles = {value: _article(iri) for value, iri in pairs}
    lines = [f"{value} ({articles[value]})" if articles.get(value) else value for value in values]
    return [Entry(field, place.rpartition(".")[2], "\n".join(lines), place, tuple(values), pairs)]


def _article(iri: str) -> str:
    """`Article 6(1)(e)` for the term of a code, which a reader of the line would not know."""
    match = re.fullmatch(r".*#A(\d+)-(\d+)-([a-z])", iri)
    return f"Article {match[1]}({match[2]})({match[3]})" if match else ""


_KL_CHOICE = re.compile(r"register-gdpr-(?:p(?P<part>[67])-(?P<letter>[a-j])|valp(?P<section>\d+))")
#: `p6` is Article 6(1), `p7` Article 9(2); `valp6` and `valp7` are their headings, the others sections of the Danish act.
_KL_ARTICLES = {"6": "artikel 6, stk. 1, litra {}", "7": "artikel 9, stk. 2, litra {}"}


def kl(path: Path, slug: str) -> Foreign:
    """The activities of a file of KL's: one object, or a list of them. Raises InputError for other JSON."""
    hint = phrase("a KL activity has name and gdprChoices")
    foreign = Foreign(path, slug, "da", title=path.stem)
    for start, body in json_objects(path, ("name", "gdprChoices"), hint):
        name = re.sub(r"^\d+\.\s+", "", " ".join(str(body["name"]).split()))
        entries = [Entry("activity", "name", name, f"{start}name")]
        entries += entry("purpose", f"{start}description", body.get("description"))
        for at, choice in enumerate(body["gdprChoices"] or ()):
            entries += _kl_basis(foreign, f"{start}gdprChoices[{at}]", str(choice), body["gdprChoices"])
        entries += entry("subject", f"{start}kleMainGroups", [f"KLE {group}" for group in body.get("kleMainGroups") or ()])
        entries += entry("subject", f"{start}kleGroups", [f"KLE {group}" for group in body.get("kleGroups") or ()])
        foreign.rows.append(Row(name, entries))
    return foreign


def _kl_basis(foreign: Foreign, place: str, choice: str, choices: list[str]) -> list[Entry]:
    match = _KL_CHOICE.fullmatch(choice)
    if match is None:
        foreign.loss(place, phrase("unknown choice {choice}", choice=choice))
        return []
    if match["letter"] or match["section"] not in _KL_ARTICLES:
        article = _KL_ARTICLES[match["part"]].format(match["letter"]) if match["letter"] else ""
        article = article or f"databeskyttelseslovens § {match['section']}"
        return [Entry("basis", "gdprChoices", f"{choice} ({article})", place, (article,))]
    if not any(str(other).startswith(f"register-gdpr-p{match['section']}-") for other in choices):
        foreign.problem(place, phrase("open: an article without a letter"), fatal=False)
    return []


#: What a registration says and the register does not hold.
_KITOS_ELSE = ("isAgreementConcluded", "agreementConcludedAt", "transferToInsecureThirdCountries", "basisForTransfer")


def kitos(path: Path, slug: str) -> Foreign:
    """The registrations of a file of KITOS: one object, or a list of them. Raises InputError for other JSON."""
    hint = phrase("a registration of KITOS has name, general and organizationContext")
    foreign = Foreign(path, slug, "da", title=path.stem)
    for start, body in json_objects(path, ("name", "general", "organizationContext"), hint):
        general: dict[str, Any] = body["general"] or {}
        entries = [Entry("shown", "name", str(body["name"]), f"{start}name")]
        entries += _organisation("controller", f"{start}organizationContext", body["organizationContext"])
        for at, processor in enumerate(general.get("dataProcessors") or ()):
            entries += _organisation("processors", f"{start}general.dataProcessors[{at}]", processor)
        for at, row in enumerate(general.get("subDataProcessors") or ()):
            place = f"{start}general.subDataProcessors[{at}]"
            key = "dataProcessorOrganization"
            entries += _organisation("sub-processors", f"{place}.{key}", row.get(key))
            for key in ("transferToInsecureThirdCountry", "basisForTransfer"):
                entries += entry("open", f"{place}.{key}", _name(row.get(key)))
        for at, usage in enumerate(body.get("systemUsages") or ()):
            entries += entry("agreement-systems", f"{start}systemUsages[{at}].name", usage.get("name"))
        for key in _KITOS_ELSE:
            entries += entry("open", f"{start}general.{key}", _name(general.get(key)))
        for at, country in enumerate(general.get("insecureCountriesSubjectToDataTransfer") or ()):
            entries += entry("else", f"{start}general.insecureCountriesSubjectToDataTransfer[{at}]", _name(country))
        oversight = body.get("oversight") or {}
        entries += entry("else", f"{start}oversight.oversightInterval", oversight.get("oversightInterval"))
        foreign.rows.append(Row("", entries))
    return foreign


def _organisation(field: str, place: str, body: dict[str, Any] | None) -> list[Entry]:
    if not body or not body.get("name"):
        return []
    name, number = str(body["name"]), str(body.get("cvr") or "")
    numbers = [Entry("cvr", "cvr", number, f"{place}.cvr", (name, number))] if number else []
    return [*entry(field, f"{place}.name", name), *numbers]


def _name(value: Any) -> Any:
    return value.get("name") if isinstance(value, dict) else value


#: Keys that only help fides itself.
_FIDES_OWN = {"fides_key", "organization_fides_key", "meta", "tags", "system_type", "name", "data_use", "privacy_declarations"}


def fides(path: Path, slug: str) -> Foreign:
    """The systems of a manifest of fides. Raises InputError for other YAML, and for a manifest without systems."""
    body = yaml_body(path)
    if not isinstance(body.get("system"), list):
        hint = phrase("a fides manifest with system: and privacy_declarations:")
        raise InputError(phrase("has no system"), file=path, term="system", hint=hint)
    foreign = Foreign(path, slug, "en", title=path.stem)
    owners = {
        str(row.get("fides_key")): entry("controller", f"organization[{at}].name", row.get("name"))
        for at, row in enumerate(body.get("organization") or ())
        if isinstance(row, dict)
    }
    for at, system in enumerate(body["system"]):
        declarations = system.get("privacy_declarations") if isinstance(system, dict) else None
        if not isinstance(declarations, list) or not all(isinstance(item, dict) and item.get("name") for item in declarations):
            message = phrase("{place}has no {key}", place=f"system[{at}] ", key="privacy_declarations")
            raise InputError(message, file=path, hint=phrase("a list of declarations, each with a name"))
        # A system is its organisation's: the one that it names, or, where it names none, the only one.
        owner = owners.get(system.get("organization_fides_key", next(iter(owners)) if len(owners) == 1 else ""), [])
        for number, declaration in enumerate(declarations):
            place = f"system[{at}].privacy_declarations[{number}]"
            entries = _fides_entries(system, f"system[{at}]", declaration, place)
            foreign.rows.append(Row(_flat(declaration["name"]), [*entries, *owner]))
    return foreign


def _flat(value: object) -> str:
    return " ".join(str(value).split())


def _fides_entries(system: dict[str, Any], above: str, declaration: dict[str, Any], place: str) -> list[Entry]:
    codes = {name: {key: expand(term) for key, term in table.items()} for name, table in words()["fides"].items()}
    entries = [Entry("activity", "name", _flat(declaration["name"]), f"{place}.name")]
    entries += entry("purpose", f"{place}.data_use", declaration.get("data_use"), codes["data_use"])
    for key, field in words()["fides-fields"].items():
        entries += entry(field, f"{place}.{key}", declaration.get(key), codes.get(key))
    entries += entry("systems", f"{above}.name", system.get("name"))
    for start, body in ((place, declaration), (above, system)):
        for key, value in body.items():
            if key not in words()["fides-fields"] and key not in _FIDES_OWN:
                entries += _fides_else(f"{start}.{key}", value)
    return entries


def _fides_else(place: str, value: Any) -> list[Entry]:
    items = value if isinstance(value, list) else [value]
    # Who controls it together stands in words of its own: not read yet, and nothing that the register has no place for.
    field = "?" if place.endswith(".joint_controller_info") else "else"
    return entry(field, place, [item.get("fides_key") if isinstance(item, dict) else item for item in items])
