"""The folder of a register of one's own: what `gdprgraph init` writes; and facts written into it.

A fact goes to the end of its file, if the register still loads with it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from gdprgraph.authoring.fact import OPEN, Author, Snippet, kind_named
from gdprgraph.authoring.notice import Text, document_statement, notice_file, prefix_lines, quoted, statement
from gdprgraph.errors import GdprgraphError, InputError, UnknownName, access
from gdprgraph.evidence.drift import lock_text
from gdprgraph.exchange.export import slugs
from gdprgraph.exchange.lexicon import vocabulary
from gdprgraph.files import write_all
from gdprgraph.names import ID, PREFIXES, curie
from gdprgraph.register import Register
from gdprgraph.resources import MARK
from gdprgraph.words import phrase

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FILES = Path(__file__).parent / "files"
_GAPS = "kind,rule,focus,owner,due,status,reason_da,reason_en\n"
_IGNORED = "*.part\nstore/\n"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a register is to be: its short name, whose it is, and the languages of its labels."""

    slug: str
    name: str
    kind: str
    languages: tuple[str, ...]
    prefix: str | None


def plan(
    register: Register, slug: str, *, name: str, kind: str, languages: Sequence[str] = (), prefix: str | None = None
) -> Plan:
    """The plan that the words of a user make; `kind` is a CURIE or a label such as `kommune`; `register` knows the terms.

    Raises UnknownName for a kind that no party is, for a slug or prefix that cannot be one, and for a language.
    """
    if not SLUG.fullmatch(slug):
        hint = phrase("small letters a to z, digits and hyphens, such as skovby-kommune")
        raise UnknownName(phrase("'{name}' cannot be a short name", name=slug), term=slug, hint=hint)
    if not name.strip():
        raise UnknownName(phrase("the authority needs a name"), hint=phrase("give it with --name"))
    if prefix is not None and (not SLUG.fullmatch(prefix) or prefix in PREFIXES):
        hint = phrase("give another with --prefix")
        raise UnknownName(
            phrase("{prefix} cannot be the prefix of a notice's own nodes", prefix=prefix), term=prefix, hint=hint
        )
    for language in languages:
        if not re.fullmatch(r"[a-z]{2,3}", language):
            raise UnknownName(
                phrase("unknown language {language}", language=language),
                term=language,
                hint=phrase("write them as --languages da,en"),
            )
    return Plan(slug, name.strip(), kind_of(register, kind), tuple(languages) or ("da",), prefix)


def kind_of(register: Register, kind: str) -> str:
    """The class of parties that a CURIE or label means. Raises UnknownName for what is no kind of organisation."""
    iris = vocabulary().below((PREFIXES["dpv"] + "Organisation",))
    called = [iri for iri in iris if kind.casefold() in {*map(str.casefold, vocabulary().other.get(iri, ()))}]
    try:
        iri = called[0] if len(called) == 1 else register.labels.resolve(kind)
    except UnknownName:
        iri = kind
    if ":" not in iri or register.store.query(f"ASK {{ <{iri}> rdfs:subClassOf dpv:Organisation }}") is not True:
        hint = phrase(
            "such as dk:Municipality, dk:Region, dk:Agency, dk:Ministry, dk:PublicInstitution or dpv:ForProfitOrganisation"
        )
        raise UnknownName(phrase("{name} is no kind of organisation", name=curie(iri)), term=kind, hint=hint)
    return iri


