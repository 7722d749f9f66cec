"""Evidence: which lines of which document a fact stands on, whether they still say it, and what nobody has read yet.

A fact points into a document by `prov:wasDerivedFrom <…/document/uim-hr#line=99,101>`, an RFC 5147 fragment whose numbers
are positions *between* lines: `line=99,101` is lines 100 and 101. The graph `…/graph/evidence` holds one SHA-256 for each
line, so that drift names lines. The documents themselves are read at run time and never stored.
"""

from gdprgraph.evidence.coverage import REASONS, Coverage, factless_rows
from gdprgraph.evidence.documents import NORMALISER, Documents, digest, split, whole_digest
from gdprgraph.evidence.drift import Drift
from gdprgraph.evidence.evidence import DocumentNode, Evidence, Rewriting
from gdprgraph.evidence.facts import LEAVES, Fact, Passage, ranges
from gdprgraph.evidence.reading import Unread
from gdprgraph.evidence.sentences import Sentence, sentences

__all__ = [
    "LEAVES",
    "NORMALISER",
    "REASONS",
    "Coverage",
    "DocumentNode",
    "Documents",
    "Drift",
    "Evidence",
    "Fact",
    "Passage",
    "Rewriting",
    "Sentence",
    "Unread",
    "digest",
    "factless_rows",
    "ranges",
    "sentences",
    "split",
    "whole_digest",
]
