"""Help and refusals of the commands in the reader's language: texts of the command line, looked up in the catalogue."""

import errno
import os
import re
from collections.abc import Iterator
from typing import Any

from gdprgraph.errors import InputError, cause, close_to, meant, remedy
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


#: What the library of options says of a command that it cannot read, and what the reader is told.
_REFUSALS = (
    (r"No such option: (\S+)", phrase("there is no option {name}")),
    (r"No such command '(.+?)'", phrase("there is no command {name}")),
    (r"Option '(.+?)' requires an argument", phrase("{option} needs a value")),
    (r"Missing (?:argument|option) '(.+?)'", phrase("{name} is missing")),
    (r"Got unexpected extra argument\(s\) \((.+)\)", phrase("{name} is one argument too many")),
    (r"Invalid value for '(.+?)'.*valid integer", phrase("{name} takes a whole number")),
)


def refusal(error: Any) -> InputError:
    """What is wrong with a command line, and the nearest option or command, or how to learn what there is."""
    text, context = error.format_message(), error.ctx
    if match := re.search(r": \w+ ['\"](.+)['\"] is not readable", text):
        denied = PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return InputError(phrase("cannot be read: {why}", why=cause(denied)), file=match[1], hint=remedy(denied))
    for pattern, message in _REFUSALS:
        if match := re.match(pattern, text):
            text = phrase(message, name=match[1], option=match[1])
            known = [option for parameter in context.command.params for option in parameter.opts] if context else []
            known += getattr(context.command, "commands", {}) if context else []
            if close := close_to(match[1], known) if match[0].startswith("No such") else []:
                return InputError(text, hint=meant(close))
            break
    return InputError(
        text, hint=phrase("{command} --help tells what it takes", command=context.command_path if context else "gdprgraph")
    )
