"""Flows: who sends what to whom, as a picture and, with the same content, as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gdprgraph.errors import both
from gdprgraph.flows.flow import STANDINGS
from gdprgraph.pages import asset
from gdprgraph.pages.answer import table
from gdprgraph.pages.frame import Frame
from gdprgraph.server.asking import only, parameters_of
from gdprgraph.server.problems import Problem
from gdprgraph.vocab import curie, expand

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

FILTERS = ("data", "party", "people", "notice", "assertion", "country", "activity", "purpose", "basis")
_PAGE = ("by", "form", "undetermined")
FORMS = ("layers", "ribbons", "explore")
#: What the explorer says: word → (Danish, English).
_SAYS = {
    "people": ("persongruppe", "group of people"),
    "party": ("part", "party"),
    "described": ("part, som teksten kun beskriver", "party that the text only describes"),
    "internal": ("enhed eller person hos en part", "unit or person within a party"),
    "system": ("it-system", "IT system"),
    "country": ("tredjeland", "third country"),
    "flow-out": ("Giver til", "Gives to"),
    "flow-in": ("Får fra", "Gets from"),
    "about-out": ("Er omtalt i det, som gives af", "Are told of in what is given by"),
    "about-in": ("Giver oplysninger om", "Gives data about"),
    "via-out": ("Bruger på vejen", "Passes them through"),
    "via-in": ("Ligger på vejen for", "Is on the way for"),
    "transfer-out": ("I tredjelandet", "In the third country"),
    "transfer-in": ("Modtagere dér", "Receivers there"),
    "nothing": ("Ingen strømme i dette udvalg", "No flows in this selection"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A list of a form."""

    name: str
    label: str
    options: list[tuple[str, str]]
    value: str


def page(request: Request) -> Response:
    """The flows that match the form. Raises Problem and UnknownName."""
    frame = Frame(request)
    found = parameters_of(request, (*FILTERS, *_PAGE))
    given = {name: only(found, name) or None for name in FILTERS}
    form, by = only(found, "form") or "layers", only(found, "by") or "activity"
    if form not in FORMS or by not in {"activity", "system"}:
        hint = both(
            "form=layers, ribbons eller explore; by=activity eller system",
            "form=layers, ribbons or explore; by=activity or system",
        )
        raise Problem("bad-request", both(f"der er ingen tegning {form} {by}", f"no picture {form} {by}"), hint=hint)
    undetermined = bool(only(found, "undetermined"))
    flows = frame.register.flows(**given, undetermined=undetermined, lang=frame.language)
    drawn = None
    if len(flows) or flows.holdings:
        drawn = flows.sankey(theme="light") if form == "ribbons" else flows.picture(by=by, theme="light")
    chosen = {name: value for name, value in given.items() if value}
    return frame.render(
        "flows.html",
        title=flows.title,
        flows=flows,
        picture=drawn,
        answer=table(frame, flows.rows(), limit=1000),
        choices=_choices(frame, given),
        hidden={name: value for name, value in chosen.items() if name in {"activity", "purpose", "basis", "country"}},
        chosen=chosen,
        form=form,
        by=by,
        undetermined=undetermined,
        selection=chosen | ({"undetermined": "1"} if undetermined else {}),
        explorer=asset.bundled("explorer.js"),
        says={name: frame.t(*texts) for name, texts in _SAYS.items()} | {name: frame.word(name) for name in STANDINGS},
    )


def _choices(frame: Frame, given: dict[str, str | None]) -> list[Choice]:
    library, language = frame.library, frame.language

    def concepts(kind: str, scheme: str) -> list[tuple[str, str]]:
        return [(item.curie, item.label) for item in library.choices(kind, scheme, language)]

    standings = [(name, frame.word(name)) for name in ("stated", "inferred", "attested")]
    lists = [
        ("data", frame.t("oplysninger", "data"), concepts("concept", "dpv:PersonalData")),
        ("party", frame.t("part", "party"), concepts("node", "reg:Party")),
        ("people", frame.t("personer", "people"), concepts("concept", "dpv:HumanSubject")),
        ("notice", frame.t("oplysningstekst", "notice"), [(n.slug, frame.label(n.iri)) for n in library.notices]),
        ("assertion", frame.t("udsagn", "standing"), standings),
    ]
    made = []
    for name, label, options in lists:
        value = given[name] or ""
        if value and value not in {option for option, _ in options}:
            value = _named(frame, value)
            if value not in {option for option, _ in options}:
                options = [(value, value), *options]
        made.append(Choice(name, label, options, value))
    return made


def _named(frame: Frame, value: str) -> str:
    if ":" in value:
        return curie(expand(value))
    meant = frame.register.labels.names.get(value.casefold(), set())
    return curie(next(iter(meant))) if len(meant) == 1 else value
