"""Proposals as facts: what accepting them would write into the register's folder, proved on a copy before it is."""

import shutil
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox

from gdprgraph.authoring.notice import Text, document_statement, notice_file
from gdprgraph.checks.finding import Finding
from gdprgraph.drafting.draft import ACCEPTED, NOTICE, PROPOSED, STRUCK, Draft, Proposal, listed
from gdprgraph.errors import GdprgraphError, InputError
from gdprgraph.evidence import NORMALISER
from gdprgraph.evidence.drift import lock_text
from gdprgraph.exchange import sidecar, turtle
from gdprgraph.exchange.contract import contract
from gdprgraph.exchange.export import shared
from gdprgraph.exchange.nodes import Node, triples_of
from gdprgraph.exchange.plan import Source, State, home, plan
from gdprgraph.exchange.values import Values
from gdprgraph.files import write_all
from gdprgraph.names import PREFIXES
from gdprgraph.register import Register
from gdprgraph.words import phrase

Files = dict[Path, "str | bytes"]
#: What is not compared where a fact may be in the register already: what it is called.
_CALLED = {"name", "title"}
#: Types that follow from a document's own, and are not written.
_FOLLOWS = {ox.NamedNode(iri) for iri in contract().kinds["document"].also}


def facts(register: Register, draft: Draft, chosen: Sequence[Proposal]) -> Files:
    """The files of the register's folder as they would be with the chosen proposals, and what they need, accepted.

    A chosen proposal gets another name where its own is taken. Nothing is written. Raises InputError for a proposal that lacks
    a field, refers to what was struck, or is in the register already, and for what loading or a hygiene rule has against it.
    """
    folder = register.folder
    with tempfile.TemporaryDirectory(prefix="gdprgraph-") as place:
        trial = Path(place) / "register"
        shutil.copytree(folder, trial, ignore=lambda _, names: [name for name in names if not _is_read(Path(name))])
        for each in (home(trial, draft.slug).parent, trial / "coverage"):
            each.mkdir(exist_ok=True)  # git keeps no empty folder
        files: Files = {}
        if not home(trial, draft.slug).is_file():
            files |= _begun(register, draft, trial)
            write_all(files)
        state = State.of(trial, draft.slug)
        made = plan(trial, Source(draft.slug, _nodes(state, draft, chosen, shared(register).keys())), state)
        if problem := next((problem for problem in made.problems if problem.fatal), None):
            raise InputError(problem.message, hint=problem.hint)
        files |= made.files
        write_all(files)
        try:
            trialled = type(register).load(trial, documents=register.documents.folder)
            _prove(register, trialled)
        except GdprgraphError as error:
            error.file = error.file and error.file.replace(str(trial), str(folder))
            raise
    return {folder / path.relative_to(trial): text for path, text in files.items()}


def _is_read(path: Path) -> bool:
    """Whether loading and checking a register read a file or folder of this name."""
    return path.suffix in {"", ".ttl", ".csv", ".rq", ".yaml"} and path.name not in {".git", "store", "documents", "drafts"}


def _begun(register: Register, draft: Draft, trial: Path) -> Files:
    """The files of a notice that the register has not yet: its text, locked, and who it says is the controller."""
    lines = register.documents.lines(f"{draft.slug}.txt", draft.document.get("normaliser", NORMALISER))
    text = Text(draft.slug, "\n".join([*lines, ""]).encode("utf-8"))
    party, name = register.owner
    content = notice_file(text, register.prefixes.curie(party), name, register.languages, draft.prefix or None)
    if draft.document:
        whole = replace(draft, proposals=[], document={"language": register.languages[0], **draft.document})
        node = sidecar.read_text(whole.compact()).nodes[PREFIXES["doc"] + draft.slug]
        said = [(triple.predicate.value, triple.object) for _, triple in triples_of(node)]
        block = turtle.Script.of(content).block(node.iri, [(name, term) for name, term in said if term not in _FOLLOWS])  # type: ignore[misc]
        content = content.replace(document_statement(text, register.languages[0]), block)
    return {
        home(trial, draft.slug): content,
        trial / "coverage" / f"{draft.slug}.csv": "lines,reason,note\n",
        trial / "evidence.ttl": lock_text({**register.evidence.locked, draft.slug: text.digests}),
    }


