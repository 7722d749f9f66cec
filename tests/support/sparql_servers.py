"""Two SPARQL servers that others have made, each started for real with nothing in it."""

from __future__ import annotations

import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from conftest import need
from support.running import Running, free_port, running

if TYPE_CHECKING:
    from collections.abc import Iterator

VIRTUOSO = """
[Database]
DatabaseFile=./v.db
ErrorLogFile=./v.log
LockFile=./v.lck
TransactionFile=./v.trx
xa_persistent_file=./v.pxa
FileExtend=200
[TempDatabase]
DatabaseFile=./v-temp.db
TransactionFile=./v-temp.trx
[Parameters]
ServerPort=127.0.0.1:{sql}
DisableUnixSocket=1
ServerThreads=10
CaseMode=2
NumberOfBuffers=10000
MaxDirtyBuffers=6000
CheckpointInterval=0
[HTTPServer]
ServerPort=127.0.0.1:{http}
ServerRoot=./vsp
ServerThreads=5
Charset=UTF-8
[SPARQL]
ResultSetMaxRows={rows}
MaxQueryExecutionTime=60
"""
PASSWORD = {"GDPRGRAPH_STORE_USER": "dba", "GDPRGRAPH_STORE_PASSWORD": "dba"}


@contextmanager
def oxigraph_at(folder: Path) -> Iterator[Running]:
    """Oxigraph's server, in memory; it answers at `/query`, `/update` and `/store`."""
    beside = Path(sys.executable).with_name("oxigraph")
    program = str(beside) if beside.is_file() else shutil.which("oxigraph")
    need(program is not None, "the oxigraph server (pip install oxigraph)")
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    command = [program, "serve", "--bind", f"127.0.0.1:{port}"]
    with running(command, f"http://127.0.0.1:{port}", "/query?query=ASK%7B%7D", folder / "log") as server:
        yield server


@contextmanager
def virtuoso_at(folder: Path, rows: int = 1_000_000) -> Iterator[Running]:
    """Virtuoso, in a folder that is not there yet; it answers at `/sparql` and takes graphs at `/sparql-graph-crud-auth`."""
    command = shutil.which("virtuoso-t")
    need(command is not None, "Virtuoso (apt install virtuoso-opensource-7-bin)")
    port = free_port()
    (folder / "vsp").mkdir(parents=True)
    (folder / "virtuoso.ini").write_text(VIRTUOSO.format(sql=free_port(), http=port, rows=rows))
    start = [command, "-f", "-c", "virtuoso.ini"]
    with running(start, f"http://127.0.0.1:{port}", "/sparql?query=ASK%7B%7D", folder / "log", cwd=folder) as server:
        yield server
