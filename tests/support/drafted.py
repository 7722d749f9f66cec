"""A register of one's own with a draft in it, by hand: what the review does must not hang on what the rules propose today."""

from __future__ import annotations

import re
from pathlib import Path

from conftest import ROOT
from gdprgraph import Register
from gdprgraph.drafting import Draft, Proposal
from gdprgraph.drafting.drafter import Drafter, shared_nodes
from gdprgraph.drafting.lexicon import Lexicon
from gdprgraph.evidence import split, whole_digest

TEXT = re.search(r"^```text udlaan.txt\n(.*?)^```$", (ROOT / "docs" / "own-register.md").read_text(), re.M | re.S)[1]
LINES = split(TEXT)


HEAD = ["Landsstyrelsen for Skovbiblioteker er dataansvarlig.", ""]


def drafter():
    """What makes a draft of lines below HEAD, by the rules of today."""
    nodes = shared_nodes(ROOT / "data")
    lexicon = Lexicon(nodes)
    return lambda *lines: Drafter("skov", [*HEAD, *lines], lexicon, nodes).draft()


def kinds(draft, kind):
    """The fields of a draft's proposals of a kind."""
    return [proposal.fields for proposal in draft.proposals if proposal.kind == kind]


def proposal(name, kind, lines, fields, under="", by="", rule="test"):
    lines = (lines,) if isinstance(lines, int) else lines
    return Proposal(name, kind, rule, lines, fields, under, by, LINES[lines[0] - 1][:20]).signed(LINES)


def proposals():
    """Fourteen proposals on the text of docs/own-register.md."""
    rights = [("A15", "indsigt"), ("A16", "berigtigelse"), ("A17", "sletning"), ("A18", "begrænsning")]
    return [
        proposal("udlaan-af", "activity", 7, {"da": "udlån", "notice": "notice:udlaan", "purpose": "p-udlaan", "at": ["7-11"]}),
        proposal("p-udlaan", "purpose", 8, {"da": "at låne udstyr ud", "is": "dpv:ServiceProvision", "at": "8"}),
        proposal("laaner", "people", 8, {"da": "låner"}),
        proposal("data-navn", "data", 8, {"da": "navn", "is": "pd:Name"}),
        proposal("data-cpr", "data", 8, {"da": "CPR-nummer", "is": "dk:CPRNumber"}),
        proposal(
            "basis-6-1-e",
            "basis",
            9,
            {"da": "artikel 6, stk. 1, litra e", "is": "eu-gdpr:A6-1-e", "at": "9"},
            "notice",
            "basis",
        ),
        proposal(
            "use-navn", "use", 8, {"da": "navn", "people": "laaner", "data": ["data-navn"], "at": "8"}, "udlaan-af", "process"
        ),
        *(
            proposal(f"right-{is_.lower()}", "right", 14, {"da": da, "is": f"eu-gdpr:{is_}", "at": "14"}, "notice", "right")
            for is_, da in rights
        ),
        proposal("right-a77", "right", 15, {"da": "klage", "is": "eu-gdpr:A77", "at": "15"}, "notice", "right"),
        proposal(
            "contact-mail",
            "contact",
            4,
            {"of": "party:skovby", "channel": "mail", "value": "fritid@skovby.example", "for": "dpv:DataController", "at": "4"},
            "notice",
            "contact",
        ),
        proposal(
            "storage-6",
            "storage",
            11,
            {"da": "seks måneder", "for": "P6M", "limit": "exactly", "criteria_da": "6 måneder efter aflevering", "at": "11"},
            "notice",
            "keep",
        ),
    ]


def draft_of(entries) -> Draft:
    body = {"file": "udlaan.txt", "lines": str(len(LINES)), "sha256": whole_digest(LINES), "normaliser": "1"}
    return Draft("udlaan", "udlaan", body, list(entries), (1, 3, 5, 10, 13, 17))


def drafted(folder: Path, entries=None, *, notice: bool = True) -> Path:
    """The folder of a register with its draft; without a `notice`, only the text is there."""
    text = folder.parent / "udlaan.txt"
    text.write_text(TEXT, encoding="utf-8")
    Register.init(folder, "skovby", name="Skovby Kommune", kind="kommune", text=text if notice else None)
    (folder / "documents" / "udlaan.txt").write_text(TEXT, encoding="utf-8")
    draft_of(proposals() if entries is None else entries).save(folder / "drafts" / "udlaan.yaml")
    return folder


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, to be compared."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
