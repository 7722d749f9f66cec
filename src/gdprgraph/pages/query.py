"""SPARQL: an editor with examples and completion, the result as table or chart, and the limits of the server."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote_plus

import pyoxigraph as ox
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from gdprgraph import resources
from gdprgraph.errors import GdprgraphError
from gdprgraph.names import Prefixes
from gdprgraph.pages import asset
from gdprgraph.pages.frame import Frame
from gdprgraph.server import protocol
from gdprgraph.server.negotiation import Choice
from gdprgraph.server.problems import Problem, from_error
from gdprgraph.server.routes.ask import question_of
from gdprgraph.server.routes.sparql import respond
from gdprgraph.server.workers.pool import Job
from gdprgraph.server.workers.worker import SHOWN_BYTES
from gdprgraph.words import phrase, tables
from gdprgraph.words.language import number_text

#: What a query can be shown as: (title, query). The first stands in an editor that nothing was written in.
EXAMPLES = [(title, resources.text(f"pages/examples/{name}.rq")) for name, title in tables("pages")["examples"].items()]


#: Rows and triples that the page shows; a download has them all.
SHOWN = 200
_JSON = Choice("application/sparql-results+json", "json")
_TURTLE = Choice("text/turtle", "turtle")
_NTRIPLES = Choice("application/n-triples", "ntriples")
_CSV = Choice("text/csv", "csv")


@dataclass(slots=True)
class Result:
    """A result as the page shows it.

    `triples` where it is those, with their `turtle`. `bars` is the column of numbers that a chart can be drawn of, if there
    is one. `body` is the rows in HTML.
    """

    columns: list[str]
    rows: list[list[Any]]
    total: int
    triples: bool = False
    turtle: str = ""
    verdict: bool | None = None
    bars: str = ""
    most: float = 0.0
    body: str = ""


async def page(request: Request) -> Response:
    """The editor, and the result where there is a query; a query that goes wrong is told of above what was written."""
    frame, text = Frame(request), request.query_params.get("query", "")
    result, problem = None, None
    if text.strip():
        try:
            result = await _run(frame, request)
        except (Problem, GdprgraphError) as error:
            problem = error if isinstance(error, Problem) else from_error(error)
    await request.scope["passage"].sit()
    return await run_in_threadpool(_rendered, frame, request, text, result, problem)


def _rendered(frame: Frame, request: Request, text: str, result: Result | None, problem: Problem | None) -> Response:
    headers = {"Retry-After": problem.headers["Retry-After"]} if problem and "Retry-After" in problem.headers else {}
    return frame.render(
        "sparql.html",
        status=problem.status if problem else 200,
        headers=headers,
        title="SPARQL",
        query=text or _example(frame, request),
        examples=_examples(frame),
        editor=asset.bundled("editor.js"),
        asked=bool(text.strip()),
        result=result,
        problem=problem,
        limits=frame.service.settings.limits,
        questions=frame.register.questions.all(),
        prefixes=frame.register.prefixes,
        options=_options(frame),
    )


def _examples(frame: Frame) -> list[tuple[str, str]]:
    """The examples, the last of them about a flow of this register."""
    name = frame.register.prefixes.curie(frame.library.flow)
    return [(title, query % name if "%s" in query else query) for title, query in EXAMPLES if name or "%s" not in query]


def _example(frame: Frame, request: Request) -> str:
    """What stands in an editor that nothing was written in: the question that `example` names, or the first example."""
    slug = request.query_params.get("example")
    return question_of(frame.register, slug).bind({}, frame.language) if slug else EXAMPLES[0][1]


async def download(request: Request) -> Response:
    """`/sparql/results?query=…`: the whole result as CSV, or Turtle for triples, as it comes. Raises Problem."""
    response = await respond(request, await _job(Frame(request), request, _CSV, _TURTLE, None))
    ending = "csv" if response.headers["Content-Type"].startswith("text/csv") else "ttl"
    response.headers["Content-Disposition"] = f'attachment; filename="result.{ending}"'
    return response


async def _job(frame: Frame, request: Request, solutions: Choice, graph: Choice, shown: int | None) -> Job:
    query = await protocol.read(request, frame.service.settings, frame.service.snapshot.graphs)
    if query is None:
        raise Problem("bad-request", phrase("no query"))
    return Job(query.query, query.default, query.named, solutions, graph, count=True, shown=shown)


async def _run(frame: Frame, request: Request) -> Result:
    job = await _job(frame, request, _JSON, _NTRIPLES, SHOWN)
    reply = await frame.service.run(job, request.client.host if request.client else "")
    await request.scope["passage"].sit()
    is_graph = reply.media_type.startswith(_NTRIPLES.media_type)
    return await run_in_threadpool(_shown, frame, reply.body[:SHOWN_BYTES], reply.rows or 0, is_graph=is_graph)


def _shown(frame: Frame, head: bytes, total: int, *, is_graph: bool) -> Result:
    visible = _graph(frame, head, total) if is_graph else _table(read(head), total, frame.register.prefixes)
    cells = (cell for row in visible.rows for cell in row if cell and cell["short"] != cell["value"])
    names = {cell["value"]: cell["short"] for cell in cells}
    before, after = map(escape, frame.link("/describe", term="TERM").split("TERM"))
    told = ((iri, names[iri]) for iri in frame.library.told_of(names))
    links = {iri: f'<a href="{before}{quote_plus(name, ":,/")}{after}">{escape(name)}</a>' for iri, name in told}
    openings = [f'<td role="cell" data-label="{escape(name)}">' for name in visible.columns]
    # not by the template, which takes three times as long, and all others wait for what takes long
    lines = []
    for row in visible.rows:
        line = (f"{begin}{_written(cell, links, frame.language)}</td>" for begin, cell in zip(openings, row, strict=True))
        lines.append(f'<tr role="row">{"".join(line)}{_bar(visible, row, frame)}</tr>')
    visible.body = "\n".join(lines)
    return visible


def _bar(result: Result, row: list[Any], frame: Frame) -> str:
    if not result.bars:
        return ""
    width = 100 * row[result.columns.index(result.bars)]["number"] / result.most
    return (
        f'<td role="cell" class="bar" data-label="{escape(frame.t("Chart"))}"><svg viewBox="0 0 100 10" width="100%" '
        f'height="10" preserveAspectRatio="none" aria-hidden="true"><rect width="{width:.2f}" height="10"/></svg></td>'
    )


def _written(cell: dict[str, Any] | None, links: dict[str, str], language: str) -> str:
    if cell is None or cell["type"] == "uri":
        return "" if cell is None else links.get(cell["value"]) or escape(cell["short"])
    if "number" in cell:
        return f'<span class="number">{number_text(cell["number"], language)}</span>'
    return escape(cell["value"]) + (f' <span class="hint">@{escape(cell["language"])}</span>' if "language" in cell else "")


def read(head: bytes) -> dict[str, Any]:
    """SPARQL JSON, or its beginning, with the rows that are shown.

    Read row by row, for while the parser is at one text nothing else of the server gets a turn, thread or not.
    """
    text, begins = head.decode("utf-8", "ignore"), '"bindings":['
    at = text.find(begins) + len(begins)
    if at < len(begins):
        verdict: dict[str, Any] = json.loads(text)
        return verdict
    decoder, document = json.JSONDecoder(), json.loads(text[:at] + "]}}")
    rows = document["results"]["bindings"]
    while len(rows) < SHOWN and text[at : at + 1] == "{":
        try:
            row, at = decoder.raw_decode(text, at)
        except ValueError:  # the beginning ends here
            break
        rows.append(row)
        at += text[at : at + 1] == ","
    return dict(document)


def _graph(frame: Frame, head: bytes, total: int) -> Result:
    lines = head[: head.rfind(b"\n") + 1].split(b"\n")[:SHOWN]
    visible = list(ox.parse(b"\n".join(lines), format=ox.RdfFormat.N_TRIPLES))
    nodes = (str(end) for quad in visible for end in (quad.subject, quad.object) if isinstance(end, ox.BlankNode))
    names = {node: f"_:{number}" for number, node in enumerate(dict.fromkeys(nodes), 1)}
    curie = frame.register.prefixes.curie
    rows = [[_term(part, names, curie) for part in (quad.subject, quad.predicate, quad.object)] for quad in visible]
    columns = [frame.t("subject"), frame.t("predicate"), frame.t("object")]
    prefixes = dict(frame.register.prefixes)
    turtle = ox.serialize((quad.triple for quad in visible), format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b""
    return Result(columns, rows, total, triples=True, turtle=turtle.decode("utf-8"))


def _term(term: Any, names: dict[str, str], curie: Callable[[str], str]) -> dict[str, str]:
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value, "short": curie(term.value)}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": names[str(term)], "short": names[str(term)]}
    value = str(getattr(term, "value", term))
    language = getattr(term, "language", None)
    return {"type": "literal", "value": value, "short": value} | ({"language": language} if language else {})


def _table(found: dict[str, Any], total: int, prefixes: Prefixes) -> Result:
    if "boolean" in found:
        return Result([], [], 0, verdict=bool(found["boolean"]))
    columns = list(found["head"]["vars"])
    rows: list[list[Any]] = [[_cell(row.get(name), prefixes) for name in columns] for row in found["results"]["bindings"]]
    result = Result(columns, rows, total)
    numbers = [at for at, _ in enumerate(columns) if rows and all(row[at] is not None and "number" in row[at] for row in rows)]
    if len(numbers) == 1 and len(columns) > 1 and all(row[numbers[0]]["number"] >= 0 for row in rows):
        result.bars = columns[numbers[0]]
        result.most = max(row[numbers[0]]["number"] for row in rows) or 1.0
    return result


def _cell(term: dict[str, Any] | None, prefixes: Prefixes) -> dict[str, Any] | None:
    if term is None:
        return None
    value = term["value"] if isinstance(term["value"], str) else json.dumps(term["value"], ensure_ascii=False)
    short = prefixes.curie(value) if term["type"] == "uri" else value
    results: dict[str, Any] = {"type": term["type"], "value": value, "short": short}
    if term.get("datatype", "").rpartition("#")[2] in {"integer", "decimal", "double", "float", "int", "long"}:
        try:
            number = float(value)
        except ValueError:
            return results
        if number == number and abs(number) < 1e15:
            results["number"] = int(number) if number == int(number) else number
    return results


def _options(frame: Frame) -> str:
    """The terms in use, for completion: classes and properties by short name, with their label."""

    def written() -> str:
        entries = [(frame.register.prefixes.curie(iri), frame.label(iri)) for iri in frame.library.terms]
        short = (pair for pair in entries if not pair[0].startswith("http"))
        return "".join(f'<option value="{escape(name)}">{escape(label)}</option>' for name, label in short)

    return frame.library.once(("options", frame.language), written)
