"""SPARQL: an editor with examples and completion, the result as table, chart or graph, and the limits of the server."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from gdprgraph.errors import GdprgraphError, both
from gdprgraph.pages import asset, graph
from gdprgraph.pages.examples import EXAMPLES
from gdprgraph.pages.frame import Frame
from gdprgraph.server import protocol
from gdprgraph.server.asking import question_of
from gdprgraph.server.negotiation import Choice
from gdprgraph.server.pool import Job
from gdprgraph.server.problems import Problem, from_error
from gdprgraph.vocab import PREFIXES, curie

if TYPE_CHECKING:
    from starlette.requests import Request

    from gdprgraph.flows.picture import Picture
    from gdprgraph.server.pool import Reply

#: Rows and triples that the page shows; a download has them all.
SHOWN = 500
_JSON = Choice("application/sparql-results+json", "json")
_TURTLE = Choice("text/turtle", "turtle")
_CSV = Choice("text/csv", "csv")
_TYPE = PREFIXES["rdf"] + "type"


@dataclass(slots=True)
class Result:
    """A result as the page shows it.

    `triples` where it is those, with their `turtle`, and a `picture` where they are not too many to draw. `bars` is the
    column of numbers that a chart can be drawn of, if there is one. `linked` are the terms that have a page.
    """

    columns: list[str]
    rows: list[list[Any]]
    total: int
    triples: bool = False
    turtle: str = ""
    picture: Picture | None = None
    verdict: bool | None = None
    bars: str = ""
    most: float = 0.0
    linked: set[str] = field(default_factory=set)


async def page(request: Request) -> Response:
    """The editor, and the result where there is a query; a query that goes wrong is told of above what was written."""
    frame = Frame(request)
    text = request.query_params.get("query", "")
    result, problem = None, None
    if text.strip():
        try:
            result = await _run(frame, request, text)
        except Problem as error:
            problem = error
        except GdprgraphError as error:
            problem = from_error(error)
    limits = frame.service.settings.limits
    headers = {"Retry-After": problem.headers["Retry-After"]} if problem and "Retry-After" in problem.headers else {}
    return frame.render(
        "sparql.html",
        status=problem.status if problem else 200,
        headers=headers,
        title="SPARQL",
        query=text or _example(frame, request),
        examples=EXAMPLES,
        editor=asset.bundled("editor.js"),
        asked=bool(text.strip()),
        result=result,
        problem=problem,
        limits=limits,
        bounds=(graph.MOST_BOXES, graph.MOST_LINKS, graph.MOST_ROWS, graph.MOST_COLUMNS),
        questions=frame.register.questions.all(),
        prefixes=PREFIXES,
        terms=_terms(frame),
    )


def _example(frame: Frame, request: Request) -> str:
    """What stands in an editor that nothing was written in: the question that `example` names, or the first example."""
    slug = request.query_params.get("example")
    return question_of(frame.register, slug).bind({}, frame.language) if slug else EXAMPLES[0][2]


async def download(request: Request) -> Response:
    """`/sparql/results?query=…`: the whole result as CSV, or Turtle for triples. Raises Problem."""
    frame = Frame(request)
    reply = await _ask(frame, request, _CSV, Choice("text/turtle", "turtle"))
    ending = "csv" if reply.media_type.startswith("text/csv") else "ttl"
    body = await _whole(reply)
    headers = {"Content-Type": reply.media_type, "Content-Disposition": f'attachment; filename="result.{ending}"'}
    return Response(body, headers=headers)


async def _ask(frame: Frame, request: Request, solutions: Choice, graph: Choice) -> Reply:
    asked = await protocol.read(request, frame.service.settings, frame.service.snapshot.graphs)
    if asked is None:
        raise Problem("bad-request", both("ingen forespørgsel", "no query"))
    return await frame.service.run(Job(asked.query, asked.default, asked.named, solutions, graph))


async def _whole(reply: Reply) -> bytes:
    body = bytearray(reply.body)
    if reply.rest is not None:
        async for piece in reply.rest:
            body += piece
    return bytes(body)


async def _run(frame: Frame, request: Request, text: str) -> Result:
    reply = await _ask(frame, request, _JSON, _TURTLE)
    body = await _whole(reply)
    # in a thread: the largest picture took half a second on a busy machine
    return await run_in_threadpool(_shown, frame, body, is_graph=reply.media_type.startswith("text/turtle"))


def _shown(frame: Frame, body: bytes, *, is_graph: bool) -> Result:
    result = _graph(frame, body.decode("utf-8")) if is_graph else _table(*read(body))
    cells = [cell for row in result.rows for cell in row if cell is not None and cell["type"] == "uri"]
    result.linked = frame.library.told_of({cell["value"] for cell in cells if cell["short"] != cell["value"]})
    return result


def read(body: bytes) -> tuple[dict[str, Any], int]:
    """SPARQL JSON with the rows that are shown, and how many there are.

    Read row by row, for while the parser is at one text nothing else of the server gets a turn, thread or not.
    """
    text, begins = body.decode("utf-8"), '"bindings":['
    at = text.find(begins) + len(begins)
    if at < len(begins):
        return json.loads(text), 0  # a truth value
    found, decoder, total = json.loads(text[:at] + "]}}"), json.JSONDecoder(), 0
    while text[at] != "]":
        row, at = decoder.raw_decode(text, at)
        if total < SHOWN:
            found["results"]["bindings"].append(row)
        total += 1
        at += text[at] == ","
    return found, total


def _graph(frame: Frame, turtle: str) -> Result:
    triples = list(ox.parse(turtle.encode("utf-8"), format=ox.RdfFormat.TURTLE))
    shown = triples[:SHOWN]
    ends = [(str(quad.subject), str(quad.predicate), str(quad.object)) for quad in shown]
    blanks = {str(part) for quad in shown for part in (quad.subject, quad.object) if isinstance(part, ox.BlankNode)}
    names = graph.named(blanks, ends, lambda at: f"_:{at}")
    rows = [[_term(part, names) for part in (quad.subject, quad.predicate, quad.object)] for quad in shown]
    columns = [frame.t("subjekt", "subject"), frame.t("prædikat", "predicate"), frame.t("objekt", "object")]
    result = Result(columns, rows, len(triples), triples=True, turtle=turtle[:200_000])
    if len(triples) == len(shown):
        result.picture = _picture(frame, rows)
    return result


def _picture(frame: Frame, rows: list[list[dict[str, str]]]) -> Picture | None:
    resources = [cell["value"] for row in rows for cell in row if cell["type"] == "uri"]
    frame.register.labels.fetch(resources)

    def part(cell: dict[str, str]) -> graph.Part:
        name = f"{cell['short']} @{cell['language']}" if "language" in cell else cell["short"]
        return graph.Part(name, cell["type"] != "literal", frame.label(cell["value"]) if cell["type"] == "uri" else "")

    return graph.draw(
        (graph.Triple(part(row[0]), row[1]["short"], part(row[2]), row[1]["value"] == _TYPE) for row in rows),
        title=frame.t("Svaret som graf", "The result as a graph"),
        description=frame.t("Tripler i tabellen nedenfor, tegnet.", "The triples of the table below, drawn."),
    )


def _term(term: Any, names: dict[str, str]) -> dict[str, str]:
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value, "short": curie(term.value)}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": names[str(term)], "short": names[str(term)]}
    value = str(getattr(term, "value", term))
    language = getattr(term, "language", None)
    return {"type": "literal", "value": value, "short": value} | ({"language": language} if language else {})


def _table(found: dict[str, Any], total: int) -> Result:
    if "boolean" in found:
        return Result([], [], 0, verdict=bool(found["boolean"]))
    columns = list(found["head"]["vars"])
    rows: list[list[Any]] = [[_cell(binding.get(name)) for name in columns] for binding in found["results"]["bindings"]]
    result = Result(columns, rows, total)
    numbers = [at for at, _ in enumerate(columns) if rows and all(row[at] is not None and "number" in row[at] for row in rows)]
    if len(numbers) == 1 and len(columns) > 1 and all(row[numbers[0]]["number"] >= 0 for row in rows):
        result.bars = columns[numbers[0]]
        result.most = max(row[numbers[0]]["number"] for row in rows) or 1.0
    return result


def _cell(term: dict[str, Any] | None) -> dict[str, Any] | None:
    if term is None:
        return None
    value = term["value"] if isinstance(term["value"], str) else json.dumps(term["value"], ensure_ascii=False)
    made: dict[str, Any] = {"type": term["type"], "value": value, "short": curie(value) if term["type"] == "uri" else value}
    if term.get("datatype", "").rpartition("#")[2] in {"integer", "decimal", "double", "float", "int", "long"}:
        try:
            number = float(value)
        except ValueError:
            return made
        if number == number and abs(number) < 1e15:
            made["number"] = int(number) if number == int(number) else number
    return made


def _terms(frame: Frame) -> list[tuple[str, str]]:
    """The terms in use, for completion: classes and properties by short name, with their label."""
    listed = [(curie(iri), frame.label(iri)) for iri in frame.library.terms]
    return [pair for pair in listed if not pair[0].startswith("http")]
