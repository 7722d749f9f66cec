"""Flows that the rows of a table say: who stands under »Modtagere« receives, who stands under »Kilder« sends."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from gdprgraph.drafting.couplings import Counterpart
from gdprgraph.drafting.draft import Value
from gdprgraph.drafting.lexicon import own_name
from gdprgraph.drafting.passage import Passage, cue, cues
from gdprgraph.drafting.reading import Reading
from gdprgraph.names import slug as slugged


def add_flows(
    reading: Reading,
    passage: Passage,
    others: Sequence[Counterpart],
    data: Sequence[str],
    home: Callable[[Passage], str],
) -> None:
    """The flows of a row, as nodes of a reading; `home` is the activity that a passage is of, or the notice.

    A cell that says more than names is left to the reader. Of a row that is about a receiver or sender (its first cell), the
    data that the row names go; of a row that is about something else, which of its data go is not said.
    """
    if not passage.head:
        return
    bounds = [0, *(match.end() for match in re.finditer(r" \| ", passage.text)), len(passage.text) + 3]
    for number, (first, last) in enumerate(pairwise(bounds)):
        header = passage.head[number] if number < len(passage.head) else ""
        direction = next((each for each in ("out", "in") if cue("end_columns", each).search(header)), "")
        inside = [other for other in others if first <= other.start < last]
        ends = [other for other in inside if other.kind in {"party", "body"} and not reading.is_own(other, passage.text)]
        cell = passage.text[first : last - 3]
        remainder = cell
        for other in reversed(ends):
            remainder = remainder[: other.start - first] + remainder[other.end - first :]
        if not direction or ends != inside or re.search(r"\b(?!(?:og|samt|eller)\b)\w", remainder):
            continue
        choice: dict[str, Value] = {"modality": "possible"} if re.search(r"\beller\b", remainder) else {}
        for other in ends:
            end, lines = reading.end(other, passage), passage.lines_of(other.start, other.end)
            names = {"da": other.label[0], "en": other.label[1] or other.label[0]}
            names = {
                key: str(reading.nodes[end].fields.get(key) or name) for key, name in names.items() if end in reading.nodes
            }
            names = names or dict.fromkeys(("da", "en"), other.label[0])
            sends, receives = (end, reading.controller) if direction == "in" else (reading.controller, end)
            fields: dict[str, Value] = {
                "da": f"oplysninger {'fra' if direction == 'in' else 'til'} {names['da']}",
                "en": f"data {'from' if direction == 'in' else 'to'} {names['en']}",
                "from": sends,
                "to": receives,
                "does": cues()["does"][direction],
                "people": reading.people(passage),
                "data": list(data) if data and number == 0 else [reading.nodes.unspecified(lines)],
            }
            name = f"flow-{slugged(own_name(end))}"
            key = f"{end} {direction} {id(passage)}"
            placed = {"words": other.label[0], "under": home(passage), "by": "process"}
            reading.nodes.add("flow", key, name, "table", passage.lines, fields=fields | choice, **placed)
