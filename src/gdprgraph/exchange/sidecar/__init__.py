"""The compact YAML form of a notice's facts: written, read, and described by a JSON Schema."""

from gdprgraph.exchange.sidecar.reading import Sidecar, read, read_text
from gdprgraph.exchange.sidecar.writing import VERSION, schema, write

__all__ = ["VERSION", "Sidecar", "read", "read_text", "schema", "write"]
