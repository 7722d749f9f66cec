"""Data flows: who sends what about whom to whom, as objects, as a graph, and as pictures.

`reading` reads them from a register, `selection` filters, `collection` is what `Register.flows` returns, `graph` and
`mermaid` write it for others, `scene`, `layout`, `layered` draws it, `reach` follows it, `route` serves it.
"""

from gdprgraph.flows.flow import Data, End, Flow, Holding, Refusal
from gdprgraph.flows.flows import Flows

__all__ = ["Data", "End", "Flow", "Flows", "Holding", "Refusal"]
