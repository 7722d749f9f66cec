"""A register of one's own needs one language: an answer in another has the same rows, and loses no condition or reason."""

import re
import shutil
from collections import Counter

import pytest

from gdprgraph import Register, resources
from gdprgraph.questions.question import Questions
from gdprgraph.questions.rows import Concept

TEXTS = {"condition", "limitation", "slip"}
_LITERAL = r'"(?:[^"\\]|\\.)*"@en'


@pytest.fixture(scope="module")
def danish(tmp_path_factory) -> Register:
    """The five notices without their English."""
    data = shutil.copytree(resources.folder("data"), tmp_path_factory.mktemp("danish") / "data")
    for path in data.rglob("*.ttl"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(rf"\s*,\s*{_LITERAL}|{_LITERAL}\s*,\s*", "", text), encoding="utf-8")
    return Register.load(data)


def rows(register: Register, slug: str, language: str) -> Counter:
    """Each row by the nodes that it names, and by its texts; of what an answer puts in its own words, whether there is any."""

    def shown(name, value):
        return value.iri if isinstance(value, Concept) else value if name in TEXTS else value is None

    return Counter(tuple(shown(name, value) for name, value in row.values.items()) for row in register.ask(slug, lang=language))


@pytest.mark.parametrize("slug", Questions(resources.folder("queries")).slugs)
def test_an_answer_in_the_other_language_loses_nothing(slug, danish, register):
    assert rows(danish, slug, "en") == rows(register, slug, "da")


def test_a_text_in_both_languages_is_told_once(register):
    assert not list(register.store.select("SELECT * { GRAPH ?notice { ?node a [] } ?node reg:inOneLanguage ?text }").rows)
