"""What the JSON of the routes holds: the models that they answer with, and that the OpenAPI description shows."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from gdprgraph.server.problems import PROBLEMS
from gdprgraph.words import languages

Count = Annotated[int, Field(ge=0)]
PassageName = Annotated[str, Field(pattern=r"^[\w\-]+:\d+(-\d+)?$")]
Language = Annotated[str, Field(json_schema_extra={"enum": [*languages()]})]


class ProblemDetails(BaseModel):
    """RFC 9457: what came between."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: Annotated[str, Field(json_schema_extra={"enum": sorted({title for _, title in PROBLEMS.values()})})]
    status: int
    detail: str
    hint: Annotated[str, Field(description="what to do")] = ""
    term: Annotated[str, Field(description="the name that is meant")] = ""
    line: Annotated[int, Field(description="of the query")] = 0


class ColumnTitle(BaseModel):
    """A column of an answer."""

    name: str
    title: str


class Answer(BaseModel):
    """Rows, each with its lines. A column that holds a node has a second member in each row, `name_label`."""

    question: str = ""
    article: str = ""
    term: Annotated[str, Field(description="of /describe")] = ""
    word: Annotated[str, Field(description="of /find")] = ""
    parameters: dict[str, list[str]] = {}
    lang: Language
    caption: str
    columns: list[ColumnTitle]
    rows: list[dict[str, Any]]
    note: Annotated[str, Field(description="why there are no rows, or may be more")] = ""
    total: Annotated[int | None, Field(description="how many rows there are, of which `limit` and `offset` give some")] = None


class ParameterText(BaseModel):
    """What a question takes."""

    name: str
    type: str
    label: str
    scheme: str | None
    values: list[str] | None
    example: str


class QuestionText(BaseModel):
    """A question, what it takes, and where it is asked."""

    question: str
    href: str
    text: str
    summary: str
    theme: str
    article: str
    parameters: list[ParameterText]
    columns: list[ColumnTitle]


class QuestionList(BaseModel):
    """The questions."""

    lang: Language
    questions: list[QuestionText]


class FindingText(BaseModel):
    """A finding of the checks."""

    rule: str
    severity: Literal["violation", "warning", "info"]
    outcome: str
    article: str
    source: str
    notice: str
    focus: str
    label: str
    activity: str
    message: str
    fix: str
    file: str
    line: int | None
    evidence: list[PassageName]
    whole_text: bool
    fingerprint: str
    closing: dict[str, Any] = {}


class Findings(BaseModel):
    """What the checks say."""

    profiles: list[str]
    engine: str
    rules: Count
    counts: dict[str, Count]
    outcomes: dict[str, Count]
    findings: list[FindingText]
    known: list[FindingText]
    closed: list[FindingText]
    vanished: list[dict[str, str]]
    notes: list[str]


class PassageText(BaseModel):
    """A passage, where the documents are at hand with its lines, and whether these have changed since they were locked."""

    passage: PassageName
    iri: str
    lines: list[str] | None = None
    changed: bool | None = None


class EvidenceText(BaseModel):
    """The passages of a node; `documents` says whether these are at hand."""

    node: str
    iri: str
    documents: bool
    passages: list[PassageText]


class DriftText(BaseModel):
    """A cited line that has changed, moved or gone."""

    document: str
    line: Count
    state: str
    now: int | None
    facts: list[str]


class Drifts(BaseModel):
    """What differs from the text as it was locked."""

    documents: list[str]
    drifts: list[DriftText]


class CoverageText(BaseModel):
    """How the lines of a document are accounted for."""

    document: str
    lines: Count
    cited: Count
    factless: Count
    unread: Count
    uncovered: str


class Coverages(BaseModel):
    """Counts and gaps of each document."""

    documents: list[CoverageText]


class State(BaseModel):
    """How the server is."""

    status: Literal["ok", "ready", "not ready"]


class Version(BaseModel):
    """What is served, and how much may be asked."""

    program: str
    python: str
    register_version: Annotated[str | None, Field(serialization_alias="register")]
    loaded: Annotated[str, Field(json_schema_extra={"format": "date-time"})]
    quads: Count
    graphs: dict[str, Count]
    limits: dict[str, int | float]


class Reloaded(BaseModel):
    """Whether another set is served now."""

    replaced: bool
    register_version: Annotated[str | None, Field(serialization_alias="register")]
    quads: Count


class GraphTitle(BaseModel):
    """What a graph of flows shows."""

    title: str
    language: Language


class FlowNode(BaseModel):
    """A sender, receiver, intermediary, group of people or country."""

    model_config = ConfigDict(extra="allow")

    id: str
    kind: str
    label: str


class FlowEdge(BaseModel):
    """A flow, or what belongs to one (docs/flows.md)."""

    model_config = ConfigDict(extra="allow")

    source: str
    target: str
    key: str
    relation: str
    label: str = ""
    evidence: list[PassageName] = []


class FlowGraph(BaseModel):
    """Flows as node-link data."""

    directed: bool
    multigraph: bool
    graph: GraphTitle
    nodes: list[FlowNode]
    edges: list[FlowEdge]