def _nodes(state: State, draft: Draft, chosen: Sequence[Proposal], at_hand: Collection[str]) -> dict[str, Node]:
    """The nodes that are new or say more than before; a party or system that every register has `at_hand` is not new."""
    wanted = {need.id: need for each in chosen for need in (each, *draft.needs(each))}
    lacking = next((f"{proposal.name}: {', '.join(proposal.missing)}" for proposal in wanted.values() if proposal.missing), "")
    if lacking:
        raise InputError(phrase("something is missing: {line}", line=lacking), hint=phrase("change it, and fill that in"))
    values, notice = Values(draft.slug), PREFIXES["notice"] + draft.slug
    _rename(state, draft, chosen)
    kept = {p.id: ACCEPTED if p.id in wanted else PROPOSED for p in draft.proposals if p.status != STRUCK}
    marked = [replace(p, status=kept.get(p.id, STRUCK)) for p in draft.proposals]
    written = sidecar.read_text(replace(draft, proposals=marked).compact()).nodes
    known = {*state.nodes, *at_hand}
    nodes = {iri: node for iri, node in written.items() if iri not in known}
    if notice in written and notice in state.nodes:
        nodes[notice] = _more(state.nodes[notice], written[notice].values)
    for each in wanted.values():
        hung = each.under if each.under and each.by else ""
        owner = notice if hung == NOTICE else values.iri(hung or each.name)
        named = {name: values.iri(name) for name in each.names} | ({hung: owner} if hung else {})
        if lost := next((name for name, iri in named.items() if iri not in nodes and iri not in known), None):
            message = phrase("{name} refers to {other}, which was struck or is not there", name=each.name, other=lost)
            raise InputError(message, term=lost, hint=phrase("change it, and name another"))
        if hung:
            node = nodes.get(owner) or state.nodes[owner]
            link = next((slot.field.name for slot in node.kind.slots if slot.field.key == each.by), "") if node.kind else ""
            nodes[owner] = _more(node, {link: [ox.NamedNode(values.iri(each.name))]})
    for each in chosen:
        new = nodes.get(values.iri(each.name))
        if new is not None and each.kind != NOTICE and (twin := _twin(new, state)):
            raise InputError(phrase("the register says this already: {name}", name=values.name(twin)), hint=phrase("strike it"))
    return nodes


def _twin(node: Node, state: State) -> str:
    """A node of the register of which the same is said, or an empty text."""
    what = {(name, term) for name, terms in node.values.items() if name not in _CALLED for term in terms}
    alike = (other for iri, other in state.nodes.items() if other.kind is node.kind and iri != node.iri and len(what) > 1)
    said = ((each.iri, {(name, term) for name, terms in each.values.items() for term in terms}) for each in alike)
    return next((iri for iri, terms in said if what <= terms), "")


def _rename(state: State, draft: Draft, chosen: Sequence[Proposal]) -> None:
    """Give a chosen proposal whose name the register has another one, wherever the draft names it."""
    values = Values(draft.slug)
    for proposal in chosen:
        iri, name, number = values.iri(proposal.name), proposal.name, 2
        if iri not in state.nodes or proposal.kind == NOTICE or proposal.contract.sources == "none":
            continue
        names = {each.name for each in draft.proposals}
        while values.iri(name) in state.nodes or name in names:
            name, number = f"{proposal.name}-{number}", number + 1
        for each in draft.proposals:
            each.under = name if each.under == proposal.name else each.under
            for key, value in each.fields.items():
                words = [name if word == proposal.name else word for word in listed(value)]
                each.fields[key] = words[0] if isinstance(value, str) else words
        proposal.name = name


def _more(node: Node, values: Mapping[str, Sequence[ox.NamedNode | ox.Literal]]) -> Node:
    """A node with more values. Raises InputError where it has another one already and can have one only."""
    after = {name: list(terms) for name, terms in node.values.items()}
    for name, terms in values.items():
        slot = node.kind.slot(name) if node.kind else None
        new = [term for term in terms if term not in after.get(name, ())]
        if new and slot is not None and slot.most == 1 and after.get(name):
            message = phrase("the register says another {field} already", field=slot.field.header)
            raise InputError(message, term=name, hint=phrase("correct it, or strike it"))
        if new and name not in {"title"}:
            after.setdefault(name, []).extend(new)
    return Node(node.iri, node.kind, after, list(node.more))


def _prove(register: Register, trialled: Register) -> None:
    """Raise the first thing that the hygiene rules have against the one register and had not against the other."""
    known = {finding.fingerprint for finding in _findings(register)}
    if finding := next((finding for finding in _findings(trialled) if finding.fingerprint not in known), None):
        hint = phrase("the hygiene rule {rule}", rule=finding.rule.slug)
        raise InputError(phrase("it cannot stand so: {message}", message=finding.message), term=finding.focus, hint=hint)


def _findings(register: Register) -> list[Finding]:
    return [finding for finding in register.check(profiles=["hygiene"]) if finding.severity != "info"]
