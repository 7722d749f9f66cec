"""What the package says, in the languages of its readers.

The code holds the English; `words/<language>.po` holds the same in another language. A language is there where its file is, and
reads the English where the file lacks a text (docs/words.md). A name in a text stands for a value, as in `str.format`:

    phrase("unknown question {name}", name="who")     # for a reader who is known later: an error, a hint, a name in a table
    words = Words("da"); words("No findings.")        # for a reader who is known

A text is written out where `phrase` or `words` is called, or in the `texts.yaml` of a room, so that `scripts/words.py` can
collect it.

The texts of one language, read from a gettext PO file: the English text → the text in that language.

The format is that of the GNU gettext manual, "The Format of PO Files": `msgid`, `msgid_plural`, `msgstr` and
`msgstr[n]`, each a string in C's quotes, or several; comments are passed over. `scripts/words.py` writes them, with Babel.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from gettext import c2py
from pathlib import Path
from typing import Any

from gdprgraph import resources

_ESCAPE = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t"}


class Catalogue:
    """The texts of a language: English → its forms, one for most, several where a number decides. No file: no texts."""

    def __init__(self, path: Path) -> None:
        entries: list[tuple[list[str], list[str]]] = []  # the English, and its plural where it has one; the forms
        strings: list[str] = []
        for line in (path.read_text(encoding="utf-8") if path.is_file() else "").splitlines():
            keyword, _, quoted = line.partition('"')
            string = quoted.rstrip()[:-1]
            if "\\" in string:
                string = _ESCAPE.sub(lambda escape: _ESCAPES.get(escape[1], escape[1]), string)
            if keyword == "msgid ":
                entries.append(([], []))
            if keyword.startswith("msg"):
                strings = entries[-1][keyword.startswith("msgstr")]
                strings.append(string)
            elif not keyword and string:
                strings[-1] += string
        self._forms = {english[0]: forms for english, forms in entries if all(forms)}
        header = "".join(self._forms.pop("", ()))
        rule = re.search(r"^Plural-Forms:.*?plural=([^;\n]+)", header, re.MULTILINE)
        self._form: Callable[[int], int] = c2py(rule[1] if rule else "n != 1")

    def __contains__(self, english: str) -> bool:
        return english in self._forms

    def __getitem__(self, english: str) -> str:
        """The text, or the English where the catalogue lacks it."""
        return self._forms.get(english, (english,))[0]

    def plural(self, number: int, one: str, many: str) -> str:
        """The form for a number."""
        forms = self._forms.get(one, [one, many])
        return forms[min(self._form(number), len(forms) - 1)]


FOLDER = Path(__file__).parent
#: The languages of the data: every label, condition and rule says the same in both.
WRITTEN = ("da", "en")


class Texts(dict[str, str]):
    """A text of the data (a label, the message of a rule) by language; one that it is not written in reads the English."""

    def __missing__(self, language: str) -> str:
        return self.get("en") or next(iter(self.values()), "")


class Phrase(str):
    """A text that is its English, and can be said in any language."""

    __slots__ = ("english", "values")
    english: str
    values: Mapping[str, object]

    def into(self, language: str) -> str:
        """The text in a language."""
        return _filled(catalogue(language)[self.english], self.values, language)


def phrase(english: str, /, **values: object) -> Phrase:
    """A text for readers in any language. A value may be a phrase, or a Texts, itself."""
    return _phrase(english, values)


def _phrase(english: str, values: Mapping[str, object]) -> Phrase:
    text = Phrase(_filled(english, values, "en"))
    text.english, text.values = english, values
    return text


@cache
def tables(room: str) -> dict[str, dict[str, Phrase]]:
    """The texts of a room by table and key, as its `texts.yaml` has them."""
    return {
        name: {key: phrase(text) for key, text in entries.items()}
        for name, entries in resources.table(f"{room}/texts.yaml").items()
    }


def in_language(message: str, language: str) -> str:
    """A phrase in a language; any other text as it stands."""
    return message.into(language) if isinstance(message, Phrase) else str(message)


def in_each_language(message: Phrase) -> Texts:
    """A phrase in every language."""
    return Texts({language: message.into(language) for language in languages()})


def packed(message: str) -> Any:
    """A phrase as JSON takes it, for another process to unpack; any other text as it stands."""
    if not isinstance(message, Phrase):
        return str(message)
    return [
        message.english,
        {name: packed(value) if isinstance(value, str) else value for name, value in message.values.items()},
    ]


def unpacked(members: Any) -> str:
    """What `packed` has packed."""
    if isinstance(members, str):
        return members
    english, values = members
    return _phrase(english, {name: unpacked(value) if isinstance(value, list) else value for name, value in values.items()})


class Words:
    """The texts in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = catalogue(language)

    def __call__(self, english: str, /, **values: object) -> str:
        """The text, or the phrase, with values put in."""
        if isinstance(english, Phrase):
            return _filled(self._catalogue[english.english], {**english.values, **values}, self.language)
        return _filled(self._catalogue[english], values, self.language)

    def plural(self, number: int, one: str, many: str, /, **values: object) -> str:
        """The text for a number, which stands in it as {n}, written as this language writes numbers."""
        from gdprgraph.words.language import number_text

        pattern = self._catalogue.plural(number, one, many)
        return _filled(pattern, {"n": number_text(number, self.language), **values}, self.language)


@cache
def languages() -> tuple[str, ...]:
    """The languages that the package speaks: English, and one for each catalogue."""
    return tuple(sorted({"en", *(path.stem for path in FOLDER.glob("*.po"))}))


def language_name(language: str) -> str:
    """What a language calls itself; its code where its catalogue does not say."""
    words = Words(language)
    own = words("English")
    return own if own != "English" or language == "en" else language


def data_language(language: str) -> str:
    """The language in which a reader of `language` gets texts of the data that are chosen by their tag."""
    return language if language in WRITTEN else "en"


@cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of a language; an empty one where it has none, as English has."""
    return Catalogue(FOLDER / f"{language}.po")


def _filled(pattern: str, values: Mapping[str, Any], language: str) -> str:
    if not values:
        return pattern
    return pattern.format_map({name: _value(value, language) for name, value in values.items()})


def _value(value: object, language: str) -> object:
    if isinstance(value, Texts):
        return value[language]
    return value.into(language) if isinstance(value, Phrase) else value
