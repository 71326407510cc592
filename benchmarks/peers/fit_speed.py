"""Whole fits, from arrays to factors: 5 and 10 million ratings against LIBMF, and 25 million."""

from __future__ import annotations

import argparse
import statistics

from datasets import generated
from measurements import Measurement, Table, available_cores, say
from peers.speed_runs import (
    LIBMF,
    LIBMF_FIT_EPOCHS,
    OURS,
    Runs,
    System,
    add_run,
    shown,
    systems,
    trouble_cells,
)

LIBMF_32 = f"LIBMF, {LIBMF_FIT_EPOCHS} iterations"
LIBMF_64 = f"LIBMF, {LIBMF_FIT_EPOCHS} iterations, 64 wide"


def fit_speed(options: argparse.Namespace, parts: list[str]) -> tuple[Table, list[Measurement]]:
    rows: list[list[str]] = []
    measurements: list[Measurement] = []
    for part in parts:
        more_rows, more = PARTS[part](options)
        rows += more_rows
        measurements += more
    columns = ["data", "system", "seconds", "processor s", "peak MB", "RMSE"]
    return Table("Whole fits, from arrays to factors; medians", columns, rows), measurements


def _fit_5m(options: argparse.Namespace) -> tuple[list[list[str]], list[Measurement]]:
    """Ours and LIBMF in turns on one thread; both times include sorting.

    Compares processor time, which other work on the machine does not change.
    """
    runs = _in_turns("ml-5m", options, options.rounds)
    where = "5 M, 1 thread"
    measurements = _fit_measurements(where, runs) + _errors_apart(where, runs)
    pairs = zip(runs["ours"].answers, runs[LIBMF_32].answers, strict=False)
    ratios = [mine["processor"] / theirs["processor"] for mine, theirs in pairs]
    if ratios:
        ratio = round(statistics.median(ratios), 2)
        measurements.append(Measurement(f"{where}: ours / LIBMF", ratio, "x", "<= 5"))
    return _fit_rows(where, runs), measurements


def _fit_10m(options: argparse.Namespace) -> tuple[list[list[str]], list[Measurement]]:
    runs = _in_turns("ml-10m", options, 1)
    where = "10 M, 1 thread"
    measurements = _fit_measurements(where, runs) + _errors_apart(where, runs)
    return _fit_rows(where, runs), measurements


def _in_turns(shape: str, options: argparse.Namespace, rounds: int) -> dict[str, Runs]:
    """Ours, LIBMF 32 wide as in the kernel part, and LIBMF as wide as our defaults."""
    data = generated(shape, options.data_dir)
    libmf = {**systems(options.libmf)[1].asked, "epochs": LIBMF_FIT_EPOCHS, "time_epochs": False}
    asked = (
        System("ours", OURS, "ours_speed.py", {"setting": "fit", "parts": ["train"]}),
        System(LIBMF_32, LIBMF, "libmf_speed.py", libmf),
        System(LIBMF_64, LIBMF, "libmf_speed.py", {**libmf, "k": 64}),
    )
    runs = {system.name: Runs() for system in asked}
    for number in range(rounds):
        for system in asked:
            add_run(runs[system.name], system, data, 1, options)
        say(f"{shape}, round {number + 1}: {_seconds_so_far(runs)}")
    return runs


def _errors_apart(where: str, runs: dict[str, Runs]) -> list[Measurement]:
    """Our held-out error less LIBMF's; only the equal width is a bar."""
    own = runs["ours"].median("rmse")
    measurements = []
    for name, bar in ((LIBMF_32, ""), (LIBMF_64, "<= 0")):
        theirs = runs[name].median("rmse")
        if own is not None and theirs is not None:
            what = f"{where}: ours - {name}, held-out"
            measurements.append(Measurement(what, round(own - theirs, 5), "RMSE", bar))
    return measurements


def _fit_25m(options: argparse.Namespace) -> tuple[list[list[str]], list[Measurement]]:
    data = generated("ml-25m", options.data_dir)
    asked = {"setting": "fit", "parts": ["train", "test"]}
    runs = {"ours": Runs()}
    threads = min(2, len(available_cores()))
    say("25 M: one whole fit (minutes)")
    add_run(runs["ours"], System("ours", OURS, "ours_speed.py", asked), data, threads, options)
    where = f"25 M, {threads} threads"
    measurements = _fit_measurements(where, runs, seconds="<= 150", gigabytes="<= 3")
    # All 25 million were learned from, so there is no held-out error.
    rows = [[*row[:-1], "-"] for row in _fit_rows(where, runs)]
    return rows, [m for m in measurements if m.unit != "RMSE"]


PARTS = {"fit-5m": _fit_5m, "fit-10m": _fit_10m, "fit-25m": _fit_25m}


def _fit_rows(where: str, runs: dict[str, Runs]) -> list[list[str]]:
    return [
        [where, name, *trouble_cells(own.trouble, 4)]
        if own.trouble
        else [
            where,
            name,
            shown(own.median("seconds"), 1, 1),
            shown(own.median("processor"), 1, 1),
            shown(own.median("rss"), 1, 0),
            shown(own.median("rmse"), 1, 4),
        ]
        for name, own in runs.items()
    ]


def _fit_measurements(
    where: str, runs: dict[str, Runs], seconds: str = "", gigabytes: str = ""
) -> list[Measurement]:
    measurements = []
    for name, own in runs.items():
        if own.trouble:
            measurements.append(Measurement(f"{where}: {name}", own.trouble, "", seconds))
            continue
        took, memory = round(own.median("seconds"), 2), round(own.median("rss") / 1e3, 3)
        measurements += [
            Measurement(f"{where}: {name}, fit", took, "s", seconds),
            Measurement(f"{where}: {name}, peak memory", memory, "GB", gigabytes),
            Measurement(f"{where}: {name}, held-out", own.median("rmse"), "RMSE"),
        ]
    return measurements


def _seconds_so_far(runs: dict[str, Runs]) -> str:
    parts = [(name, own.median("seconds"), own.trouble) for name, own in runs.items()]
    return ", ".join(f"{name} {trouble or f'{took:.1f} s'}" for name, took, trouble in parts)
