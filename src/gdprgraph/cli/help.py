"""The help of the commands in the reader's language: the texts of the command line, looked up in the catalogue."""

import re
from collections.abc import Iterator
from typing import Any

from gdprgraph.words import Words, phrase

#: What the library of options writes around our texts: on a page, and beside an option.
_PAGE = (
    phrase("Usage:"),
    phrase("Arguments:"),
    phrase("Options:"),
    phrase("Commands:"),
    phrase("[OPTIONS]"),
    phrase("COMMAND [ARGS]..."),
)
_OPTION = (phrase("Show this message and exit."), phrase("env var: "), phrase("default: "), phrase("required"))


def texts(command: Any) -> Iterator[str]:
    """The paragraphs of the help of a command, its options and the commands in it, as a catalogue holds them."""
    yield from paragraphs(command.help)
    for parameter in command.params:
        yield from paragraphs(getattr(parameter, "help", None))
    for inner in getattr(command, "commands", {}).values():
        yield from texts(inner)


def paragraphs(text: str | None) -> list[str]:
    """The paragraphs of a text, each on one line."""
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text or "") if part.strip()]


def translate(command: Any, words: Words) -> None:
    """Put the help of a command, its options and the commands in it into the language of `words`."""

    def told(text: str) -> str:
        return "\n\n".join(map(words, paragraphs(text)))

    def framed(text: str, parts: tuple[str, ...]) -> str:
        for part in parts:
            text = text.replace(part, words(part))
        return text

    page = command.get_help
    command.get_help = lambda context: framed(page(context), _PAGE)
    command.help = told(command.help or "")
    own = command.get_help_option(command.context_class(command))
    for parameter in {*command.params, *([own] if own is not None else [])}:
        record = parameter.get_help_record
        if getattr(parameter, "help", None):
            parameter.help = told(parameter.help)

        def recorded(context: Any, record: Any = record) -> tuple[str, str] | None:
            found = record(context)
            return found and (found[0], framed(found[1], _OPTION))

        parameter.get_help_record = recorded
    for inner in getattr(command, "commands", {}).values():
        translate(inner, words)
