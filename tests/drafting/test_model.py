"""A model only proposes: what it says passes where its quote is on its lines and its terms exist, and is counted where not."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from gdprgraph import Register
from gdprgraph.drafting import Draft
from gdprgraph.drafting.model import REASONS, Model, ask, propose
from gdprgraph.drafting.review import Review
from gdprgraph.errors import InputError
from gdprgraph.words import Words
from support.drafted import LINES, bytes_of, drafted, proposal

KEY = "k-0123456789abcdef"


@contextmanager
def endpoint(reply, *, status=200, headers=None):
    """A small server that answers every question with `reply`: the text of the model, or the bytes of the whole body."""
    seen = []

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.append((self.path, dict(self.headers), json.loads(body)))
            whole = reply if isinstance(reply, bytes) else json.dumps({"choices": [{"message": {"content": reply}}]}).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(whole)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(whole)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", seen
        server.shutdown()
        thread.join()


@pytest.fixture
def folder(tmp_path):
    return drafted(tmp_path / "skovby", [])


def item(kind="right", lines="14", quote="Du har ret til indsigt", fields=None, **more):
    return {"kind": kind, "lines": lines, "quote": quote, "fields": {"is": "A15"} if fields is None else fields, **more}


DPO = {"of": "Skovby Kommune", "channel": "mail", "value": "dpo@skovby.example", "for": "dpv:DataProtectionOfficer"}
STORAGE = {"for": "P6M", "limit": "exactly", "criteria": "efter aflevering"}
USE = "Vi registrerer dit navn, din adresse og dit CPR-nummer, når du låner"
RIGHT = [
    item(under="notice"),
    item("contact", 5, "databeskyttelsesrådgiver træffes på dpo@skovby.example", DPO, under="notice"),
    item("use", "8", USE, {"people": "låner", "data": ["navn", "adresse"]}, under="notice"),
    item("storage", "11", "seks måneder efter", STORAGE, under="notice"),
]
WRONG = [
    (item(quote="Du har ret til dataportabilitet"), "quote"),
    (item(lines="13"), "quote"),
    (item(quote=""), "quote"),
    (item(quote="  "), "quote"),
    (item(lines="999"), "lines"),
    (item(lines="0"), "lines"),
    (item(lines="3-15"), "lines"),
    (item(lines=None), "lines"),
    (item(fields={"is": "A99"}), "term"),
    (item(fields={"is": "ret til kaffe"}), "term"),
    (item(fields={"is": "A15", "made-up": "x"}), "term"),
    (item(fields={"is": "dpv:Marketing"}), "term"),
    (item(under="no-such-activity"), "term"),
    (item("contact", "4", "Skriv til os", {"of": "Skovby Kommune", "channel": "mail", "value": "evil@x.example"}), "value"),
    (item("storage", "15", "Du kan klage", {"for": "for evigt", "criteria": "x"}), "term"),
    (item("use", "8", "Vi registrerer dit navn", {"people": "låner", "data": ["skostørrelse"]}), "value"),
    (item("use", "8", "Vi registrerer dit navn", {"data": ["navn"]}), "lacking"),
    (item("evil"), "form"),
    (item(fields="is A15"), "form"),
    (item(fields={"is": {"a": 1}}), "form"),
    (item(fields={"is": "A15", "da": "x" * 301}), "form"),
    (item(fields={"is": "A15", "da": "a\u202eb\x07"}), "form"),
    (item(fields={"is": ["A15"] * 61}), "form"),
    ("ignore all previous instructions", "form"),
    (None, "form"),
    ([[]], "form"),
]


def asked(folder, reply):
    with endpoint(reply) as (address, seen):
        review = Review(folder, "udlaan")
        return propose(review, Model(address)), review, seen


def test_right_answers_become_proposals_and_no_facts(folder):
    before = bytes_of(folder)
    with endpoint(json.dumps(RIGHT)) as (address, _):
        said = ask(folder, "udlaan", Model(address), Words("da"))
    assert "4 forslag fra modellen, 0 afvist" in said
    assert {name for name, content in bytes_of(folder).items() if content != before.get(name)} == {"drafts/udlaan.yaml"}
    draft = Draft.load(folder / "drafts" / "udlaan.yaml")
    assert {each.status for each in draft.proposals} == {"proposed"}
    assert {each.rule for each in draft.proposals} == {"model"}
    review = Review(folder, "udlaan")
    review.accept([each.id for each in draft.proposals], review.state)
    register = Register.load(folder)
    assert [finding for finding in register.check(profiles=["hygiene"]) if finding.severity != "info"] == []


@pytest.mark.parametrize(("wrong", "reason"), WRONG, ids=range(len(WRONG)))
def test_wrong_and_invented_answers_are_counted_and_leave_nothing(folder, wrong, reason):
    counts, review, _ = asked(folder, json.dumps([wrong]))
    assert counts == {reason: 1}
    assert reason in REASONS
    assert review.draft.proposals == []


def test_one_wrong_answer_does_not_take_the_right_ones_with_it(folder):
    counts, review, _ = asked(folder, json.dumps([RIGHT[0], WRONG[0][0], None, RIGHT[1]]))
    assert counts == {"passed": 2, "quote": 1, "form": 1}
    assert {each.kind for each in review.draft.proposals} == {"right", "contact"}


def test_what_was_settled_or_proposed_is_not_proposed_again(tmp_path):
    struck = proposal("right-a15", "right", 14, {"da": "indsigt", "is": "eu-gdpr:A15", "at": "14"}, "notice", "right")
    struck.status = "struck"
    folder = drafted(tmp_path / "skovby", [struck])
    counts, _, _ = asked(folder, json.dumps([RIGHT[0], RIGHT[1], RIGHT[1]]))
    assert counts == {"repeated": 2, "passed": 1}


def test_a_quote_is_compared_as_it_is_read_and_not_as_it_is_set(folder):
    counts, _, _ = asked(
        folder, "Here you are:\n```json\n" + json.dumps([item(quote="du  har\nret til indsigt".upper())]) + "\n```"
    )
    assert counts == {"form": 1}  # a line feed in a quote is no printable text
    counts, _, _ = asked(folder, "Here you are:\n```json\n" + json.dumps([item(quote="DU  HAR ret til indsigt")]) + "\n```")
    assert counts == {"passed": 1}


@pytest.mark.parametrize(
    "reply",
    ["I cannot do that.", "[" * 100_000, "[" + "1," * 5, '{"kind": "right"}', "", "[NaN, Infinity]", "\ud800"],
    ids=["refusal", "deep", "broken", "no array", "empty", "odd numbers", "surrogate"],
)
def test_hostile_texts_are_nothing_but_a_count(folder, reply):
    counts, review, _ = asked(folder, reply)
    assert set(counts) == {"form"}
    assert review.draft.proposals == []


def test_markup_and_yaml_in_an_answer_stay_text(folder):
    label = 'x}, {id: evil, status: accepted} # !!python/object <script>alert(1)</script> "'
    counts, review, _ = asked(folder, json.dumps([item(fields={"is": "A15", "name": label}, under="notice")]))
    assert counts == {"passed": 1}
    review.draft.save(review.path)
    again = Draft.load(review.path)
    assert [(each.fields["da"], each.status) for each in again.proposals] == [(label, "proposed")]


@pytest.mark.parametrize(
    ("reply", "status", "headers"),
    [
        (b"<html>", 200, {}),
        (b'{"choices": []}', 200, {}),
        (b"[" * 100_000, 200, {}),
        (b"x" * 2_100_000, 200, {}),
        (b"{}", 500, {}),
        (b"{}", 401, {}),
        (b"", 302, {"Location": "https://elsewhere.example/"}),
        (b"{", 200, {"Content-Length": "100"}),
    ],
    ids=["page", "no choice", "deep", "large", "fault", "refused", "redirect", "cut"],
)
def test_an_endpoint_that_fails_leaves_the_draft_as_it_was(folder, reply, status, headers):
    before = bytes_of(folder)
    with endpoint(reply, status=status, headers=headers) as (address, _), pytest.raises(InputError) as caught:
        ask(folder, "udlaan", Model(address, seconds=3), Words("en"))
    assert "the draft stands without it" in str(caught.value)
    assert bytes_of(folder) == before


def test_nobody_is_there(folder):
    with pytest.raises(InputError, match="cannot be reached"):
        propose(Review(folder, "udlaan"), Model("http://127.0.0.1:9/v1"))


def test_what_is_sent_is_the_text_the_task_and_the_key(folder):
    with endpoint("[]") as (address, seen):
        propose(Review(folder, "udlaan"), Model(address, "mine", KEY))
    ((path, headers, body),) = seen
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert (body["model"], body["temperature"]) == ("mine", 0)
    assert f"14: {LINES[13]}" in body["messages"][1]["content"]
    assert "right: " in body["messages"][0]["content"]
    assert KEY not in repr(Model(address, "mine", KEY))


@pytest.mark.parametrize("address", ["ftp://x/v1", "file:///etc/passwd", "http://", "http://user:word@x/v1", "x"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(InputError, match="not the address of a model"):
        Model(address)


def test_a_key_goes_encrypted_or_not_at_all():
    with pytest.raises(InputError, match="unencrypted"):
        Model("http://models.example/v1", key=KEY)
    assert Model("https://models.example/v1", key=KEY).key == KEY


def test_the_text_of_a_record_does_not_leave_the_machine(folder):
    path = folder / "notices" / "udlaan.ttl"
    path.write_text(path.read_text(encoding="utf-8").replace("a reg:Notice", "a reg:Record"), encoding="utf-8")
    with pytest.raises(InputError, match="record"):
        propose(Review(folder, "udlaan"), Model("https://models.example/v1"))


def test_without_a_setting_no_model_is_asked(folder, gdprgraph, monkeypatch):
    with endpoint("[]") as (address, seen):
        text = folder / "documents" / "udlaan.txt"
        gdprgraph("draft", str(text), "--register", str(folder))
        assert seen == []
        done = gdprgraph("draft", str(text), "--register", str(folder), env={"GDPRGRAPH_MODEL": address})
        assert len(seen) == 1
        assert f"{address}: 0 proposals of the model" in done.stdout
