"""`gdprgraph demo`: the main job, from question to source line."""

from __future__ import annotations

import time
from dataclasses import replace

import typer

from gdprgraph.cli.console import DocumentsOption, LangOption, emit, open_register, terminal_width

_WORDS = {
    "da": {
        "loaded": "Registret er indlæst: {notices} oplysningstekster, {triples} tripler, {seconds:.2f} s.",
        "open": "Hertil {count} rækker, hvor teksten ikke angiver oplysningerne, så CPR-nummeret kan være omfattet "
        "(gdprgraph ask recipients --data dk:CPRNumber).",
        "lines": "Kolonnen »kilde« er dokument og linjer. De første rækkers linjer lyder:",
        "absent": "Dokumenterne er ikke ved hånden; med --documents MAPPE vises de linjer, rækkerne står på.",
        "next": "Videre: gdprgraph ask · gdprgraph describe party:pet · gdprgraph evidence coverage",
    },
    "en": {
        "loaded": "The register is loaded: {notices} notices, {triples} triples, {seconds:.2f} s.",
        "open": "And {count} rows whose data the notice does not specify, so that the CPR number may be among them "
        "(gdprgraph ask recipients --data dk:CPRNumber).",
        "lines": "The column »source« is document and lines. The first rows stand on:",
        "absent": "The documents are not at hand; --documents DIR shows the lines that the rows stand on.",
        "next": "Next: gdprgraph ask · gdprgraph describe party:pet · gdprgraph evidence coverage",
    },
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)


def demo(lang: LangOption = "da", documents: DocumentsOption = None) -> None:
    """Answer one question of a data protection officer, and show the lines it stands on."""
    from gdprgraph.formats import table
    from gdprgraph.register import check_language

    words = _WORDS[check_language(lang)]
    start = time.perf_counter()
    opened = open_register(None, None, documents)
    counted = opened.stats(lang=lang)
    triples = sum(1 for _ in opened.store.quads())
    emit(words["loaded"].format(notices=len(counted), triples=triples, seconds=time.perf_counter() - start) + "\n")
    answer = opened.ask("recipients", lang=lang, data="dk:CPRNumber")
    sure = tuple(row for row in answer if getattr(row["kind"], "curie", "") != "reg:MayInclude")
    rows = replace(answer, rows=sure)
    emit(f"{rows.caption}\n\n{table(rows, terminal_width())}")
    emit(words["open"].format(count=len(answer) - len(rows)) + "\n")
    if opened.documents.available:
        emit(words["lines"] + "\n")
        for passage in list(dict.fromkeys(passage for row in rows for passage in row.evidence))[:3]:
            emit(str(passage))
            for line in opened.evidence.text(passage):
                emit(f"    {line.strip()}")
    else:
        emit(words["absent"])
    emit("\n" + words["next"])
