"""What a member with 5,000 ratings costs, beside one with 50: 60,000 movies, SQLite.

    python benchmarks/heavy_members.py            two minutes; two cores
    python benchmarks/heavy_members.py --quick    700 movies and few requests, as a smoke test

The figure is the web process's processor time for a request. Both members ask in turns, so that
other programs on the machine affect neither. "A rating and the home page" changes a rating first,
so that nothing the process kept of the member serves any more.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from measurements import (  # noqa: E402  (a script's folder comes before the checkout)
    Measurement,
    Table,
    available_cores,
    option_parser,
    report,
    say,
)
from web.process import CSRF, Web, run, site_environment, web  # noqa: E402

BARS = {"home": 3.0, "movie": 3.0, "recommendations": 3.0}
ROUNDS, PER_ROUND = 9, 6


def main() -> int:
    options = option_parser(__doc__, quick="few requests, as a smoke test").parse_args()
    movies, heavy = ("700", "500") if options.quick else ("60000", "5000")
    with tempfile.TemporaryDirectory() as folder:
        unlimited = {"CFSITE_API_RATE_MEMBER": "1000000/min"}
        environment = site_environment(folder, **unlimited)
        say("filling the database")
        run(environment, "manage.py", "migrate", "--verbosity", "0")
        filled = json.loads(
            run(environment, "benchmarks/web/large_site.py", movies, "50", "2", heavy)
        )
        run(environment, "manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        with web(environment, core=available_cores()[0]) as site:
            site.wait_until_ready()
            spent = _spent(site, filled, options)
    figures, rows = [], []
    for name, (many, few) in spent.items():
        ratio = float(np.median(np.array(many) / np.array(few)))
        bar = BARS.get(name)
        figures.append(
            Measurement(
                f"{name}, {heavy} ratings beside 50", ratio, "x", f"<= {bar}" if bar else ""
            )
        )
        rows.append([name, f"{np.median(many):.1f}", f"{np.median(few):.1f}", f"{ratio:.2f}"])
    columns = ["page", f"ms with {heavy} ratings", "ms with 50", "ratio"]
    return report(options, "heavy_members", [Table("Heavy members", columns, rows, 1)], figures)


def _spent(
    site: Web, filled: dict[str, Any], options: argparse.Namespace
) -> dict[str, tuple[list[float], list[float]]]:
    """Processor milliseconds a request, of the member with many ratings and of the other."""
    rounds, each = (2, 2) if options.quick else (ROUNDS, PER_ROUND)
    spent: dict[str, tuple[list[float], list[float]]] = {}
    for name, call in _calls(site, filled["unrated_page"]).items():
        spent[name] = [], []
        for number in range(rounds + 1):
            for place, session in enumerate(filled["sessions"][:2]):
                before = site.processor_ms()
                for turn in range(each):
                    call(session, turn)
                if number:  # the first round warms up
                    spent[name][place].append((site.processor_ms() - before) / each)
        say(name)
    return spent


def _calls(site: Web, page: str) -> dict[str, Callable[[str, int], None]]:
    movie = page.split("/")[2].split("-")[0]

    def getting(path: str) -> Callable[[str, int], None]:
        return lambda session, _turn: site.exchange("GET", path, session) and None

    form = {"HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded"}

    def rating_then_home(session: str, turn: int) -> None:
        body = f"stars={0.5 + turn % 10 / 2}&csrfmiddlewaretoken={CSRF}"
        site.exchange("POST", f"/movies/{movie}/rate/", session, body, form)
        site.exchange("GET", "/", session)

    return {
        "home": getting("/"),
        "movie": getting(page),
        "recommendations": getting("/api/v1/recommendations/"),
        "explanation": getting(f"/api/v1/movies/{movie}/explanation/"),
        "taste": getting("/me/taste/"),
        "a rating and the home page": rating_then_home,
    }


if __name__ == "__main__":
    sys.exit(main())
