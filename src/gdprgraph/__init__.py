"""gdprgraph: a GDPR processing register of Danish public authorities as a knowledge graph.

>>> from gdprgraph import Register
>>> rows = Register.load().ask("recipients", data="dk:CPRNumber")
>>> all(row.evidence for row in rows)
True
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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


def __getattr__(name: str) -> Any:
    """What is exported, read when it is first asked for: the command line has first to see to it that it can be broken off."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from gdprgraph import errors, register

    return getattr(register if name == "Register" else errors, name)
