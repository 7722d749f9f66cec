"""The Article 30 record as a document.

`scope` finds what belongs into whose record, `couplings` turns its facts into statements, `cells`, `controller` and `cover`
put them together, `gaps` lists what is lacking; `tables` lays the record out once for all formats, which `formats`, `xlsx`
and `jsonld` write.
"""

from gdprgraph.record.controller import compose
from gdprgraph.record.model import Record
from gdprgraph.record.scope import parties

__all__ = ["Record", "compose", "parties"]
