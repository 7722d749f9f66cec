"""From a document to a draft: lines that stay, and proposals on them that a person accepts, changes or strikes."""

from gdprgraph.drafting.draft import ACCEPTED, PROPOSED, STATUSES, STRUCK, Draft, Proposal

__all__ = ["ACCEPTED", "PROPOSED", "STATUSES", "STRUCK", "Draft", "Proposal"]
