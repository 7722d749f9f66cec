"""The process in which owlready2 runs HermiT: N-Triples in by standard input, JSON out.

A process of its own, because owlready2 gives its Java child no time limit and keeps a global state. Run by `classify`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gdprgraph.reasoning.java import MEMORY, OPTIONS, hermit, java, java_failed, too_long

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Classified:
    """What HermiT says of a theory: whether it is consistent, new triples as N-Triples, classes that can have no member."""

    consistent: bool
    inferred: tuple[str, ...] = ()
    unsatisfiable: tuple[str, ...] = ()


def classify(lines: Iterable[str], timeout: float) -> Classified:
    """What HermiT makes of a theory given as N-Triples: types and properties of its individuals.

    Raises InputError where it takes longer than `timeout` seconds, where Java or owlready2 is missing, or Java fails.
    """
    hermit()
    command = [sys.executable, "-m", "gdprgraph.reasoning.worker", java()]
    # owlready2 writes the command of its Java child itself; this variable is the way past it.
    options = (os.environ.get("JAVA_TOOL_OPTIONS"), *OPTIONS)
    # All that is written goes below `scratch`: a worker that is killed cannot clear up.
    with (
        tempfile.TemporaryDirectory(prefix="gdprgraph-", ignore_cleanup_errors=True) as scratch,
        tempfile.TemporaryFile("w+", encoding="utf-8") as source,
    ):
        source.write("\n".join(lines) + "\n")
        source.seek(0)
        process = subprocess.Popen(  # noqa: S603 - this module, no shell
            command,
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            env={
                **os.environ,
                "PYTHONUTF8": "1",
                "JAVA_TOOL_OPTIONS": " ".join(filter(None, options)),
                "TMPDIR": scratch,
            },
            start_new_session=True,
        )
        try:
            out, err = process.communicate(timeout=max(timeout, 0.1))
        except subprocess.TimeoutExpired as error:
            raise too_long(timeout) from error
        finally:
            if process.poll() is None:
                _kill(process)
    if process.returncode != 0:
        raise java_failed(err)
    told = json.loads(out)
    return Classified(told["consistent"], tuple(told["inferred"]), tuple(told["unsatisfiable"]))


def _kill(process: subprocess.Popen[str]) -> None:
    """End the process and its Java child."""
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate()


def _main(program: str) -> None:
    import owlready2
    from owlready2 import reasoning

    owlready2.JAVA_EXE, reasoning.JAVA_MEMORY = program, MEMORY
    world = owlready2.World()
    with tempfile.TemporaryDirectory(prefix="gdprgraph-") as name:
        source = Path(name) / "theory.nt"
        source.write_text(sys.stdin.read(), encoding="utf-8")
        world.get_ontology(source.as_uri()).load()
        inferences = world.get_ontology("urn:gdprgraph:inferences#")
        try:
            with inferences:
                owlready2.sync_reasoner_hermit(world, infer_property_values=True, debug=0, ignore_unsupported_datatypes=True)
        except owlready2.OwlReadyInconsistentOntologyError:
            json.dump({"consistent": False, "inferred": [], "unsatisfiable": []}, sys.stdout)
            return
        target = Path(name) / "inferred.nt"
        inferences.save(str(target), format="ntriples")
        inferred = target.read_text(encoding="utf-8").splitlines()
    impossible = sorted(kind.iri for kind in world.inconsistent_classes() if kind is not owlready2.Nothing)
    json.dump({"consistent": True, "inferred": inferred, "unsatisfiable": impossible}, sys.stdout)


if __name__ == "__main__":
    _main(sys.argv[1])
