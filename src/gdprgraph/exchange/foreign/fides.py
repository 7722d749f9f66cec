"""fides' manifests (YAML): each privacy declaration of a system is an activity, with lists of data and people, uncoupled."""

from pathlib import Path
from typing import Any

from gdprgraph.errors import InputError
from gdprgraph.exchange.foreign.entry import Entry, Foreign, Row
from gdprgraph.exchange.foreign.structured import entry, yaml_body
from gdprgraph.exchange.foreign.terms import words
from gdprgraph.names import expand
from gdprgraph.words import phrase

_FIELDS = {
    "data_subjects": "people",
    "data_categories": "data",
    "legal_basis_for_processing": "basis",
    "special_category_legal_basis": "basis",
    "retention_period": "storage",
    "third_parties": "recipients",
}
#: Keys that only help fides itself.
_TECHNICAL = {"fides_key", "organization_fides_key", "meta", "tags", "system_type", "name", "data_use", "privacy_declarations"}


def read(path: Path, slug: str) -> Foreign:
    """The systems of a manifest. Raises InputError for other YAML, and for a manifest without systems."""
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
            entries = _entries(system, f"system[{at}]", declaration, place)
            foreign.rows.append(Row(_text(declaration["name"]), [*entries, *owner]))
    return foreign


def _text(value: object) -> str:
    return " ".join(str(value).split())


def _entries(system: dict[str, Any], above: str, declaration: dict[str, Any], place: str) -> list[Entry]:
    codes = {name: {key: expand(term) for key, term in table.items()} for name, table in words()["fides"].items()}
    entries = [Entry("activity", "name", _text(declaration["name"]), f"{place}.name")]
    entries += entry("purpose", f"{place}.data_use", declaration.get("data_use"), codes["data_use"])
    for key, field in _FIELDS.items():
        entries += entry(field, f"{place}.{key}", declaration.get(key), codes.get(key))
    entries += entry("systems", f"{above}.name", system.get("name"))
    for start, body in ((place, declaration), (above, system)):
        for key, value in body.items():
            if key not in _FIELDS and key not in _TECHNICAL:
                entries += _else(f"{start}.{key}", value)
    return entries


def _else(place: str, value: Any) -> list[Entry]:
    items = value if isinstance(value, list) else [value]
    return entry("else", place, [item.get("fides_key") if isinstance(item, dict) else item for item in items])
