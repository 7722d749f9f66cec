"""A manifest for fides (fideslang 3): an activity is a system, and each of its uses and flows one of its declarations.

Purposes, groups of people and data are no terms of fides: the manifest brings them as terms of its own, with their labels,
the data below the nearest category of fides.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from gdprgraph.exchange.exports.fields import Row, article, channels, left_out
from gdprgraph.exchange.exports.scope import Scope, is_given, is_plain, leveled, terms
from gdprgraph.names import PREFIXES, expand
from gdprgraph.record.document import CONTROLLER, JOINT
from gdprgraph.record.model import KINDS, RECIPIENTS, Flow, Item, Use

JSON = dict[str, Any]

_TERMS = terms("fides")


def losses(scope: Scope) -> Mapping[str, int]:
    """What a manifest cannot hold."""
    processes = [process for row in scope.rows for process in _processes(row)]
    several = sum(len(_letters(scope, process, start)) > 1 for process in processes for start in _TERMS["bases"])
    kinds = ("inferred", "reserved", "levels", "denied", "evidence", "limits", "unread", "texts", "others")
    processors = sum(isinstance(process, Flow) and process.kind.iri != KINDS[0] for process in processes)
    starts = tuple(_TERMS["bases"])
    rest = left_out(scope) | {
        "joint": 0,  # those stand in words
        "law": sum(
            not article(scope, base).startswith(starts) for process in processes for base in process.bases if is_plain(base)
        ),
        "flows": sum(scope.is_plain(flow) and flow not in processes for row in scope.rows for flow in row.flows),
        "systems": sum(bool(use.systems) for use in processes if isinstance(use, Use)),
    }
    return {kind: scope.counts[kind] for kind in kinds} | {"several": several, "roles": processors} | rest


def write(scope: Scope, losses: tuple[str, ...], suffix: str) -> str:
    """The manifest, with what it does not hold as comments at its head."""
    terms = _Terms(scope)
    systems = [system for row in scope.rows if (system := terms.system(row))["privacy_declarations"]]
    manifest = {"organization": list(_organisations(scope)), **terms.sections, "system": systems}
    text = yaml.safe_dump(manifest, allow_unicode=True, sort_keys=False, width=128)
    return "".join(f"# {line}\n" for line in losses) + text


def _processes(row: Row) -> Iterator[Use | Flow]:
    """The uses, and the flows to recipients, that are stated without reserve."""
    yield from (use for use in row.uses if row.scope.is_plain(use))
    given = RECIPIENTS - {expand("reg:UnattributedReceipt")}  # no line says that the organisation gives those
    yield from (flow for flow in row.flows if flow.kind.iri in given and row.scope.is_plain(flow))


def _letters(scope: Scope, process: Use | Flow, start: str) -> list[str]:
    articles = {article(scope, base) for base in process.bases if is_plain(base)}
    return sorted({provision.removeprefix(start)[:1] for provision in articles if provision.startswith(start)})


def _organisations(scope: Scope) -> Iterator[JSON]:
    seen: set[str] = set()
    for slug, record in scope.records:
        key = _key(record.party.iri)
        if key not in seen:
            seen.add(key)
            officer = channels(scope, slug, record, "dpv:DataProtectionOfficer")
            own = channels(scope, slug, record, "dpv:DataController")
            contacts = {"controller": {"name": record.party.label, **own}, "data_protection_officer": officer}
            for ways in contacts.values():
                ways.pop("url", None)
            yield {"fides_key": key, "name": record.party.label, **{name: ways for name, ways in contacts.items() if ways}}


class _Terms:
    """The terms of the manifest's own, as they are met."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.sections: dict[str, list[JSON]] = {"data_category": [], "data_use": [], "data_subject": []}
        self._keys: set[str] = set()

    def system(self, row: Row) -> JSON:
        """An activity, or the whole text, as a system; who controls it in words, where that is not just the organisation."""
        controllers = row.cells.get(CONTROLLER.key, row.record.cover[CONTROLLER.key]).items
        joint = {"joint_controller_info": row.text(JOINT.key)} if row.joint else {}
        plain = joint or (all(map(is_plain, controllers)) and {item.iri for item in controllers} <= {row.record.party.iri})
        return {
            "fides_key": _key(row.iri),
            "organization_fides_key": _key(row.record.party.iri),
            "name": row.title,
            **({} if plain else {"description": f"{row.t(CONTROLLER.label)}: {row.text(CONTROLLER.key)}"}),
            **joint,
            "system_type": "activity",
            "meta": {"iri": row.iri, "lines": " ".join(map(str, row.passages))},
            "privacy_declarations": [entry for process in _processes(row) for entry in self._declarations(row, process)],
        }

    def _declarations(self, row: Row, process: Use | Flow) -> Iterator[JSON]:
        """A declaration for each purpose, since fides has room for one."""
        purposes = [(item.iri, item.text) for item in process.purposes if is_plain(item)]
        if not purposes and (given := [item for item in process.purposes if is_given(item)]):
            home = row.iri if given[0].level == "activity" else PREFIXES["notice"] + row.slug
            purposes = [(home, "; ".join(map(leveled, given)))]
        silence, standing = row.record.silence(row.ref)
        data = [self._category(concept.iri, concept.label) for concept in process.data]
        for iri, label in purposes or [(standing, row.t(silence))]:
            yield {
                "name": process.fact.text,
                "data_categories": data,
                "data_use": self._term("data_use", _key(iri), label),
                "data_subjects": [self._term("data_subject", _key(who.iri), who.label) for who in (process.people,) if who],
                **self._bases(process),
                **(_shared(row, process, data) if isinstance(process, Flow) else _kept(process.storage)),
            }

    def _bases(self, process: Use | Flow) -> JSON:
        named = ((_letters(self.scope, process, start), *fields.items()) for start, fields in _TERMS["bases"].items())
        return {name: words[letters[0]] for letters, (name, words) in named if len(letters) == 1}

    def _category(self, iri: str, label: str) -> str:
        facts = self.scope.reader.facts
        above = facts.above(facts.types(iri))
        parent = next((category for name, category in _TERMS["categories"].items() if expand(name) in above), "user")
        return self._term("data_category", f"{parent}.{_key(iri)}", label, parent_key=parent)

    def _term(self, section: str, key: str, label: str, **more: str) -> str:
        if key not in self._keys:
            self._keys.add(key)
            self.sections[section].append({"fides_key": key, "name": label, **more})
        return key


def _shared(row: Row, flow: Flow, data: list[str]) -> JSON:
    # Neither a processor nor a controller is a third party (GDPR Art. 4(10)).
    if flow.kind.iri != KINDS[0] or row.may_control(flow.receiver.iri):
        return {}
    receiver = f"{flow.receiver_name} ({flow.kind})"
    return {"data_shared_with_third_parties": True, "third_parties": receiver, "shared_categories": data}


def _kept(storage: Iterable[Item]) -> JSON:
    text = "; ".join(leveled(rule) for rule in storage if is_given(rule))
    return {"retention_period": text} if text else {}


def _key(iri: str) -> str:
    """A name as fides allows it: the last two parts of an IRI."""
    return re.sub(r"\W+", "_", "_".join(iri.rsplit("/", 2)[-2:]))
