"""Data flows: who sends what about whom to whom, as objects, as a graph, and as pictures.

`reading` reads them from a register, `selection` filters, `collection` is what `Register.flows` returns, `graph` and
`mermaid` write it for others, `scene`, `layout`, `layered` and `sankey` draw it, `reach` follows it, `route` serves it.
"""

from gdprgraph.flows.collection import Flows
from gdprgraph.flows.flow import Data, End, Flow, Holding, Refusal

__all__ = ["Data", "End", "Flow", "Flows", "Holding", "Refusal"]
