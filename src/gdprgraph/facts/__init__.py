"""What the register says at its nodes, how surely, on which lines and of whom: read once, for flows, record, pages, checks.

`facts` fetches nodes with their triples and knows what stands above their classes; `standing` has the words for how surely
something is known. What several rooms ask of a node (how a flow is received, in whose record an activity stands, at which
level a basis holds) is derived at load by the rules in `rules/`, and read here like everything else.
"""

from gdprgraph.facts.facts import NOT_READ, NOT_STATED, Attestation, Content, Fact, Facts, Link, standing_of

__all__ = ["NOT_READ", "NOT_STATED", "Attestation", "Content", "Fact", "Facts", "Link", "standing_of"]
