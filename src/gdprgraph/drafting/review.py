"""A draft under review: what a person settles is written at once, facts into the register, the rest into the draft."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from gdprgraph.drafting.accept import Files, facts
from gdprgraph.drafting.draft import ACCEPTED, PROPOSED, STRUCK, Draft, Proposal, passages
from gdprgraph.drafting.form import KINDS, Form
from gdprgraph.errors import ChangedError, InputError, UnknownName, nearest
from gdprgraph.evidence import NORMALISER, whole_digest
from gdprgraph.exchange.contract import contract
from gdprgraph.exchange.plan import home
from gdprgraph.files import files_of, write_all
from gdprgraph.register import Register
from gdprgraph.words import Words, phrase


class Review:
    """A draft of a register's folder as its files now stand; every change is one whole write, or none.

    `state` names what the files hold. What is done on the strength of another state raises ChangedError and writes nothing.
    """

    def __init__(self, folder: Path, slug: str) -> None:
        self.register = Register.load(folder, empty=True)
        self.slug, self.path = slug, self.register.folder / "drafts" / f"{slug}.yaml"
        drafts = slugs(folder)
        if slug not in drafts:
            raise UnknownName(phrase("there is no draft {name}", name=slug), term=slug, hint=nearest(slug, drafts))
        self.state = self._state()
        self.draft = Draft.load(self.path)
        self.lines = self.register.documents.lines(f"{slug}.txt", self.draft.document.get("normaliser", NORMALISER))
        #: Whether the text is another one than the draft was made of.
        self.stale = self.draft.document.get("sha256") not in {None, whole_digest(self.lines)}

    @property
    def open(self) -> list[int]:
        """What is left to read: lines that the draft leaves, but for those with a person's fact, and those of struck ones."""
        covered = {line for each in self.draft.proposals if each.status != STRUCK for line in each.lines}
        struck = {line for each in self.draft.proposals for line in each.lines}
        return sorted({*self.draft.open} - self.draft.by_hand | (struck - covered))

    def proposal(self, key: str) -> Proposal:
        """The proposal with an id or name. Raises UnknownName."""
        proposal = self.draft.find(key)
        if proposal is None:
            raise UnknownName(phrase("there is no proposal {name}", name=key), term=key, hint=phrase("look at the draft again"))
        return proposal

    def accept(self, keys: Collection[str], state: str) -> list[Proposal]:
        """Write the proposals, and what they need, into the register as one change; returns the facts, in order."""
        self._check(state)
        chosen = [proposal for proposal in map(self.proposal, keys) if proposal.status == PROPOSED]
        return self._accept(chosen) if chosen else []

    def strike(self, keys: Collection[str], state: str, *, status: str = STRUCK) -> list[Proposal]:
        """Strike proposals, or take that back with the status `proposed`; what is accepted stays accepted."""
        self._check(state)
        chosen = [proposal for proposal in map(self.proposal, keys) if proposal.status not in {ACCEPTED, status}]
        for proposal in chosen:
            proposal.status = status
        self._write({})
        return chosen

    def change(self, key: str, words: Mapping[str, Sequence[str]], lines: str, under: str, state: str) -> Proposal:
        """Accept a proposal as a person has put it: fields in words (see `Form`), lines `12, 14-16`, what it hangs on."""
        self._check(state)
        proposal = self.proposal(key)
        if proposal.status == ACCEPTED:
            raise InputError(phrase("{name} is accepted already", name=proposal.name), hint=phrase("change the Turtle"))
        coined = Form(self).fill(proposal, words, lines, under)
        proposal.changed, proposal.status = True, PROPOSED
        self.draft.proposals += coined
        self._accept([proposal])
        return proposal

    def begin(self, kind: str, words: Mapping[str, Sequence[str]], lines: str, under: str, state: str) -> Proposal:
        """Accept a fact that a person started by hand."""
        self._check(state)
        proposal = Proposal(name="", kind=kind, rule="hand", lines=())
        coined = Form(self).fill(proposal, words, lines, under)
        self.draft.proposals += [*coined, proposal.signed(self.lines)]
        self._accept([self.draft.proposals[-1]])
        return self.draft.proposals[-1]

    def _accept(self, chosen: list[Proposal]) -> list[Proposal]:
        if self.stale:
            hint = phrase("gdprgraph draft {path}", path=f"documents/{self.slug}.txt")
            raise ChangedError(phrase("the text has changed since the draft was made"), hint=hint)
        files = facts(self.register, self.draft, chosen)
        settled = {need.id: need for each in chosen for need in (*self.draft.needs(each), each)}
        for each in settled.values():
            each.status = ACCEPTED
        self._write(files)
        return list(settled.values())

    def _write(self, files: Files) -> None:
        self._check(self.state)  # what was worked out just now may have taken a second
        for path in files:
            path.parent.mkdir(exist_ok=True)
        write_all({**files, self.path: self.draft.text()})
        self.state = self._state()
        if files:
            self.register = Register.load(self.register.folder)

    def _check(self, state: str) -> None:
        if state != self._state():
            raise ChangedError(phrase("the files have changed since this was shown"), hint=phrase("nothing was written"))

    def _state(self) -> str:
        folder = self.register.folder
        text = (self.register.documents.folder or folder) / f"{self.slug}.txt"
        paths = (self.path, home(folder, self.slug), text, folder / "parties.ttl", folder / "systems.ttl")
        digests = [hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "" for path in paths]
        return hashlib.sha256("\n".join(digests).encode()).hexdigest()[:24]

    def source(self, proposal: Proposal) -> list[tuple[int, str]]:
        """The lines that a proposal stands on, with their numbers."""
        return [(number, self.lines[number - 1]) for number in proposal.lines if number <= len(self.lines)]

    def where(self, proposal: Proposal) -> str:
        """`12, 14-16`."""
        return ", ".join(passages(proposal.lines))


