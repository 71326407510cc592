"""A virtual environment for each peer, and running programs in it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from dataclasses import dataclass, field
from pathlib import Path

from measurements import available_cores, say

INSTALL_SECONDS = 1800
# How each library is told its number of threads.
_THREADS = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "LK_NUM_THREADS",
    "LK_NUM_BACKEND_THREADS",
)


class NotInstalled(Exception):
    """The peer could not be installed; the message says why."""


class Failed(Exception):
    """The peer's process failed; the message is its last line of output."""


@dataclass(frozen=True)
class Environment:
    """A peer's pinned packages; `before` is installed first (what an old setup.py imports)."""

    name: str
    requirements: tuple[str, ...]
    before: tuple[str, ...] = ()
    variables: dict[str, str] = field(default_factory=dict)

    def python(self, data_dir: Path) -> Path:
        """The environment's interpreter; creates it if missing or if the packages changed.

        Raises:
            NotInstalled
        """
        folder = data_dir / "benchmarks" / f"venv-{self.name}"
        python, stamp = folder / "bin" / "python", folder / "installed"
        wanted = hashlib.sha256(repr(self).encode()).hexdigest()
        if stamp.exists() and stamp.read_text() == wanted and python.exists():
            return python
        say(f"{self.name}: installing {' '.join(self.requirements)} into {folder}")
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            venv.create(folder, clear=True, with_pip=True)
            for packages in filter(None, (self.before, self.requirements)):
                self._pip(python, packages)
        except (OSError, subprocess.SubprocessError) as error:
            raise NotInstalled(_last_line(error)) from error
        stamp.write_text(wanted)
        return python

    def _pip(self, python: Path, packages: tuple[str, ...]) -> None:
        words = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run(
            [*words, *packages],
            check=True,
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
            env={**os.environ, **self.variables},
        )


@dataclass(frozen=True)
class Ours:
    """The interpreter that runs the benchmark, with the interface of an environment."""

    name: str = "ours"

    def python(self, data_dir: Path) -> Path:
        return Path(sys.executable)


def run(command: list[str | Path], threads: int, data_dir: Path, timeout: float) -> str:
    """Run on at most `threads` cores; returns its standard output.

    Raises:
        Failed: it ended with an error, was killed, or took longer than `timeout` seconds.
    """
    variables = {**os.environ, **{name: str(threads) for name in _THREADS}}
    variables.setdefault("NUMBA_CACHE_DIR", str(data_dir / "numba"))
    # Set on some machines for old builds; it would slow down every numpy.
    variables.pop("OPENBLAS_CORETYPE", None)
    try:
        done = subprocess.run(
            [str(word) for word in command],
            check=True,
            capture_output=True,
            text=True,
            timeout=timeout,
            env=variables,
            preexec_fn=lambda: _pin(threads),
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Failed(_last_line(error)) from error
    return done.stdout


def _pin(threads: int) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, available_cores()[-threads:])


def _last_line(error: Exception) -> str:
    if isinstance(error, subprocess.TimeoutExpired):
        return f"took longer than {error.timeout:.0f} seconds"
    text = getattr(error, "stderr", None) or str(error)
    lines = [line for line in text.strip().splitlines() if line.strip()] or [str(error)]
    errors = [line for line in lines if "error" in line.lower()] or lines
    return errors[-1].strip()[:200]
