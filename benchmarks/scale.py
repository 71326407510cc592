"""From a million ratings to a billion: imports, refits, fits on Dask, pages. One table.

    python benchmarks/scale.py --list                    what there is to measure
    python benchmarks/scale.py --only dask-hash,dask-kill
    python benchmarks/scale.py --save                    everything: a night, two cores, 30 GB

Rows take between a minute and hours, so each can be run by itself. With --save the rows of this run
replace those of the same name in benchmarks/results/scale.md, and all others stay; each has its
date. Ratings are generated (`synthetic.py`). Machines are busy: compare processor seconds, or
ratios to a peer of the same run, before wall times.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from measurements import RESULTS, option_parser  # noqa: E402  (a script's folder comes first)
from scale_rows import Parts, measure, merge_into_saved, table  # noqa: E402

# Each module has PARTS: names of --only and the functions that measure them (`scale_rows.Parts`).
MODULES = ("scale_import", "scale_refit", "scale_engines", "scale_billion", "scale_serving")


def main() -> int:
    parts = _parts()
    parser = option_parser(__doc__)
    parser.add_argument("--only", default="", help="names, separated by commas; see --list")
    parser.add_argument("--list", action="store_true", help="print the names and stop")
    options = parser.parse_args()
    if options.list:
        print("\n".join(f"{name:24} {_first_line(parts[name])}" for name in parts))
        return 0
    names = options.only.split(",") if options.only else list(parts)
    if unknown := [name for name in names if name not in parts]:
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(parts)}")
    folder = options.data_dir / "scale"
    folder.mkdir(parents=True, exist_ok=True)
    rows = measure(parts, names, folder)
    print(table(rows).text())
    if options.save:
        _save(table(merge_into_saved(rows)).markdown())
    return int(any(row.ok is False for row in rows))


def _parts() -> Parts:
    found: dict = {}
    for name in MODULES:
        found |= importlib.import_module(name).PARTS
    return found


def _first_line(function: object) -> str:
    return (function.__doc__ or "").strip().splitlines()[0]


def _save(markdown: str) -> None:
    head = "# scale\n\nWritten by the benchmark; do not edit. Rows are of several runs; dates and"
    head += " machines\nare in scale.json.\n\n    python benchmarks/scale.py --save\n\n"
    RESULTS.joinpath("scale.md").write_text(f"{head}{markdown}\n")


if __name__ == "__main__":
    sys.exit(main())
