"""The page of a rule, and the list of all rules, on the command line; `scripts/rules.py` writes docs/rules/."""

import pyoxigraph as ox

from gdprgraph.checks.rules import NAMES, Rule, Rules
from gdprgraph.names import PREFIXES, curie
from gdprgraph.words import Words
from gdprgraph.words.glossary import OUTCOMES, PROFILES, SEVERITIES


def listing(rules: Rules, language: str) -> str:
    """All rules by profile, one a line."""
    words = Words(language)
    out = []
    for profile in NAMES:
        out += ["", words(PROFILES[profile])]
        out += [f"  {rule.slug:<40} {rule.label[language]}" for rule in rules.of([profile])]
    return "\n".join(out[1:]) + "\n"


def manual(rule: Rule, language: str) -> str:
    """What a rule finds, why, and what to do."""
    words = Words(language)
    agrees = words("articles without an act are the GDPR's")
    out = [
        rule.label[language],
        "",
        f"  {words('rule'):<12} {rule.slug} ({curie(rule.iri)})",
        f"  {words('profile'):<12} {', '.join(words(PROFILES[profile]) for profile in rule.profiles)}",
        f"  {words('severity'):<12} {words(SEVERITIES[rule.severity])}",
        f"  {words('outcome'):<12} {words(OUTCOMES[rule.outcome])}",
        f"  {words('provision'):<12} {rule.article[language]} ({agrees})",
        f"  {words('source'):<12} {rule.source}",
        *(f"  {words('see also'):<12} {address}" for address in rule.see_also),
        *([f"  {words('note'):<12} {rule.note[language]}"] if rule.note else []),
        "",
        plain(rule.message[language]),
        "",
        f"{words('How to fix')}: {rule.fix[language]}",
        "",
        *(f"  {line}" for line in shape(rule).splitlines()),
    ]
    return "\n".join(out) + "\n"


def shape(rule: Rule) -> str:
    """The rule's query, or its path and constraints, with short names."""
    if rule.select:
        return rule.select.strip()
    terms = [f"sh:path {_short(rule.path)}"]
    for constraint in rule.constraints:
        terms.append(f"sh:{constraint.name} {' '.join(_value(value) for value in constraint.values)}")
    targets = [f"sh:{name} {curie(iri)}" for name, iri in rule.targets]
    return " ;\n".join([*targets, *terms])


def _value(value: ox.NamedNode | ox.Literal) -> str:
    plain = isinstance(value, ox.Literal) and value.datatype.value.endswith(("#integer", "#boolean"))
    return value.value if plain else _short(str(value))


def _short(text: str) -> str:
    for prefix, namespace in sorted(PREFIXES.items(), key=lambda item: -len(item[1])):
        if f"<{namespace}" in text:
            head, _, tail = text.partition(f"<{namespace}")
            local, _, tail_ = tail.partition(">")
            return f"{head}{prefix}:{local}{_short(tail_)}"
    return text


def plain(message: str) -> str:
    """A message without the names that a finding puts in."""
    return message.replace("{$this}", "…").replace("{?value}", "…")
