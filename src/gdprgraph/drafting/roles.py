"""Roles: who is called supplier or processor, acts on behalf, is data protection officer or takes complaints."""

import re
from collections.abc import Callable, Sequence

from gdprgraph.drafting.couplings import Counterpart, joined
from gdprgraph.drafting.draft import NOTICE, Value, listed
from gdprgraph.drafting.lexicon import label_of, own_name
from gdprgraph.drafting.passage import Passage, cue, cues
from gdprgraph.drafting.reading import Reading
from gdprgraph.drafting.statements import strength
from gdprgraph.names import slug as slugged

_SUB = "dpv:DataSubProcessor"
_PROCESSORS = ("dpv:DataProcessor", _SUB)
#: Those that a lead-in, a heading or the header of a column may give to each of its list.
_LISTED = (*_PROCESSORS, "reg:OperationsSupplier", "reg:Supplier", "reg:ActingOnBehalf")


def add_roles(reading: Reading, passage: Passage, others: Sequence[Counterpart], home: Callable[[Passage], str]) -> None:
    """The engagements of a passage, as nodes of a reading; `home` is the activity that a passage is of, or the notice."""
    text, lead = passage.text, reading.led(passage)
    for role in cues()["roles"]:
        match = cue("roles", role).search(text)
        # »Vi bruger databehandlere: • X, som …«: each item of the list is one.
        led = match is None and bool(others) and role in _LISTED and bool(cue("roles", role).search(lead))
        match = re.match("", text) if led else match
        # »på vegne af kommunen«: who acts for another is not said to act for the authority, nor is that other.
        behind = (o for o in others if match and re.fullmatch(" af ", text[match.end() : o.start]))
        if match is None or cue("no_role").search(text) or any(not reading.is_own(o, text) for o in behind):
            continue
        label, ends, behalf = label_of(role), list[str](), list[Counterpart]()
        if role == "dpv:DataProtectionOfficer" and cue("has_officer").search(text):
            fields: dict[str, Value] = {"da": "databeskyttelsesrådgiver", "en": "data protection officer"}
            fields["unit-of"] = reading.controller
            ends = [reading.nodes.add("internal", "dpo", "dpo", "lexicon", passage.lines_of(*match.span()), fields=fields)]
        elif role == "dpv:Authority" and "klag" in text and not reading.nodes.named("role", f"{role} party:datatilsynet"):
            ends = ["party:datatilsynet"]
        elif not role.startswith("dpv:") or role in _PROCESSORS:
            parties = [o for o in others if o.kind == "party" and not reading.is_own(o, text)]
            parties = [o for o in parties if not re.search(r"\b(?:tidligere|forhenværende) $", text[: o.start])]
            # »Systematics leverandør« is somebody else.
            parties = [o for o in parties if not (re.search("s$", text[: o.end]) and text[o.end : match.start()] == " ")]
            plain = [o for o in others if o.name in {"dk:Supplier", "processors", "dpv:DataProcessor"}]
            # »Kommunen er databehandler, når …«: the authority's own role is no other's.
            nearest = next((o for o in reversed(others) if o.end <= match.start() and o.kind in {"party", "body"}), None)
            if nearest is None or not reading.is_own(nearest, text):
                beside = _beside(text, parties, *match.span())
                # »X bruger en underdatabehandler, Y«: Y is that, for X.
                behalf = [o for o in parties if role == _SUB and not led and o.end <= match.start()][:1]
                beside = [o for o in (beside if not behalf else parties) if o not in behalf]
                # »X er databehandler for skolen«: for it, and not for the authority.
                of = [o for o in others if role in _PROCESSORS and text[match.end() : o.start] == " for "]
                behalf = behalf or [o for o in of if not reading.is_own(o, text)]
                beside = [o for o in beside if o not in of]
                # »Vi bruger følgende databehandlere:« leads to those that it means.
                plain = [] if behalf or led or text.rstrip().endswith(":") else plain[:1]
                ends = [reading.end(o, passage) for o in beside or plain]
            ends = [end for end in ends if end not in {reading.controller, *(reading.end(o, passage) for o in behalf)}]
        leader = passage.lead if led and passage.lead is not None else passage
        clause = next(part for part in re.split("(?<=;)", text) if match.start() <= text.index(part) + len(part))
        reserve = strength(leader.text if leader is not passage else "", clause) if role in _LISTED else {}
        under = home(passage) if ends and role in _LISTED else NOTICE
        place = {"notice": f"notice:{reading.slug}"} if under == NOTICE else {"activity": [under]}
        for end in ends:
            fields = {"da": label[0], "en": label[1], "party": end, "role": role}
            ours = {"on-behalf-of": reading.controller} if role not in {"dpv:Authority", _SUB} else {}
            fields |= {"on-behalf-of": reading.end(behalf[0], passage)} if behalf else ours
            key = f"{role} {end}" if role.startswith("dpv:") else f"{role} {end} {passage.lines[0]}"
            name, lines = f"role-{slugged(own_name(end))}", {*leader.lines, *passage.lines}
            name = reading.nodes.add("role", key, name, "role", sorted(lines), fields=fields | reserve, words=match.group())
            node = reading.nodes[name].fields  # what the text says of itself as a whole is of each activity, too
            several = [*listed(node.pop("activity", ())), *place.get("activity", ())]
            whole = place if under == NOTICE else {"notice": node["notice"]} if "notice" in node else {}
            node |= whole or {"activity": list(dict.fromkeys(several))}


def giver(reading: Reading, end: str, around: str) -> str:
    """Who gives a party data: the authority, but a sub-processor its processor; empty where no line says who that is."""
    role = reading.nodes.named("role", f"{_SUB} {end}")
    if role is None:
        return "" if cue("sub_processor").search(around) else reading.controller
    return str(reading.nodes[role].fields.get("on-behalf-of", ""))


def _beside(text: str, parties: Sequence[Counterpart], start: int, end: int) -> list[Counterpart]:
    """The party nearest to a word from `start` to `end`, and those that a comma or »og« joins to it."""
    runs: list[list[Counterpart]] = []
    for party in parties:
        if runs and joined(text, runs[-1][-1], party):
            runs[-1].append(party)
        else:
            runs.append([party])
    return min(runs, key=lambda run: min(max(o.start - end, start - o.end) for o in run), default=[])
