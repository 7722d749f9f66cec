"""A draft reviewed on the console: proposal by proposal, each with its lines; what is settled is written at once."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

from gdprgraph.drafting.form import KINDS, Form
from gdprgraph.drafting.proposal import PROPOSED, Proposal
from gdprgraph.drafting.review import Review
from gdprgraph.errors import InputError
from gdprgraph.exchange.contract import contract
from gdprgraph.words import Words


def review(folder: Path, slug: str, language: str, answers: TextIO, out: TextIO) -> int:
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
            self.out.write(self.t("Lines without a proposal: {lines}", lines=open_) + "\n")
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
