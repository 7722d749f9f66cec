"""How wide text is, without a font at hand: advance widths of a wide sans-serif, so that narrower fonts fit too.

The numbers are those of DejaVu Sans in thousandths of the font size, rounded up; Arial, Segoe UI and Helvetica are
narrower letter for letter. A picture laid out by them has room in whatever font a reader's machine puts in.
"""

import re

_BY_WIDTH = {
    300: "'ijlIJ",
    340: " ,.·’‘/:;\\|",
    400: "f-()[]t!",
    460: 'r"',
    520: "*_`§–°sz”“",
    590: "?cLFkvxy",
    640: "PTYaoøåöä»«eéèESbdghnpquüß$0123456789{}",
    700: "KAVÅÄBRXZC",
    770: "UÜHNDG&",
    850: "OQØÖw#+<=>^~→×M",
    1000: "%mÆ½æW@—…",
}
_WIDTHS = {letter: width / 1000 for width, letters in sorted(_BY_WIDTH.items()) for letter in letters}
_WIDTHS["\u00a0"] = _WIDTHS[" "]
_BOLD = 1.12
#: Where a line may break: at white space, but not at a no-break space.
_SPACES = re.compile(r"[^\S\u00a0]+")


def width(text: str, size: float, bold: bool = False) -> float:
    """Upper bound of the width of `text` in pixels at font size `size`."""
    return sum(_WIDTHS.get(letter, 1.0) for letter in text) * size * (_BOLD if bold else 1)


def wrap(text: str, room: float, size: float, bold: bool = False) -> list[str]:
    """`text` in lines that each fit into `room` pixels; a word that is too long is broken."""
    out: list[str] = []
    current = ""
    for word in _SPACES.split(text.strip()):
        joined = f"{current} {word}" if current else word
        if width(joined, size, bold) <= room:
            current = joined
            continue
        if current:
            out.append(current)
        while width(word, size, bold) > room:
            cut = _fitting(word, room - width("-", size, bold), size, bold)
            out.append(word[:cut] + ("" if word[cut - 1] in "-/" else "-"))
            word = word[cut:]
        current = word
    if current:
        out.append(current)
    return out


def _fitting(text: str, room: float, size: float, bold: bool) -> int:
    """How many letters of a word fit, at least one, cut where it reads best.

    That is after a hyphen, slash or full stop, else after the s that joins the parts of a Danish compound.
    """
    used, fits = 0.0, 0
    for letter in text:
        used += width(letter, size, bold)
        if used > room:
            break
        fits += 1
    fits = max(1, fits)
    marks = [text.rfind(mark, 0, fits) + 1 for mark in "-/."]
    if max(marks) > fits * 0.4:
        return max(marks)
    for at in range(min(fits, len(text) - 4), max(3, fits // 2), -1):
        if text[at - 1] == "s" and text[at] not in "aeiouyæøås":
            return at
    return max(1, min(fits, len(text) - 3))
