"""Speed and weight of the pages: built-in catalogue, SQLite, a member with sixty ratings.

    python benchmarks/pages.py                 three minutes; two cores, Chromium
    python benchmarks/pages.py --lighthouse    plus Lighthouse, from npm: four minutes more
    python benchmarks/pages.py --quick         few requests, as a smoke test

*Speed* is the web process's processor time for a request, as a multiple of a bare Django page of
24 rows with a form each and three queries. Both are requested in turns from one gunicorn worker
each, on the same core, so that other programs on the machine affect neither. *Weight* is what
Chromium receives on a first visit with an empty cache, headers included.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from measurements import (  # noqa: E402
    Measurement,
    Table,
    available_cores,
    option_parser,
    report,
    say,
)
from web.lighthouse import audited  # noqa: E402  (a script's folder comes before the checkout)
from web.page_weight import Weight, weigh  # noqa: E402
from web.process import CSRF, Web, bare_session, run, site_environment, web  # noqa: E402

# Multiples of the bare page's processor time.
SPEED_BARS = {"home": 3.5, "browse": 3.5, "movie": 5.0, "rating and fresh home page": 6.0}
BROWSER_HEADERS = {"Accept-Encoding": "gzip, deflate"}
ROUNDS, PER_ROUND = 15, 12


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        environment = site_environment(folder)
        say("filling the database")
        filled = json.loads(run(environment, "-m", "tests.demo_site"))
        run(environment, "manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        figures, speed = _speed(environment, filled, options)
        with web(environment) as site:
            site.wait_until_ready()
            say("weighing the pages")
            weights = weigh(f"http://127.0.0.1:{site.port}", filled)
            marks = audited(f"http://127.0.0.1:{site.port}", filled, options)
    figures += _weight_figures(weights) + marks
    return report(options, "pages", [speed, _weight_table(weights)], figures)


def _speed(
    environment: dict[str, str], filled: dict[str, Any], options: argparse.Namespace
) -> tuple[list[Measurement], Table]:
    """Rounds of requests, our pages and the bare page in turns."""
    rounds, each = (3, 4) if options.quick else (ROUNDS, PER_ROUND)
    session, pages = filled["sessions"]["member"], filled["pages"]["member"]
    core = available_cores()[0]
    bare_environment = {
        **environment,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "benchmarks")]),
    }
    with (
        web(environment, core=core) as site,
        web(bare_environment, core=core, app="web.bare_page") as bare,
    ):
        site.wait_until_ready()
        bare.wait_until_ready()
        bare_call = _getting(bare, "/", bare_session(environment, session))
        calls = {
            name: _getting(site, path, session)
            for name, path in pages.items()
            if name in {"browse", "movie", "home", "search", "for-you", "ratings", "taste"}
        }
        calls["rating and fresh home page"] = _rating_then_list(site, session, pages)
        spent: dict[str, list[float]] = {name: [] for name in calls}
        floor: dict[str, list[float]] = {name: [] for name in calls}
        for number in range(rounds + 1):
            for name, call in calls.items():
                theirs = _cost(bare, bare_call, each)
                ours = _cost(site, call, each)
                if number:  # the first round warms up
                    spent[name].append(ours)
                    floor[name].append(theirs)
            say(f"speed, round {number} of {rounds}")
    return _speed_figures(spent, floor)


def _speed_figures(
    spent: dict[str, list[float]], floor: dict[str, list[float]]
) -> tuple[list[Measurement], Table]:
    figures, rows = [], []
    for name in spent:
        ratio = float(np.median(np.array(spent[name]) / np.array(floor[name])))
        bar = SPEED_BARS.get(name)
        figures.append(
            Measurement(f"{name}, relative to bare page", ratio, "x", f"<= {bar}" if bar else "")
        )
        ours, theirs = float(np.median(spent[name])), float(np.median(floor[name]))
        rows.append([name, f"{ours:.1f}", f"{theirs:.1f}", f"{ratio:.2f}"])
    columns = ["page", "ms of processor time", "bare page", "ratio"]
    return figures, Table("Speed", columns, rows, n_words=1)


def _cost(site: Web, call: Any, n: int) -> float:
    """Processor milliseconds of the worker for one call; the mean of `n`."""
    before = site.processor_ms()
    for turn in range(n):
        call(turn)
    return (site.processor_ms() - before) / n


def _getting(site: Web, path: str, session: str) -> Any:
    return lambda _turn: site.exchange("GET", path, session, None, BROWSER_HEADERS)


def _rating_then_list(site: Web, session: str, pages: dict[str, str]) -> Any:
    """A rating as the page's script sends it, then the home page.

    Rates another movie than the one on the movie page, which must stay unrated to show reasons.
    """
    path = f"/movies/{pages['movie-rated'].split('/')[2].split('-')[0]}/rate/"
    form = {
        **BROWSER_HEADERS,
        "HX-Request": "true",
        "Content-Type": "application/x-www-form-urlencoded",
    }

    def call(turn: int) -> None:
        stars = 0.5 + turn % 10 / 2
        site.exchange("POST", path, session, f"stars={stars}&csrfmiddlewaretoken={CSRF}", form)
        site.exchange("GET", "/", session, None, BROWSER_HEADERS)

    return call


def _weight_figures(weights: list[Weight]) -> list[Measurement]:
    worst = {
        "transferred on a first visit": (max(w.total for w in weights) / 1000, "kB", "<= 120"),
        "HTML": (max(w.html for w in weights) / 1000, "kB", "<= 12"),
        "scripts": (max(w.scripts for w in weights) / 1000, "kB", "<= 20"),
        "requests": (float(max(w.requests for w in weights)), "", "<= 8"),
        "requests to other hosts": (float(sum(w.other_hosts for w in weights)), "", "<= 0"),
        "CSP violations": (
            float(sum(w.violations for w in weights)),
            "",
            "<= 0",
        ),
    }
    return [
        Measurement(f"heaviest page: {name}", value, unit, bar)
        for name, (value, unit, bar) in worst.items()
    ]


def _weight_table(weights: list[Weight]) -> Table:
    rows = [
        [
            w.name,
            w.who,
            *(f"{size / 1000:.1f}" for size in (w.html, w.styles, w.scripts, w.fonts, w.total)),
            str(w.requests),
            str(w.elements),
        ]
        for w in sorted(weights, key=lambda weight: -weight.total)
    ]
    columns = ["page", "for", "HTML kB", "CSS", "scripts", "fonts", "all", "requests", "elements"]
    return Table("Weight", columns, rows)


def _options() -> argparse.Namespace:
    parser = option_parser(__doc__, quick="few requests, as a smoke test")
    parser.add_argument("--lighthouse", action="store_true", help="run Lighthouse too (needs npm)")
    options = parser.parse_args()
    if options.lighthouse and not shutil.which("npm"):
        parser.error("--lighthouse needs npm.")
    return options


if __name__ == "__main__":
    sys.exit(main())
