"""The names that stand for one thing everywhere: in answers, records, pages, pictures and checks.

A name that the vocabulary labels (`ontology/register.ttl`) is that label, in every language; tests/words holds them equal.
"""

from gdprgraph.words import phrase

#: How the register knows a thing: key → (name, what it means).
STANDINGS = {
    "stated": phrase("stated"),
    "inferred": phrase("inferred"),
    "attested": phrase("attested"),
    "denied": phrase("denied"),
    "open": phrase("may be included"),
    "not-stated": phrase("not stated in the source"),
    "not-read": phrase("not read yet"),
}
STANDING_MEANS = {
    "stated": phrase("The text says it."),
    "inferred": phrase("The text does not say it itself; the register concluded it, and gives the reason."),
    "attested": phrase("The authority itself has attested it; no document says it."),
    "denied": phrase("The text says that it does not happen."),
    "open": phrase("The text leaves the data open, so that they may be included."),
    "not-stated": phrase("The text says nothing of it. It may still be so."),
    "not-read": phrase("Nobody has read the text to the end yet, so that nothing can be said of its silence."),
}
#: How sensitive data are, most first.
SENSITIVITIES = {
    "criminal": phrase("criminal data (Art. 10)"),
    "special": phrase("special category data (Art. 9)"),
    "cpr": phrase("CPR number (Art. 87)"),
    "ordinary": phrase("other data"),
    "unspecified": phrase("unspecified data"),
}
#: What a finding means.
OUTCOMES = {
    "conflict": phrase("conflicts with a rule"),
    "not-stated": phrase("not stated in the source"),
    "not-read": phrase("not read yet"),
    "assessment": phrase("needs human assessment"),
}
#: What rules are about.
PROFILES = {
    "register": phrase("record"),
    "notice": phrase("notice"),
    "cross": phrase("cross"),
    "hygiene": phrase("hygiene"),
    "own": phrase("own rules"),
}
#: How grave a finding is.
SEVERITIES = {
    "violation": phrase("requirement not met"),
    "warning": phrase("warning"),
    "info": phrase("for information"),
}
SEVERITIES_COUNTED = {
    "violation": phrase("requirements not met"),
    "warning": phrase("warnings"),
    "info": phrase("for information"),
}
#: What questions are about.
THEMES = {
    "assertions": phrase("Standing of the statements"),
    "contacts": phrase("Contact"),
    "flows": phrase("Data flows and recipients"),
    "law": phrase("Law and legal bases"),
    "parties": phrase("Parties"),
    "register": phrase("Processing and data"),
    "rights": phrase("Rights"),
    "risk": phrase("Risk"),
    "roles": phrase("Roles"),
    "security": phrase("Security"),
    "storage": phrase("Storage and time limits"),
    "systems": phrase("IT systems"),
    "technology": phrase("Technology"),
    "transfers": phrase("Third countries"),
}
