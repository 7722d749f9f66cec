"""KITOS' registrations of data processing (JSON of its API, version 2): who processes for whom, and in which systems.

A registration is an agreement with processors and no activity, so what it says stands on the record.
"""

from pathlib import Path
from typing import Any

from gdprgraph.exchange.foreign.entry import Entry, Foreign, Row
from gdprgraph.exchange.foreign.structured import entry, json_objects
from gdprgraph.words import phrase

#: What a registration says and the register does not hold.
_ELSE = ("isAgreementConcluded", "agreementConcludedAt", "transferToInsecureThirdCountries", "basisForTransfer")


def read(path: Path, slug: str) -> Foreign:
    """The registrations of a file: one object, or a list of them. Raises InputError for other JSON."""
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
            entries += _organisation(
                "sub-processors", f"{place}.dataProcessorOrganization", row.get("dataProcessorOrganization")
            )
            for key in ("transferToInsecureThirdCountry", "basisForTransfer"):
                entries += entry("open", f"{place}.{key}", _name(row.get(key)))
        for at, usage in enumerate(body.get("systemUsages") or ()):
            entries += entry("agreement-systems", f"{start}systemUsages[{at}].name", usage.get("name"))
        for key in _ELSE:
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
    number = (
        [Entry("cvr", "cvr", str(body["cvr"]), f"{place}.cvr", (str(body["name"]), str(body["cvr"])))]
        if body.get("cvr")
        else []
    )
    return [*entry(field, f"{place}.name", body["name"]), *number]


def _name(value: Any) -> Any:
    return value.get("name") if isinstance(value, dict) else value
