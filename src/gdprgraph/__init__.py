"""gdprgraph: a GDPR processing register of Danish public authorities as a knowledge graph.

>>> from gdprgraph import Register
>>> rows = Register.load().ask("recipients", data="dk:CPRNumber")
>>> all(row.evidence for row in rows)
True
"""

from gdprgraph.errors import (
    DocumentsError,
    DriftError,
    GdprgraphError,
    InputError,
    QueryError,
    RegisterError,
    ShapesError,
    StoreError,
    TurtleError,
    UnknownName,
)
from gdprgraph.register import Register

__all__ = [
    "DocumentsError",
    "DriftError",
    "GdprgraphError",
    "InputError",
    "QueryError",
    "Register",
    "RegisterError",
    "ShapesError",
    "StoreError",
    "TurtleError",
    "UnknownName",
]

__version__ = "0.1.0"
