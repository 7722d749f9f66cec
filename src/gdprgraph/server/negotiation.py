"""Which of the formats on offer a client wants most (RFC 9110, 12.5.1)."""

from dataclasses import dataclass
from functools import lru_cache

from gdprgraph.flows import formats as flows
from gdprgraph.record import formats as records
from gdprgraph.resources import table
from gdprgraph.server.problems import Problem
from gdprgraph.words import phrase

_MEDIA = table("server/media.yaml")
SOLUTIONS, GRAPHS, ROWS, FINDINGS = (_MEDIA[name] for name in ("solutions", "graphs", "rows", "findings"))
FLOWS = {"application/json": "json"} | {
    media_type.partition(";")[0]: name for name, media_type in reversed(flows.FORMATS.items())
}
RECORDS = {media_type.partition(";")[0]: name for name, (_, media_type) in records.FORMATS.items()}
RECORDS["application/json"] = RECORDS["application/ld+json"]  # which is JSON, too


@dataclass(frozen=True, slots=True)
class Choice:
    """The media type to answer with, and the name of the format."""

    media_type: str
    format: str

    @property
    def content_type(self) -> str:
        """The Content-Type; text names its charset, for else a client may take it for another."""
        return self.media_type + ("; charset=utf-8" if self.media_type.startswith("text/") else "")


def choose(accept: str | None, *offers: dict[str, str]) -> Choice | None:
    """What suits an Accept header best among the offers, the first where all suit alike; None where nothing does."""
    offered = tuple(item for offer in offers for item in offer.items())
    return _choose(accept or "*/*", offered) if len(accept or "") < 2000 else _choose("*/*", offered)


@lru_cache(maxsize=512)
def _choose(accept: str, offered: tuple[tuple[str, str], ...]) -> Choice | None:
    ranges = _ranges(accept)
    best: tuple[float, Choice] | None = None
    for media_type, name in offered:
        weight = _weight(media_type, ranges)
        if weight > 0 and (best is None or weight > best[0]):
            best = (weight, Choice(media_type, name))
    return best[1] if best else None


def named(name: str | None, offer: dict[str, str]) -> Choice | None:
    """The format of a name or media type that stands in an address, for links; None where there is no such format.

    A name that is not known leaves it to Accept: some clients send names of their own beside it.
    """
    return next((Choice(media_type, known) for media_type, known in offer.items() if name in {media_type, known}), None)


def wanted(accept: str | None, *offers: dict[str, str]) -> Choice:
    """As `choose`; raises the problem 406 where nothing suits."""
    found = choose(accept, *offers)
    if found is None:
        names = ", ".join(dict.fromkeys(name for offer in offers for name in offer))
        what = phrase("none of the formats in Accept can be given")
        raise Problem("not-acceptable", what, hint=phrase("on offer: {names}", names=names))
    return found


def _ranges(accept: str) -> list[tuple[str, str, float]]:
    found = []
    for part in accept.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        kind, slash, subtype = ("*/*" if name == "*" else name).partition("/")
        given = [value for key, _, value in (parameter.partition("=") for parameter in parameters) if key.strip() == "q"]
        if slash:
            found.append((kind, subtype, _quality(given[-1]) if given else 1.0))
    return found


def _quality(text: str) -> float:
    try:
        return min(float(text), 1.0) if float(text) > 0 else 0.0  # of "nan", too, which is a float
    except ValueError:
        return 0.0


def _weight(media_type: str, ranges: list[tuple[str, str, float]]) -> float:
    kind, _, subtype = media_type.partition("/")
    fits = [((k != "*") + (s != "*"), q) for k, s, q in ranges if k in {"*", kind} and s in {"*", subtype}]
    return max(fits, default=(0, 0.0))[1]
