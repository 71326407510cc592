"""Speed compared with other libraries, on generated ratings in the shapes of MovieLens sets.

    python benchmarks/peers_speed.py                    everything: 25 minutes, two quiet cores
    python benchmarks/peers_speed.py --quick            ml-1m shape alone, one round: 1 minute

Kernel: rating updates per second, 32 floats per row (ours: 30 factors and both biases). The systems
take turns within the same minutes; medians, and the median of the paired ratios. Surprise and
cornac get the first million ratings. Fit: 5 and 10 million ratings on one thread, compared with
LIBMF's fourteen iterations, and 25 million on two.

The first run also installs the peers and generates the sets (6 minutes, 1 GB), which stay in the
data folder. LIBMF is built from its source package with AVX; --libmf takes a shared library that
you have built yourself.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from measurements import option_parser, report
from peers.fit_speed import PARTS, fit_speed
from peers.kernel_speed import kernel_speed
from synthetic import SHAPES


def main() -> int:
    options = _options()
    tables, measurements = [], []
    if "kernel" in options.parts:
        table, figures = kernel_speed(options)
        tables.append(table)
        measurements += figures
    fits = [part for part in PARTS if part in options.parts]
    if fits:
        table, figures = fit_speed(options, fits)
        tables.append(table)
        measurements += figures
    return report(options, "peers_speed", tables, measurements)


def _options() -> argparse.Namespace:
    parser = option_parser(__doc__, quick="ml-1m shape, one round, no fits")
    parts = ("kernel", *PARTS)
    parser.add_argument("--rounds", type=int, default=3, help="runs of every system (default 3)")
    parser.add_argument("--shapes", default="ml-1m,ml-10m,ml-25m", help="shapes of the kernel part")
    parser.add_argument("--parts", default=",".join(parts), help=f"what to run: {', '.join(parts)}")
    parser.add_argument("--libmf", metavar="PATH", help="measure this shared library of LIBMF")
    options = parser.parse_args()
    if options.quick:
        options.shapes, options.parts, options.rounds = "ml-1m", "kernel", 1
    options.shapes, options.parts = options.shapes.split(","), options.parts.split(",")
    if unknown := {*options.shapes} - {*SHAPES}:
        parser.error(f"unknown shape {', '.join(unknown)}; there are {', '.join(SHAPES)}")
    if unknown := {*options.parts} - {*parts}:
        parser.error(f"unknown part {', '.join(unknown)}")
    if options.rounds < 1:
        parser.error("--rounds is at least 1")
    if options.libmf and not Path(options.libmf).is_file():
        parser.error(f"{options.libmf} is no file. Build LIBMF and give its shared library.")
    return options


if __name__ == "__main__":
    raise SystemExit(main())