def write(folder: Path, planned: Plan, text: Text | None, *, git: bool = False) -> list[Path]:
    """Write the folder; returns its files in order. Raises InputError for a folder with something in it, and writes nothing."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        hint = phrase("name a folder that does not exist yet, or is empty")
        raise InputError(phrase("there is something in it"), file=folder, hint=hint)
    files = contents(planned, text)
    with access(folder, phrase("cannot be made: {why}")):
        for name in ("notices", "documents", "coverage", *(str(Path(name).parent) for name in files)):
            (folder / name).mkdir(parents=True, exist_ok=True)
    write_all({folder / name: content for name, content in files.items()})
    if git:
        _repository(folder, list(files))
    return [folder / name for name in files]


def _repository(folder: Path, names: list[str]) -> None:
    """Make the folder a git repository with its files added, and nothing committed. Raises InputError."""
    try:
        import pygit2
    except ImportError as error:
        raise InputError(phrase("git needs another package"), hint=phrase("pip install 'gdprgraph[git]'")) from error
    index = pygit2.init_repository(str(folder), initial_head="main").index
    for name in names:
        index.add(name)
    index.write()


def contents(planned: Plan, text: Text | None) -> dict[str, str | bytes]:
    """The files of a new register, by their path in its folder."""
    first = planned.languages[0]
    title = {"da": f"Register for {planned.name}", "en": f"Register of {planned.name}"}
    words = {
        "title": title.get(first, title["en"]),
        "name": planned.name,
        "slug": planned.slug,
        "language": "da" if first == "da" else "en",
    }
    readme = "README.da.md" if first == "da" else "README.en.md"
    files: dict[str, str | bytes] = {
        MARK: _register(planned, words["title"]),
        "parties.ttl": _parties(planned),
        "gaps.csv": _GAPS,
        "README.md": _filled(readme, words),
        ".gitignore": _IGNORED,
        ".github/workflows/gdprgraph.yml": _filled("github.yml", words),
        ".gitlab-ci.yml": _filled("gitlab.yml", words),
    }
    if text is not None:
        files |= text_files(planned, text)
        files["evidence.ttl"] = lock_text({text.slug: text.digests})
    return files


def text_files(planned: Plan, text: Text) -> dict[str, str | bytes]:
    """The files of a notice: its text, what it says, and its list of factless lines."""
    party = f"party:{planned.slug}"
    return {
        f"notices/{text.slug}.ttl": notice_file(text, party, planned.name, planned.languages, planned.prefix),
        f"documents/{text.slug}.txt": text.content,
        f"coverage/{text.slug}.csv": "lines,reason,note\n",
    }


def _filled(name: str, words: dict[str, str]) -> str:
    return Template((_FILES / name).read_text(encoding="utf-8")).safe_substitute(words)


def _register(planned: Plan, title: str) -> str:
    languages = [quoted(language) for language in planned.languages]
    head = prefix_lines({name: PREFIXES[name] for name in ("dct", "party", "reg")})
    about = [
        ("dct:title", [quoted(title, planned.languages[0])]),
        ("dct:publisher", [f"party:{planned.slug}"]),
        ("dct:language", languages),
    ]
    return "\n".join([*head, "", statement(f"<{ID}register/{planned.slug}>", ["reg:Register"], about)])


def _parties(planned: Plan) -> str:
    head = prefix_lines({name: PREFIXES[name] for name in ("dk", "dpv", "party", "reg", "skos")})
    label = [("skos:prefLabel", [quoted(planned.name, planned.languages[0])])]
    kind = (
        curie(planned.kind)
        if ":" in curie(planned.kind) and not curie(planned.kind).startswith("http")
        else f"<{planned.kind}>"
    )
    return "\n".join([*head, "", statement(f"party:{planned.slug}", ["reg:Party", kind], label)])


def add_fact(
    register: Register,
    kind: str,
    given: Mapping[str, Sequence[str]],
    lines: Sequence[str],
    into: str | None,
    notice: str | None,
    *,
    add: bool,
) -> Snippet:
    """The snippet of a fact (see `Register.new`)."""
    slug = _notice(register, notice)
    author = Author(register, slug, register.languages[0])
    snippet = author.about_notice(given) if kind == "notice" else author.snippet(kind_named(kind), given, lines, into)
    if add:
        append(register, snippet)
    return snippet


def add_text(register: Register, kind: str, text: Text, notice: str | None, *, add: bool) -> Snippet:
    """A text as a notice of its own, or as one more document of a notice; with `add` it and its text are written.

    Raises UnknownName for what is neither, and InputError for a text of a name that the register has.
    """
    if kind not in {"notice", "document"}:
        raise UnknownName(
            phrase("--text is for a notice or a document"), term=kind, hint=phrase("gdprgraph new notice --text FILE --add")
        )
    folder = register.folder
    target = folder / "documents" / f"{text.slug}.txt"
    if text.slug in register.evidence.files or target.exists() or (kind == "notice" and text.slug in slugs(register)):
        hint = phrase("give the file another name")
        raise InputError(phrase("the register has a text called {name}", name=text.slug), file=target, hint=hint)
    files: dict[Path, str | bytes] = {}
    if kind == "notice":
        party, name = register.owner
        path = folder / "notices" / f"{text.slug}.ttl"
        statement = notice_file(text, register.prefixes.curie(party), name, register.languages)
        files[path] = statement
    else:
        slug = _notice(register, notice)
        path = folder / "notices" / f"{slug}.ttl"
        document = document_statement(text, register.languages[0])
        statement = f"{document}\nnotice:{slug} reg:document doc:{text.slug} .\n"
        files[path] = path.read_text(encoding="utf-8").rstrip("\n") + "\n\n" + statement
    if add:
        files[target] = text.content
        files[folder / "coverage" / f"{text.slug}.csv"] = "lines,reason,note\n"
        files[folder / "evidence.ttl"] = lock_text({**register.evidence.locked, text.slug: text.digests})
        for made in files:
            made.parent.mkdir(parents=True, exist_ok=True)
        write_all(files)
    return Snippet(path, statement, f"{kind if kind == 'notice' else 'doc'}:{text.slug}")


def append(register: Register, snippet: Snippet) -> None:
    """Write a snippet to the end of its file; raises InputError, and leaves the file, where something is missing or wrong."""
    if OPEN in snippet.text:
        missing = next(line for line in snippet.text.split("\n") if OPEN in line).strip()
        hint = phrase("give its option, or leave out --add and fill it in by hand")
        raise InputError(phrase("something is missing: {line}", line=missing), hint=hint)
    before = snippet.path.read_text(encoding="utf-8") if snippet.path.is_file() else _head(register)
    words = set(re.findall(r"(?<![\w:-])([\w-]+):", snippet.text)) - set(re.findall(r"@prefix ([\w-]+):", before))
    head = prefix_lines({name: PREFIXES[name] for name in sorted(words & PREFIXES.keys())})
    write_all({snippet.path: "".join(f"{line}\n" for line in head) + before.rstrip("\n") + "\n\n" + snippet.text})
    try:
        type(register).load(register.data)
    except GdprgraphError:
        write_all({snippet.path: before})
        raise


def _head(register: Register) -> str:
    """The prefixes of a file of shared nodes that there is not yet."""
    return (register.data / "parties.ttl").read_text(encoding="utf-8").split("\n\n", 1)[0] + "\n"


def _notice(register: Register, name: str | None) -> str:
    """The notice that is meant: the only one where none is named. Raises UnknownName."""
    names = slugs(register)
    if name is None and len(names) == 1:
        return names[0]
    if name is None or name.removeprefix("notice:") not in names:
        wrong = phrase("which notice?") if name is None else phrase("unknown notice {name}", name=name)
        raise UnknownName(wrong, term=name, hint=phrase("--notice, one of {names}", names=", ".join(names)))
    return name.removeprefix("notice:")
