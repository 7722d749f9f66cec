"""One notice in TILT, the Transparency Information Language (JSON; github.com/Transparency-Information-Language/schema).

TILT has neither *inferred* nor *not stated*: what is inferred or reserved is left out, and where TILT demands a value that the
text does not give, a `standing` beside it says so (`not-stated`, `not-read`), in words in its text, `ZZ` as its country and
`false` as its answer. An answer that the text gives with a reserve only is `reserved`, one that is inferred only `inferred`
(and `false`). `standings` say why a list is empty.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from gdprgraph.errors import InputError
from gdprgraph.exchange.exports.fields import article, channels, left_out
from gdprgraph.exchange.exports.scope import Scope, is_given, is_plain, leveled, terms
from gdprgraph.names import PREFIXES, expand
from gdprgraph.questions.rows import Concept
from gdprgraph.record.cover import contacts, denials, of_whom
from gdprgraph.record.document import CONTROLLER, DPO, TRANSFERS, part
from gdprgraph.record.model import RECIPIENTS, Flow, Item, Use
from gdprgraph.words import Words, phrase

JSON = dict[str, Any]

_TERMS = terms("tilt")
_RESERVED, _INFERRED = {"standing": "reserved"}, {"standing": "inferred"}
#: A way of a right → what its contact points are for; of the others, the rights of the people.
_WAYS = {"rightToWithdrawConsent": "eu-gdpr:A7-3", "rightToComplain": "eu-gdpr:A77"}


def losses(scope: Scope) -> Mapping[str, int]:
    """What TILT cannot hold, and how often it demands what the text does not give."""
    document = _Document(scope)
    body = document.body()
    silent = json.dumps(body).count(json.dumps(document.unstated)[1:-1])
    empty = sum(value == [] for entry in body["dataDisclosed"] for value in entry.values())
    kinds = ("inferred", "reserved", "denied", "couplings", "levels", "people", "limits", "unread", "texts", "others")
    rest = left_out(scope, (provision for articles in _TERMS["rights"].values() for provision in articles))
    return {kind: scope.counts[kind] for kind in kinds} | {"silent": silent, "empty": empty} | rest


def write(scope: Scope, losses: tuple[str, ...], suffix: str) -> str:
    """The JSON, valid against the schema of TILT."""
    document = _Document(scope)
    told = {"dated": document.record.sources[0].dated, "standings": document.standings(), "losses": losses}
    return json.dumps(document.body() | {"gdprgraph": told}, ensure_ascii=False, indent=2) + "\n"


class _Document:
    def __init__(self, scope: Scope) -> None:
        if len(scope.slugs) != 1:
            raise InputError(phrase("TILT holds one notice"), hint=phrase("known: {names}", names=", ".join(scope.slugs)))
        ((self.slug, self.record),) = scope.records
        self.scope, self.reader, self.facts = scope, scope.reader, scope.reader.facts
        self.notice = PREFIXES["notice"] + self.slug
        silence, standing = self.record.silence()
        self.silence, self.unstated = Words(scope.language)(silence), {"standing": standing}

    def body(self) -> JSON:
        """The whole document."""
        source = self.record.sources[0]
        controller = self._channels("dpv:DataController")
        return {
            "meta": {
                "_id": self.notice,
                "name": self.record.party.label,
                "created": self.record.date,
                "modified": self.record.date,
                "version": 1,
                "language": self.scope.language,
                "status": "active",
                "url": self.notice,
                "_hash": source.sha256 or "0" * 64,
            },
            "controller": {
                "name": self.record.party.label,
                **self._place(controller),
                **{name: controller[name] for name in ("email", "phone") if name in controller},
                **({} if self._controls() else _RESERVED),
                "representative": {"name": self.silence, "email": "not-stated@example.invalid", **self.unstated},
            },
            "dataProtectionOfficer": self._body("dpv:DataProtectionOfficer"),
            "dataDisclosed": [self._disclosed(data) for data in self._categories()],
            "thirdCountryTransfers": [self._transfer(flow, country) for flow in self._flows() for country in flow.countries],
            "sources": list(self._sources()),
            **{name: self._right(name, articles) for name, articles in _TERMS["rights"].items()},
            "automatedDecisionMaking": self._automated(),
            "changesOfPurpose": [],
        }

    def standings(self) -> JSON:
        """Why lists of the whole document are empty, and what is said of them all the same."""
        rows = [row for row in self.scope.rows if row.cells[TRANSFERS.key].items]
        told = {"standing": self._standing(item for row in rows for item in row.cells[TRANSFERS.key].items)}
        told |= {"description": "\n".join(row.text(TRANSFERS.key) for row in rows)} if rows else {}
        transfers = {} if any(flow.countries for flow in self._flows()) else {"thirdCountryTransfers": told}
        return transfers | {"changesOfPurpose": self.unstated}

    def _standing(self, items: Iterable[Item]) -> str:
        """Why a list is empty: all that is said is inferred, or denied, or it is said with a reserve; or nothing is said."""
        how = {item.status if item.status in {"inferred", "denied"} and self._is_whole(item) else "reserved" for item in items}
        return how.pop() if len(how) == 1 else "reserved" if how else self.unstated["standing"]

    def _is_whole(self, item: Item) -> bool:
        """Whether something is said of all people and data, and not as a rule only."""
        return not item.qualifiers and not self.facts.ends(item.iri, "dpv:hasDataSubject", "dpv:hasPersonalData", "dpv:hasData")

    def _controls(self) -> bool:
        """Whether the text says without reserve who controls each activity, and that nobody else does."""
        items = [item for activity in self.record.activities for item in activity.cells[CONTROLLER.key].items]
        return all(is_plain(item) and item.iri == self.record.party.iri for item in items)

    def _uses(self) -> list[Use]:
        return [use for use in self.record.uses if self.scope.is_plain(use)]

    def _flows(self) -> list[Flow]:
        return [flow for flow in self.record.flows if self.scope.is_plain(flow)]

    def _categories(self) -> list[Concept]:
        processes: list[Use | Flow] = [*self._uses(), *(flow for flow in self._flows() if not flow.is_source)]
        return list({data.iri: data for process in processes for data in process.data}.values())

    def _disclosed(self, data: Concept) -> JSON:
        uses = [use for use in self._uses() if data in use.data]
        flows = [flow for flow in self._flows() if data in flow.data]
        processes: list[Use | Flow] = [*uses, *flows]
        bases = _once(base for process in processes for base in process.bases if not base.level)
        purposes = _once(purpose for process in processes for purpose in process.purposes)
        received = {flow.receiver.iri: flow for flow in flows if flow.kind.iri in RECIPIENTS}
        return {
            "_id": data.iri,
            "category": data.label,
            "purposes": [{"purpose": leveled(item), "description": self._description(item)} for item in purposes],
            "legalBases": [{"reference": self._reference(item), "description": self._description(item)} for item in bases],
            "legitimateInterests": [],
            "recipients": [self._recipient(flow) for flow in received.values()],
            "storage": [self._storage(item, uses) for item in _once(item for use in uses for item in use.storage)],
            "nonDisclosure": dict.fromkeys(("legalRequirement", "contractualRegulation", "obligationToProvide"), False)
            | {"consequences": self.silence, **self.unstated},
        }

    def _recipient(self, flow: Flow) -> JSON:
        named = flow.receiver.iri.startswith(PREFIXES["party"])
        return {"name": flow.receiver.label, "category": flow.kind.label} if named else {"category": flow.receiver_name}

    def _reference(self, item: Item) -> str:
        provision = article(self.scope, item)
        return f"GDPR-{provision.removeprefix('A')}" if provision else item.text

    def _storage(self, item: Item, uses: Iterable[Use]) -> JSON:
        """A rule, with the uses of the data that it is said of where that is not everything at once."""
        names = (use.fact.text for use in uses if any(rule.iri == item.iri for rule in use.storage) and not item.level)
        text = part(replace(item, only_for=tuple(dict.fromkeys(names)))).text
        duration = self.facts.end(item.iri, "dpv:hasDuration")
        length = "" if item.level else self.facts.text(duration, "rdf:value")
        limit = self.facts.end(item.iri, "reg:limit")
        return {
            "temporal": [{"description": text, "ttl": length}] if length else [],
            "purposeConditional": [] if length else [leveled(item.reworded(text))],
            "legalBasisConditional": [],
            "aggregationFunction": next((word for name, word in _TERMS["limits"].items() if expand(name) == limit), ""),
        }

    def _transfer(self, flow: Flow, country: Concept) -> JSON:
        code = country.iri.removeprefix(PREFIXES["loc"])
        tools = [(article(self.scope, tool), tool) for tool in flow.tools if is_plain(tool)]

        def safeguard(articles: tuple[str, ...]) -> JSON:
            given = [tool for provision, tool in tools if articles and provision.startswith(articles)]
            text = "; ".join(f"{tool.text} ({self._description(tool)})" for tool in given)
            return {"available": True, "description": text} if given else self._unstated("available", "description")

        return {
            "country": code if re.fullmatch("[A-Z]{2}", code) else "ZZ",
            **{name: safeguard(tuple(articles)) for name, articles in _TERMS["safeguards"].items()},
        }

    def _sources(self) -> Iterator[JSON]:
        senders: dict[str, tuple[str, list[JSON]]] = {}
        for flow in self._flows():
            for data in flow.data if flow.is_source and flow.sender else ():
                text = f"{flow.sender} ({self._description(flow.fact)})"
                entry = {"description": text, "url": "", "publiclyAvailable": False, **self.unstated}
                senders.setdefault(data.iri, (data.label, []))[1].append(entry)
        for iri, (label, entries) in senders.items():
            yield {"_id": iri, "dataCategory": label, "sources": entries}

    def _right(self, name: str, articles: list[str]) -> JSON:
        classes = {expand(f"eu-gdpr:{provision}") for provision in articles}
        homes = dict.fromkeys(home for row in self.scope.rows for home in row.homes)
        reader = self.scope.reader  # TILT speaks to the readers of a notice, as its "you" does
        found = (item for home in homes for item in of_whom(reader, reader.items(home, "dpv:hasRight")))
        told = {item.iri: item for item in found if classes & self.facts.above(self.facts.types(item.iri))}
        stated = [item for item in told.values() if item.status == "stated"]
        text = "; ".join(f"{item.text} ({self._description(item)})" for item in stated or told.values())
        right = {"available": bool(stated), "description": text} if told else self._unstated("available", "description")
        right |= {} if not told or any(map(is_plain, stated)) else _RESERVED if stated else _INFERRED
        ways = self._channels(_WAYS.get(name, "dpv:DataSubjectRight"))
        right |= {"url": ways.get("url", ""), "email": ways.get("email", ""), "identificationEvidences": []}
        if name == "accessAndDataPortability":
            right |= {"administrativeFee": {"amount": -1, "currency": "XXX", **self.unstated}}
            right |= {"dataFormat": self.silence, "dataFormats": []}
        return right | ({"supervisoryAuthority": self._body("eu-gdpr:A77")} if name == "rightToComplain" else {})

    def _automated(self) -> JSON:
        said = denials(self.reader, self.notice, expand("reg:AutomatedDecision"))
        if not said:
            return self._unstated("inUse", "logicInvolved", "scopeAndIntendedEffects")
        items = [item for item in said if self.facts.standing(item.iri) != "inferred"]
        text = "; ".join(f"{item.text} ({self._description(item)})" for item in items or said)
        standing = {"standing": "denied"} if any(map(self._is_whole, items)) else _RESERVED if items else _INFERRED
        return {"inUse": False, "logicInvolved": text, "scopeAndIntendedEffects": self.silence, **standing}

    def _unstated(self, answer: str, *texts: str) -> JSON:
        return {answer: False, **dict.fromkeys(texts, self.silence), **self.unstated}

    def _body(self, about: str) -> JSON:
        """Whom the contact points for something are of, and how to reach it; what TILT demands and the text does not give."""
        printed = contacts(self.reader, [self.notice], self.record.party.iri, about)
        items = [item for item in printed if item.status != "inferred"]
        owners = [self.reader.label(self.facts.end(item.iri, "reg:contactOf")) for item in items]
        if about == "dpv:DataProtectionOfficer":  # who it is, as the text calls it, before whom it is of
            named = (item for item in self.record.cover[DPO.key].items if item.iri not in {point.iri for point in printed})
            owners = [item.text for item in named if item.status != "inferred"] or owners
        if about == "eu-gdpr:A77" and not owners:  # named, though no way to reach it is printed
            query = f"""SELECT DISTINCT ?party WHERE {{ ?role reg:inNotice <{self.notice}> ; reg:party ?party ;
                reg:role/rdfs:subClassOf? dpv:Authority FILTER NOT EXISTS {{ ?role reg:assertion reg:Inferred }} }}"""
            owners = [self.reader.label(party) for (party,) in self.facts.rows(query)]
        owners = list(dict.fromkeys(owners))
        ways = {name: self.silence for name in ("email", "phone")} | self._channels(about)
        return {"name": ", ".join(owners) or self.silence, **self._place(ways), "email": ways["email"], "phone": ways["phone"]}

    def _place(self, ways: Mapping[str, str]) -> JSON:
        return {"address": ways.get("address", self.silence), "country": "ZZ", **self.unstated}

    def _channels(self, about: str) -> dict[str, str]:
        return channels(self.scope, self.slug, self.record, about)

    def _description(self, item: Item) -> str:
        """What the text adds to a statement, and its lines."""
        return "; ".join((*item.qualifiers, " ".join(map(str, item.passages)))).strip("; ")


def _once(items: Iterable[Item]) -> list[Item]:
    """Statements that are given without reserve, each once."""
    return list({item.iri: item for item in sorted(filter(is_given, items), key=lambda item: item.level)}.values())
