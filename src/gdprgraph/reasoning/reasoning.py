"""What logic says of a register, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gdprgraph.vocab import curie

if TYPE_CHECKING:
    from gdprgraph.evidence import Passage
    from gdprgraph.rows import Rows


@dataclass(frozen=True, slots=True, order=True)
class Conclusion:
    """A triple that follows and that no file says: IRIs; `qualified` where it takes statements with reserve.

    `ruled` says that the rules found it, too, when the register was loaded.
    """

    subject: str
    predicate: str
    object: str
    qualified: bool
    ruled: bool

    def __str__(self) -> str:
        return f"{curie(self.subject)} {curie(self.predicate)} {curie(self.object)}"


@dataclass(frozen=True, slots=True)
class Ground:
    """One fact, axiom or rule of an explanation: in words, where it stands in the files, and the passages it rests on."""

    kind: str
    text: str
    file: str | None
    line: int | None
    passages: tuple[Passage, ...]

    @property
    def place(self) -> str:
        """`file:line`, or nothing."""
        return f"{self.file}:{self.line}" if self.file else ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a conclusion follows from, or (`conclusion` is None) what contradicts itself: nothing can be taken from it.

    `qualified` says that some of it is inferred, conditional or possible. `checks` counts the consistency checks made.
    """

    conclusion: Conclusion | None
    qualified: bool
    grounds: tuple[Ground, ...]
    checks: int


@dataclass(frozen=True)
class Reasoning:
    """What HermiT makes of a register.

    `stated` and `consistent`: whether what is said without reserve, and everything together, is free of contradiction.
    `unsatisfiable` are classes that cannot have a member. `conclusions` are sorted. `classification` counts the defined
    classes by notice. `disagreements` names what HermiT and the rules see differently (class, member, who found it).
    """

    stated: bool
    consistent: bool
    unsatisfiable: tuple[str, ...]
    conclusions: tuple[Conclusion, ...]
    classification: Rows
    disagreements: tuple[tuple[str, str, str], ...]
    explanations: tuple[Explanation, ...]
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dict with CURIEs."""
        return {
            "consistent": self.consistent,
            "consistent_as_stated": self.stated,
            "unsatisfiable": [curie(iri) for iri in self.unsatisfiable],
            "classification": self.classification.to_dicts(),
            "disagreements": [
                {"kind": curie(kind), "node": curie(node), "found_by": who} for kind, node, who in self.disagreements
            ],
            "conclusions": [_conclusion(conclusion) for conclusion in self.conclusions],
            "explanations": [
                {
                    "conclusion": _conclusion(explanation.conclusion) if explanation.conclusion else None,
                    "qualified": explanation.qualified,
                    "grounds": [
                        {
                            "kind": ground.kind,
                            "text": ground.text,
                            "file": ground.file,
                            "line": ground.line,
                            "evidence": [str(passage) for passage in ground.passages],
                        }
                        for ground in explanation.grounds
                    ],
                }
                for explanation in self.explanations
            ],
            "seconds": round(self.seconds, 1),
        }


def _conclusion(found: Conclusion) -> dict[str, Any]:
    return {
        "subject": curie(found.subject),
        "predicate": curie(found.predicate),
        "object": curie(found.object),
        "qualified": found.qualified,
        "ruled": found.ruled,
    }
