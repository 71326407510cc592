"""The SGD kernel alone: updates per second compared with LIBMF, cornac and Surprise."""

from __future__ import annotations

import argparse
import statistics
from collections import defaultdict

from datasets import generated
from measurements import Measurement, Table, available_cores, say
from peers.speed_runs import EPOCHS, Runs, add_run, shown, systems

Kernel = dict[tuple[str, int], dict[str, Runs]]  # (shape, threads) -> system -> its runs


def kernel_speed(options: argparse.Namespace) -> tuple[Table, list[Measurement]]:
    kernel = _kernel(options)
    return _kernel_table(kernel), _kernel_measurements(kernel)


def _kernel(options: argparse.Namespace) -> Kernel:
    kernel: Kernel = {}
    for shape in options.shapes:
        data = generated(shape, options.data_dir)
        for threads in [n for n in (1, 2) if n <= len(available_cores())]:
            kernel[shape, threads] = runs = defaultdict(Runs)
            for number in range(options.rounds):
                for system in systems(options.libmf):
                    if threads <= system.most_threads and (system.is_quick or not number):
                        add_run(runs[system.name], system, data, threads, options)
                say(f"{shape}, {threads} thr, round {number + 1}: {_so_far(runs)}")
    return kernel


def _so_far(runs: dict[str, Runs]) -> str:
    parts = [(name, own.median("updates"), own.trouble) for name, own in runs.items()]
    return ", ".join(
        f"{name} {trouble or f'{updates / 1e6:.1f} M/s'}" for name, updates, trouble in parts
    )


def _paired(ours: Runs, peer: Runs, threads: int) -> float | None:
    """Median over the rounds of ours / theirs, each pair from the same minute.

    On one thread by processor time, which other work on the machine does not change; on two by wall
    clock, which includes threads waiting for each other.
    """
    name = "per_core" if threads == 1 else "updates"
    ratios = [
        mine[name] / theirs[name] for mine, theirs in zip(ours.answers, peer.answers, strict=False)
    ]
    return statistics.median(ratios) if ratios else None


def _kernel_table(kernel: Kernel) -> Table:
    rows = []
    for (shape, threads), runs in kernel.items():
        for name, own in runs.items():
            if own.trouble:
                rows.append([f"{shape}, {threads} thr", name, own.trouble, "", "", "", ""])
                continue
            ratio = _paired(own, runs["LIBMF"], threads) if name != "LIBMF" else None
            rows.append(
                [
                    f"{shape}, {threads} thr",
                    name,
                    shown(own.median("updates"), 1e6, 1),
                    shown(own.median("per_core"), 1e6, 1),
                    shown(own.median("epoch_updates"), 1e6, 1),
                    shown(ratio, 1, 2),
                    shown(own.median("rmse"), 1, 4),
                    shown(own.median("seconds"), 1, 1),
                ]
            )
    columns = [
        "data",
        "system",
        "M updates/s",
        "a core",
        "whole epoch",
        "x LIBMF",
        "RMSE",
        "seconds",
    ]
    title = f"Rating kernel, 32 wide, {EPOCHS} epochs, medians; RMSE on a held-out tenth"
    return Table(title, columns, rows)


def _kernel_measurements(kernel: Kernel) -> list[Measurement]:
    measurements = []
    for (shape, threads), runs in kernel.items():
        where = f"{shape}, {threads} thread{'s' * (threads > 1)}"
        for name, own in runs.items():
            if own.trouble:
                measurements.append(Measurement(f"{where}: {name}", own.trouble, ""))
                continue
            measurements.append(
                Measurement(f"{where}: {name}", round(own.median("updates") / 1e6, 2), "M/s")
            )
            if (error := own.median("rmse")) is not None:
                measurements.append(Measurement(f"{where}: {name}, held-out", error, "RMSE"))
        measurements += _kernel_ratios(where, shape, threads, runs)
    return measurements


def _kernel_ratios(
    where: str, shape: str, threads: int, runs: dict[str, Runs]
) -> list[Measurement]:
    names = ("ours, plain", "LIBMF", "Surprise SVD")
    ours, libmf, surprise = (runs.get(name, Runs()) for name in names)
    bars = {1: ">= 1.5", 2: ">= 1.2"} if shape == "ml-10m" else {}
    ratios = []
    if (ratio := _paired(ours, libmf, threads)) is not None:
        name = f"{where}: ours, plain / LIBMF"
        ratios.append(Measurement(name, round(ratio, 3), "x", bars.get(threads, "")))
        lost = ours.median("rmse") - libmf.median("rmse")
        name = f"{where}: ours, plain - LIBMF, held-out"
        bar = "<= 0" if threads in bars else ""
        ratios.append(Measurement(name, round(lost, 5), "RMSE", bar))
    if (ratio := _paired(ours, surprise, threads)) is not None:
        name = f"{where}: ours, plain / Surprise"
        ratios.append(Measurement(name, round(ratio, 1), "x", ">= 30"))
    return ratios
