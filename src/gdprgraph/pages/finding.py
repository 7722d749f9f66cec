"""One finding: what to do, and the Turtle that attests or waives it, filled in and ready to commit."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from gdprgraph.checks.places import place
from gdprgraph.checks.words import WORDS
from gdprgraph.errors import both
from gdprgraph.pages.frame import Frame
from gdprgraph.server.asking import only, parameters_of
from gdprgraph.server.problems import Problem
from gdprgraph.vocab import ID, PREFIXES, curie

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from gdprgraph.checks.finding import Finding

FIELDS = ("reason_da", "reason_en", "who", "until")


def page(request: Request) -> Response:
    """A finding by its fingerprint; the form fills in the Turtle. Raises Problem for one that is not found (any more)."""
    frame, wanted = Frame(request), request.path_params["fingerprint"]
    report = frame.library.report()
    found = next((item for item in (*report, *report.closed) if item.fingerprint == wanted), None)
    if found is None:
        what = both("der er intet sådant fund (mere)", "there is no such finding (any more)")
        raise Problem("not-found", what, hint=both("se listen over fund", "see the list of findings"))
    given = {name: (only(parameters_of(request, FIELDS), name) or "").strip() for name in FIELDS}
    notice = next((item for item in frame.library.notices if item.iri == found.notice), None)
    who = given["who"] or (curie(notice.publisher) if notice and notice.publisher else "")
    until = given["until"] or (dt.date.today() + dt.timedelta(days=365)).isoformat()
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", until):
        raise Problem("bad-request", both(f"ikke en dato: {until}", f"not a date: {until}"), hint="2027-06-30")
    kind = "Attestation" if found.outcome == "assessment" else "Waiver"
    return frame.render(
        "finding.html",
        title=found.rule.label[frame.language],
        finding=found,
        texts=frame.text(found.passages) if not found.whole else [],
        place=place(found),
        turtle=turtle(found, kind, {**given, "until": until}, frame.register.labels.resolve(who) if who else ""),
        kind=kind,
        given={**given, "who": who, "until": until},
        parties=[(item.curie, item.label) for item in frame.library.choices("node", "reg:Party", frame.language)],
        words=WORDS[frame.language],
    )


def turtle(finding: Finding, kind: str, given: dict[str, str], who: str) -> str:
    """The attestation or waiver as Turtle; what has not been filled in stands as `…`, and does not load until it is."""
    node = f"{ID}{kind.lower()}/{finding.slug or 'shared'}-{finding.rule.slug}-{finding.fingerprint[:8]}"
    written = {language: given[f"reason_{language}"] for language in ("da", "en")}
    reasons = ", ".join(str(ox.Literal(text, language=name)) if text else "…" for name, text in written.items())
    lines = [
        f"{ox.NamedNode(node)} a reg:{kind} ;",
        f"    reg:rule {ox.NamedNode(finding.rule.iri)} ;",
        f"    reg:focus {ox.NamedNode(finding.focus)} ;",
        f"    reg:reason {reasons} ;",
        f"    prov:wasAttributedTo {ox.NamedNode(who) if who else '…'} ;",
        f'    reg:expires "{given["until"]}"^^xsd:date .',
    ]
    heads = [f"@prefix {name}: <{PREFIXES[name]}> ." for name in ("prov", "reg", "xsd")]
    return "\n".join([*heads, "", *lines, ""])
