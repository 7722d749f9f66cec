"""How many rows have passed, told from the bytes of a result: Oxigraph writes them, and counting in Python would cost more."""

from __future__ import annotations

import re

_JSON_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
_JSON_ROW = re.compile(rb"[\[,]\{")


class RowCounter:
    """Counts the rows of a SPARQL result in `format` (json, xml, csv or tsv) while it passes in pieces."""

    def __init__(self, name: str) -> None:
        self.rows = 0
        self._rest = b""
        self._quoted = False
        self._feed = {"json": self._json, "xml": self._xml, "csv": self._csv, "tsv": self._tsv}[name]
        if name in {"csv", "tsv"}:
            self.rows = -1  # the heading

    def feed(self, piece: bytes) -> int:
        """Take the next piece; returns the rows so far."""
        self._feed(piece)
        return self.rows

    def _tsv(self, piece: bytes) -> None:
        self.rows += piece.count(b"\n")  # a line feed in a value is written \\n

    def _csv(self, piece: bytes) -> None:
        for number, part in enumerate(piece.split(b'"')):
            if number:
                self._quoted = not self._quoted
            if not self._quoted:
                self.rows += part.count(b"\n")

    def _xml(self, piece: bytes) -> None:
        piece = self._rest + piece
        self.rows += piece.count(b"<result>")  # a value has &lt;
        self._rest = piece[-7:]  # too short to be counted twice

    def _json(self, piece: bytes) -> None:
        # Without its strings a result is `{:{:[,]},:{:[{:{:,:}},{…}]}}`: a row is an object that follows [ or a comma.
        bare = _JSON_STRING.sub(b"", self._rest + piece)
        cut = bare.find(b'"')  # a string that goes on in the next piece
        bare, begun = (bare[:cut], bare[cut:]) if cut >= 0 else (bare, b"")
        self.rows += len(_JSON_ROW.findall(bare))
        self._rest = bare[-1:] + begun