def slugs(folder: Path) -> list[str]:
    """The drafts of a register's folder."""
    return [path.stem for path in files_of(folder / "drafts", "*.yaml")]


def on_console(folder: Path, slug: str, language: str, answers: TextIO, out: TextIO) -> int:
    """Ask of each proposal whether it is accepted, changed or struck; returns how many are left where the answers end.

    An answer is a letter; what cannot be done is told, and asked again. Raises what `Review` raises.
    """
    return _Console(folder, slug, Words(language), answers, out).run()


class _Console:
    def __init__(self, folder: Path, slug: str, t: Words, answers: TextIO, out: TextIO) -> None:
        self.folder, self.slug, self.t, self.answers, self.out = folder, slug, t, answers, out
        self.review = Review(folder, slug)

    def run(self) -> int:
        passed: set[str] = set()
        while left := [each for each in self.review.draft.proposals if each.status == PROPOSED and each.id not in passed]:
            letter = self._ask(self._shown(left[0]), self.t("[a]ccept, [c]orrect, [s]trike, by [h]and, [n]ext, [q]uit: "))
            if letter in {None, "q"}:
                break
            try:
                self._do(letter or "n", left[0], passed)
            except InputError as error:
                self.out.write(f"  ! {error.told(self.t.language)}\n")
                self.review = Review(self.folder, self.slug)
        open_ = ", ".join(map(str, self.review.open))
        if open_:
            self.out.write(self.t("Left to read: {lines}", lines=open_) + "\n")
        return sum(each.status == PROPOSED for each in self.review.draft.proposals)

    def _do(self, letter: str, proposal: Proposal, passed: set[str]) -> None:
        state = self.review.state
        if letter == "a":
            settled = self.review.accept([proposal.id], state)
            self.out.write("  + " + ", ".join(each.name for each in settled) + "\n")
        elif letter == "s":
            self.review.strike([proposal.id], state)
        elif letter in {"c", "r"}:
            words, lines, under = self._fields(proposal, self.review.where(proposal), proposal.under)
            self.review.change(proposal.id, words, lines, under, state)
        elif letter in {"h", "i"}:
            kind = self._ask(" ".join(KINDS), "> ") or ""
            if kind in KINDS:
                owner = Form(self.review).owner(contract().kinds[kind])
                words, lines, under = self._fields(Proposal("", kind, "hand", ()), self.review.where(proposal), owner)
                self.review.begin(kind, words, lines, under, state)
        else:
            passed.add(proposal.id)

    def _fields(self, proposal: Proposal, lines: str, under: str) -> tuple[dict[str, list[str]], str, str]:
        """The fields as they are answered: an empty answer keeps what stands there, `-` empties it, `;` parts values."""
        form, words = Form(self.review, self.t.language), {}
        lines = self._ask("", f"{self.t('Lines')} [{lines}]: ") or lines
        owners = ", ".join(name for name, _ in form.owners(proposal.contract))
        under = (self._ask("", f"{self.t('belongs to')} ({owners}) [{under}]: ") or under) if owners else ""
        for blank in form.blanks(proposal.contract):
            values = form.shown(proposal, blank)
            if values or blank.slot.least or not blank.slot.fold:
                answer = self._ask("", f"{blank.slot.field.header[self.t.language]} [{'; '.join(values)}]: ")
                words[blank.key] = values if not answer else [] if answer == "-" else answer.split(";")
        return words, lines, "" if under == "-" else under

    def _shown(self, proposal: Proposal) -> str:
        form = Form(self.review, self.t.language)
        told = " · ".join(f"{name}: {values}" for name, values in form.told(proposal))
        lines = [f"{self.slug}:{number}  {text}" for number, text in self.review.source(proposal)]
        return "\n".join(["", *lines, f"  {proposal.contract.label[self.t.language]}: {told} ({proposal.rule})"])

    def _ask(self, text: str, prompt: str) -> str | None:
        """The answer to a prompt without blanks around it; None where the answers have ended."""
        self.out.write(f"{text}\n{prompt}" if text else prompt)
        self.out.flush()
        line = self.answers.readline()
        return line.strip() if line else None
