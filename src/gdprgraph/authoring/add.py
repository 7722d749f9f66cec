"""Facts written into a register: at the end of their file, if the register still loads with them."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from gdprgraph.authoring.fact import OPEN, Author, Snippet, kind_named
from gdprgraph.authoring.notice import Text, document_statement, notice_file, prefix_lines
from gdprgraph.errors import GdprgraphError, InputError, UnknownName
from gdprgraph.evidence.drift import lock_text
from gdprgraph.exchange.export import slugs
from gdprgraph.files import write, write_all
from gdprgraph.names import PREFIXES
from gdprgraph.register import Register
from gdprgraph.words import phrase


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
    write(snippet.path, "".join(f"{line}\n" for line in head) + before.rstrip("\n") + "\n\n" + snippet.text)
    try:
        type(register).load(register.data)
    except GdprgraphError:
        write(snippet.path, before)
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
