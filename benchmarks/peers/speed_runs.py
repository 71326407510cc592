"""Shared by the speed benchmarks: the systems, running one, its results."""

from __future__ import annotations

import argparse
import json
import statistics
from dataclasses import dataclass, field
from typing import Any

from datasets import Generated
from peers.environments import Environment, Failed, NotInstalled, Ours, run
from peers.systems import CORNAC, OURS, RUNNERS, SURPRISE

SECONDS_A_RUN = 3600
EPOCHS = 13
LIBMF_FIT_EPOCHS = 14

_FLAGS = "-O3 -march=native -mavx -DUSEAVX -DUSEOMP -fopenmp -w"
LIBMF = Environment(
    "libmf",
    ("--no-binary=libmf", "--no-cache-dir", "libmf==0.9.2"),
    before=("numpy",),
    # Which of the two is used depends on the version of setuptools.
    variables={"CFLAGS": _FLAGS, "CXXFLAGS": _FLAGS, "LDFLAGS": "-fopenmp"},
)


@dataclass(frozen=True)
class System:
    """One row of the kernel table: a system and its settings."""

    name: str
    environment: Environment | Ours
    runner: str
    asked: dict[str, Any]
    most_threads: int = 2
    is_quick: bool = True  # fast enough for every round


def systems(library: str | None) -> tuple[System, ...]:
    libmf = {"k": 32, "eta": 0.1, "regularization": 0.035, "epochs": EPOCHS, "library": library}
    return (
        System("ours, plain", OURS, "ours_speed.py", {"setting": "plain", "epochs": EPOCHS}),
        System("LIBMF", LIBMF, "libmf_speed.py", {**libmf, "time_epochs": True}),
        System("ours, defaults", OURS, "ours_speed.py", {"setting": "defaults", "epochs": EPOCHS}),
        System("cornac MF", CORNAC, "cornac_speed.py", {"k": 32, "epochs": 5}, is_quick=False),
        System(
            "Surprise SVD",
            SURPRISE,
            "surprise_speed.py",
            {"k": 32, "epochs": 3},
            most_threads=1,
            is_quick=False,
        ),
    )


@dataclass
class Runs:
    """One system's results in each round, for one shape and number of threads."""

    answers: list[dict[str, Any]] = field(default_factory=list)
    trouble: str = ""

    def median(self, name: str) -> float | None:
        values = [answer[name] for answer in self.answers if answer.get(name) is not None]
        return statistics.median(values) if values else None


def add_run(
    runs: Runs, system: System, data: Generated, threads: int, options: argparse.Namespace
) -> None:
    if runs.trouble:
        return
    try:
        runs.answers.append(_ask(system, data, threads, options))
    except NotInstalled as error:
        runs.trouble = f"not installed: {error}"
    except Failed as error:
        runs.trouble = f"failed: {error}"


def _ask(
    system: System, data: Generated, threads: int, options: argparse.Namespace
) -> dict[str, Any]:
    asked = {
        **system.asked,
        "folder": str(data.folder),
        "n_users": data.n_users,
        "n_items": data.n_items,
        "threads": threads,
    }
    python = system.environment.python(options.data_dir)
    words = [python, RUNNERS / system.runner, json.dumps(asked)]
    out = run(words, threads, options.data_dir, SECONDS_A_RUN)
    return json.loads(out.strip().splitlines()[-1])


def trouble_cells(what: str, n_cells: int) -> list[str]:
    """The cells of a failed run: the reason, padded to the row's width."""
    return [what, *[""] * (n_cells - 1)]


def shown(value: float | None, unit: float, places: int) -> str:
    return "-" if value is None else f"{value / unit:.{places}f}"
