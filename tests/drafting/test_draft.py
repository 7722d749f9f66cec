"""A draft: proposals in a file outside the register, kept through a second drafting, and accepted as compact YAML."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gdprgraph.drafting import ACCEPTED, STRUCK, Draft
from gdprgraph.drafting.draft import draft_path
from gdprgraph.drafting.drafter import drafted
from gdprgraph.errors import InputError
from gdprgraph.exchange import sidecar

TEXT = """Privatlivspolitik for Skovby Kommune

Skovby Kommune er dataansvarlig for behandlingen af dine personoplysninger.

Hjemlen er databeskyttelsesforordningens artikel 6, stk. 1, litra c-e, og artikel 9, stk. 2, litra f og g.

Vi videregiver dit navn og dit CPR-nummer til Udbetaling Danmark, hvis du søger boligstøtte.

Din sag slettes senest 5 år efter, at sagen er afsluttet.

Du har ret til indsigt og ret til at klage til Datatilsynet.

Telefon: 11 22 33 44
Mail: post@skovby.example
"""


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "documents" / "skovby.txt"
    path.parent.mkdir()
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_a_draft_comes_back_from_its_file(text):
    draft, path = drafted(text), draft_path(text)
    draft.save(path)
    assert path == text.parent.parent / "drafts" / "skovby.yaml"
    again = Draft.load(path)
    assert again == draft
    assert again.text() == path.read_text(encoding="utf-8")


def test_every_proposal_has_lines_and_names_that_are_there(text):
    draft = drafted(text)
    names = {proposal.name for proposal in draft.proposals}
    for proposal in draft.proposals:
        assert proposal.lines
        assert proposal.names <= names, proposal
        assert proposal.references & names <= {need.name for need in draft.needs(proposal)}, "shared ones that it proposes, too"
        assert not proposal.missing, proposal


def test_accepted_proposals_are_compact_yaml_with_what_they_need(text):
    draft = drafted(text)
    flow = next(proposal for proposal in draft.proposals if proposal.kind == "flow")
    assert {need.kind for need in draft.needs(flow)} >= {"data", "people"}
    assert draft.compact() == draft.compact(("struck",))
    flow.status = ACCEPTED
    kinds = {node.kind.name for node in sidecar.read_text(draft.compact()).nodes.values() if node.kind}
    assert kinds >= {"flow", "data", "people", "notice", "document"}


def test_a_struck_proposal_does_not_come_back_when_lines_move(text):
    draft, path = drafted(text), draft_path(text)
    right = next(proposal for proposal in draft.proposals if proposal.kind == "right")
    right.status = STRUCK
    draft.save(path)
    text.write_text(TEXT.replace("Hjemlen", "En ny linje.\n\nHjemlen"), encoding="utf-8")
    again = drafted(text, past=path)
    same = again.find(right.id)
    assert same is not None
    assert same.status == STRUCK
    assert same.lines == tuple(line + 2 for line in right.lines)


def test_a_changed_proposal_stays_as_it_was_left(text):
    draft, path = drafted(text), draft_path(text)
    storage = next(proposal for proposal in draft.proposals if proposal.kind == "storage")
    draft.proposals[draft.proposals.index(storage)] = replace(
        storage, status=ACCEPTED, changed=True, fields={**storage.fields, "for": "P4Y"}
    )
    draft.save(path)
    assert drafted(text, past=path).find(storage.id).fields["for"] == "P4Y"


def test_a_link_to_itself_is_no_text(tmp_path, gdprgraph):
    (tmp_path / "text.txt").symlink_to("text.txt")
    told = gdprgraph("draft", str(tmp_path / "text.txt"), check=False)
    assert (told.returncode, told.stderr.count("\n"), "symbolic links" in told.stderr) == (2, 1, True)


@pytest.mark.parametrize(
    "content", ["", "a: [", "gdprgraph-draft: 2\nslug: x", "gdprgraph-draft: 1\nslug: x\nproposals: [{id: a}]", "- x"]
)
def test_what_is_no_draft_is_refused_in_one_line(tmp_path, content):
    path = tmp_path / "x.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        Draft.load(path)
    assert "\n" not in str(caught.value)
