"""How heavy and how fast the pages are: the built-in catalogue, SQLite, a member with sixty
ratings, one gunicorn worker on a core of its own.

    python benchmarks/pages.py                 about three minutes, two cores, Chromium
    python benchmarks/pages.py --lighthouse    also Lighthouse, from npm, about two minutes more
    python benchmarks/pages.py --quick         few requests, to see that it works

*Speed* is processor time of the web process for a request, as a multiple of a bare Django page of
24 rows with a form each and three queries, asked in turns with ours in the same minute: what other
programs do on the machine is in neither. *Weight* is what Chromium receives on a first visit with
an empty cache, headers included.
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

from lighthouse import audited  # noqa: E402  (a script's folder comes before the checkout)
from measurements import (  # noqa: E402
    Measurement,
    Table,
    add_options,
    available_cores,
    report,
    say,
)
from page_weight import Weight, weigh  # noqa: E402
from web_process import CSRF, Web, run, site_environment, web  # noqa: E402

# Multiples of the bare page's processor time.
SPEED_BARS = {"home": 3.5, "browse": 3.5, "movie": 5.0, "rating and fresh list": 6.0}
AS_BROWSERS_DO = {"Accept-Encoding": "gzip, deflate"}
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
            site.until_there()
            say("weights")
            weights = weigh(f"http://127.0.0.1:{site.port}", filled)
            marks = audited(f"http://127.0.0.1:{site.port}", filled, options)
    figures += _weight_figures(weights) + marks
    return report(options, "pages", [speed, _weight_table(weights)], figures)


def _speed(
    environment: dict[str, str], filled: dict[str, Any], options: argparse.Namespace
) -> tuple[list[Measurement], Table]:
    """Rounds of requests, ours and the bare page's in turns; medians over the rounds."""
    rounds, each = (3, 4) if options.quick else (ROUNDS, PER_ROUND)
    session, pages = filled["sessions"]["member"], filled["pages"]["member"]
    core = available_cores()[0]
    bare_environment = {
        **environment,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "benchmarks")]),
    }
    with (
        web(environment, core=core) as site,
        web(bare_environment, core=core, app="bare_page") as bare,
    ):
        site.until_there()
        bare.until_there()
        calls = {
            name: _getting(site, path, session)
            for name, path in pages.items()
            if name in {"browse", "movie", "home", "search", "for-you", "ratings", "taste"}
        }
        calls["rating and fresh list"] = _rating_then_list(site, session, pages)
        spent: dict[str, list[float]] = {name: [] for name in calls}
        floor: dict[str, list[float]] = {name: [] for name in calls}
        for number in range(rounds + 1):
            for name, call in calls.items():
                theirs = _cost(bare, _getting(bare, "/", session), each)
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
            Measurement(f"{name}, to the bare page", ratio, "x", f"<= {bar}" if bar else "")
        )
        ours, theirs = float(np.median(spent[name])), float(np.median(floor[name]))
        rows.append([name, f"{ours:.1f}", f"{theirs:.1f}", f"{ratio:.2f}"])
    columns = ["page", "ms of processor time", "bare page", "ratio"]
    return figures, Table("Speed", columns, rows, n_words=1)


def _cost(site: Web, call: Any, n: int) -> float:
    """Milliseconds of processor time of the worker for one call, the mean of `n`."""
    before = site.spent()
    for turn in range(n):
        call(turn)
    return (site.spent() - before) / n


def _getting(site: Web, path: str, session: str) -> Any:
    return lambda _turn: site.exchange("GET", path, session, None, AS_BROWSERS_DO)


def _rating_then_list(site: Web, session: str, pages: dict[str, str]) -> Any:
    """A rating as the script of the page sends it, then the list of the next answer.

    Of another movie than the one whose page is asked for, which stays unrated, with its reasons.
    """
    path = f"/movies/{pages['movie-rated'].split('/')[2].split('-')[0]}/rate/"
    form = {
        **AS_BROWSERS_DO,
        "HX-Request": "true",
        "Content-Type": "application/x-www-form-urlencoded",
    }

    def call(turn: int) -> None:
        stars = 0.5 + turn % 10 / 2
        site.exchange("POST", path, session, f"stars={stars}&csrfmiddlewaretoken={CSRF}", form)
        site.exchange("GET", "/", session, None, AS_BROWSERS_DO)

    return call


def _weight_figures(weights: list[Weight]) -> list[Measurement]:
    worst = {
        "transferred on a first visit": (max(w.total for w in weights) / 1000, "kB", "<= 120"),
        "HTML": (max(w.html for w in weights) / 1000, "kB", "<= 12"),
        "scripts": (max(w.scripts for w in weights) / 1000, "kB", "<= 20"),
        "requests": (float(max(w.requests for w in weights)), "", "<= 8"),
        "requests to other hosts": (float(sum(w.elsewhere for w in weights)), "", "<= 0"),
        "complaints of the policy": (float(sum(w.complaints for w in weights)), "", "<= 0"),
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
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_options(parser)
    parser.add_argument("--quick", action="store_true", help="few requests; says little")
    parser.add_argument("--lighthouse", action="store_true", help="also Lighthouse (needs npm)")
    options = parser.parse_args()
    if options.lighthouse and not shutil.which("npm"):
        parser.error("--lighthouse needs npm.")
    return options


if __name__ == "__main__":
    sys.exit(main())
