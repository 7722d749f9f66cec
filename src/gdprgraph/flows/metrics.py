"""How wide text is, without a font at hand: advance widths of a wide sans-serif, so that narrower fonts fit too.

The numbers are those of DejaVu Sans in thousandths of the font size, rounded up; Arial, Segoe UI and Helvetica are
narrower letter for letter. A picture laid out by them has room in whatever font a reader's machine puts in.
"""

from __future__ import annotations

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
_BOLD = 1.12


def width(text: str, size: float, bold: bool = False) -> float:
    """Upper bound of the width of `text` in pixels at font size `size`."""
    return sum(_WIDTHS.get(letter, 1.0) for letter in text) * size * (_BOLD if bold else 1)


def wrap(text: str, room: float, size: float, bold: bool = False, lines: int = 99) -> list[str]:
    """`text` in at most `lines` lines of `room` pixels; a word too long is broken, what is left out ends in …"""
    out: list[str] = []
    current = ""
    for word in text.split():
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
    if len(out) > lines:
        out = [*out[: lines - 1], clip(" ".join(out[lines - 1 :]), room, size, bold)]
    return out


def clip(text: str, room: float, size: float, bold: bool = False) -> str:
    """`text`, or as much of it as fits, with … at its end."""
    if width(text, size, bold) <= room:
        return text
    kept = text
    while kept and width(kept + "…", size, bold) > room:
        kept = kept[:-1]
    return kept.rstrip(" ,;") + "…"


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
