"""The Article 30 record as a document.

`scope` finds what belongs into whose record, `nodes` fetches it, `reading` turns nodes into statements, `couplings`, `cells`,
`cover`, `controller` and `processor` put them together, `gaps` lists what is lacking; `tables` lays the record out once for
all formats, which `page`, `workbook`, `prose`, `separated` and `linked` write.
"""

from gdprgraph.record.compose import compose
from gdprgraph.record.model import Record
from gdprgraph.record.scope import parties

__all__ = ["Record", "compose", "parties"]
