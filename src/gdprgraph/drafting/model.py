"""A language model that proposes, where a setting names one; off by default, and believed in nothing that cannot be checked.

The endpoint is OpenAI-compatible (`POST …/chat/completions`). A proposal of its passes only if the words it quotes stand on the
lines it cites, its terms exist, and what it calls by a name or number stands in its quote; the others are counted by reason.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import unicodedata
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from gdprgraph.drafting.draft import NOTICE, Proposal
from gdprgraph.drafting.form import KINDS, Form
from gdprgraph.drafting.review import Review
from gdprgraph.errors import GdprgraphError, InputError
from gdprgraph.evidence.sentences import join
from gdprgraph.exchange.contract import contract
from gdprgraph.resources import table
from gdprgraph.store.http import Stay, is_loopback
from gdprgraph.words import Words, phrase, tables

_LARGEST, _MOST = 2_000_000, 300  # bytes and proposals of one answer
_LINES, _LONGEST, _WIDEST = 60, 300, 8  # lines of the text in one request, letters of a value, lines that one fact may cite
#: Why a proposal of a model was turned away.
REASONS = tables("drafting")["reasons"]
_TASK: str = table("drafting/words.yaml")["task"]


@dataclass(frozen=True, slots=True)
class Model:
    """An endpoint, such as `http://localhost:11434/v1`, the name of a model there, and a key; none of them is ever written."""

    address: str
    name: str = "default"
    key: str = field(default="", repr=False)
    seconds: float = 120.0

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password:
            hint = phrase("such as http://localhost:11434/v1")
            raise InputError(phrase("not the address of a model: {address}", address=self.address), hint=hint)
        if self.key and parts.scheme == "http" and not self.local:
            raise InputError(phrase("the key would go unencrypted over the network"), hint=phrase("use https"))

    @classmethod
    def named(cls, address: str) -> Model:
        """The model at an address, with the name and key of the environment."""
        name, key = os.environ.get("GDPRGRAPH_MODEL_NAME", "default"), os.environ.get("GDPRGRAPH_MODEL_KEY", "")
        return cls(address.rstrip("/"), name, key)

    @property
    def local(self) -> bool:
        """Whether what is sent stays on this machine."""
        return is_loopback(urlsplit(self.address).hostname or "")

    def answer(self, task: str, text: str) -> str:
        """What it says to a text. Raises InputError where it cannot be reached, or its answer is none."""
        messages = [{"role": "system", "content": task}, {"role": "user", "content": text}]
        body = json.dumps({"model": self.name, "temperature": 0, "messages": messages}).encode("utf-8")
        headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "gdprgraph"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        request = urllib.request.Request(f"{self.address}/chat/completions", body, headers)  # noqa: S310 - http or https
        try:
            with urllib.request.build_opener(Stay()).open(request, timeout=self.seconds) as response:
                content = response.read(_LARGEST + 1)
        except urllib.error.HTTPError as error:
            error.close()
            raise self._fault(phrase("the model answers {code}", code=error.code)) from error
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            why = getattr(error, "reason", None) or error
            raise self._fault(phrase("the model cannot be reached: {why}", why=str(why))) from error
        if len(content) > _LARGEST:
            raise self._fault(phrase("the model's answer is too long"))
        try:
            reply = json.loads(content)["choices"][0]["message"]["content"]
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            raise self._fault(phrase("the model's answer is of another form")) from error
        return reply if isinstance(reply, str) else ""

    def _fault(self, message: str) -> InputError:
        return InputError(message, file=self.address, hint=phrase("the draft stands without it"))


def ask(folder: Path, slug: str, model: Model, t: Words) -> str:
    """Let a model add to the draft of a text; returns what came of it in words. Raises what `propose` raises."""
    review = Review(folder, slug)
    counts = propose(review, model)
    review.draft.save(review.path)
    told = ", ".join(f"{t(REASONS[name])}: {counts[name]}" for name in REASONS if counts[name])
    rejected = sum(counts.values()) - counts["passed"]
    passed = t("{address}: {n} proposals of the model, {m} turned away", address=model.address, n=counts["passed"], m=rejected)
    return f"{passed} ({told})" if told else passed


def propose(review: Review, model: Model) -> Counter[str]:
    """Add what a model proposes to a draft, unsaved; returns how many passed (`passed`), and how many not, by reason.

    Raises InputError where the model does not answer, and for the text of a record, which may not leave the machine.
    """
    state = review.register.store.query(f"ASK {{ notice:{review.slug} a reg:Record }}")
    if state is True and not model.local:
        hint = phrase("use a model on this machine")
        raise InputError(phrase("the text of a record is not sent to another machine"), file=model.address, hint=hint)
    counts: Counter[str] = Counter()
    kinds = (contract().kinds[name] for name in KINDS)
    fields = {kind.name: (f"{slot.field.key}{'!' * slot.least}" for slot in kind.slots if not slot.fold) for kind in kinds}
    task = _TASK.format(kinds="\n".join(f"{name}: {' '.join(filter(None, keys))}" for name, keys in fields.items()))
    lines = [f"{number}: {line}" for number, line in enumerate(review.lines, 1) if line.strip()]
    for start in range(0, len(lines), _LINES):  # as much as a small model can hold
        for item in _items(model.answer(task, "\n".join(lines[start : start + _LINES]))):
            reason = _take(review, item) if len(review.draft.proposals) < 100 * _MOST else "form"
            counts[reason or "passed"] += 1
    return counts


def _items(said: str) -> list[object]:
    """The array in an answer, also where fences or words stand around it; one odd item where there is none."""
    start, end = said.find("["), said.rfind("]")
    try:
        items = json.loads(said[start : end + 1]) if 0 <= start < end else None
    except (ValueError, RecursionError):
        items = None
    return items[:_MOST] if isinstance(items, list) else [None]


def _take(review: Review, item: object) -> str:
    """Put one item into the draft as a proposal; returns why not, or an empty text."""
    if not isinstance(item, dict) or not isinstance(fields := item.get("fields"), dict) or item.get("kind") not in KINDS:
        return "form"
    lists = {key: value if isinstance(value, list) else [value] for key, value in fields.items()}
    quote, lines, under = (item.get(name) or "" for name in ("quote", "lines", "under"))
    texts = [quote, under, *lists, *(word for words in lists.values() for word in words)]
    if not all(isinstance(text, str) and len(text) <= _LONGEST and text.isprintable() for text in texts) or len(texts) > 60:
        return "form"
    form, proposal = Form(review), Proposal(name="", kind=item["kind"], rule="model", lines=(), words=quote)
    try:
        numbers = form.lines(str(lines))
    except InputError:
        numbers = ()
    if not 0 < len(numbers) <= _WIDEST:
        return "lines"
    cited = [review.lines[number - 1] for number in numbers]
    if len(_plain(quote)) < 3 or not any(_plain(quote) in _plain(text) for text in (join(cited), " ".join(cited))):
        return "quote"
    known = {blank.key: blank.slot.field for blank in form.blanks(proposal.contract)}
    language, slots = review.register.languages[0], [slot.field for slot in proposal.contract.slots if slot.field.to == "text"]
    texts_by = {entry.name: f"{entry.key}_{language}".lstrip("_") for entry in slots}
    lists = {texts_by.get(key, key): words for key, words in lists.items()}
    if not known.keys() >= lists.keys():
        return "term"
    printed = [word for key, words in lists.items() for word in words if known[key].to == "string" and key != "scheme"]
    figures = set(re.findall(r"\d+", quote))
    durations = [word for key, words in lists.items() for word in words if known[key].name == "duration"]
    odd = any(figures and not set(re.findall(r"\d+", word)) <= figures for word in durations)
    if odd or any(_plain(word) not in _plain(quote) for word in printed):
        return "value"
    try:
        coined = form.fill(proposal, lists, str(lines), under if under != "teksten" else NOTICE)
    except GdprgraphError:
        return "term"
    names = [label for each in coined if "is" not in each.fields for label in each.fields.values()]
    if any(isinstance(name, str) and _plain(name) not in _plain(quote) for name in names):
        return "value"
    if proposal.missing:
        return "lacking"
    signed = proposal.signed(review.lines)
    if any((each.kind, each.lines) == (signed.kind, signed.lines) and _same(each, signed) for each in review.draft.proposals):
        return "repeated"
    review.draft.proposals += [*(replace(each, rule="model").signed(review.lines) for each in coined), signed]
    return ""


def _same(one: Proposal, other: Proposal) -> bool:
    """Whether two proposals say the same, whatever they are called."""
    beside = {"da", "en", "at"}
    fields, others = ({key: value for key, value in each.fields.items() if key not in beside} for each in (one, other))
    return one.id == other.id or (fields == others and bool(fields))


def _plain(text: str) -> str:
    """A text without what a normaliser or a printer changes: case, blanks, forms of letters, soft hyphens."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("\u00ad", "").casefold().split())
