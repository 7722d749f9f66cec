"""The names that stand for one thing everywhere: in answers, records, pages, pictures and checks (`texts.yaml`).

A name that the vocabulary labels (`ontology/register.ttl`) is that label, in every language; tests/words holds them equal.
"""

from gdprgraph.words import tables

_TEXTS = tables("words")
#: How the register knows a thing, and what that means.
STANDINGS, STANDING_MEANS = _TEXTS["standings"], _TEXTS["standing-means"]
SENSITIVITIES, OUTCOMES, PROFILES = _TEXTS["sensitivities"], _TEXTS["outcomes"], _TEXTS["profiles"]
SEVERITIES, SEVERITIES_COUNTED, THEMES = _TEXTS["severities"], _TEXTS["severities-counted"], _TEXTS["themes"]
