"""Speed of the API: built-in catalogue, SQLite, a member with sixty ratings.

    python benchmarks/api.py            two minutes; one core
    python benchmarks/api.py --quick    few requests, as a smoke test

*Rate* is how many answers the web process gives in the time that a bare view of Django REST
framework takes for one: one row, three columns, with the same session and the same limits. Both are
requested in turns from one gunicorn worker, so that other programs on the machine affect neither.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable
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
from web.process import Web, run, site_environment, web  # noqa: E402

API = "/api/v1"
# Of the rate of the bare view.
RATE_BARS = {
    "recommendations, 24": 0.6,
    "movies, 24": 0.45,
    "rating, PUT": 0.55,
}
# Of the processor time of the home page.
SHELVES_BAR = 1.2
ROUNDS, PER_ROUND = 25, 12
NO_LIMIT = "1000000/min"
LIMITS = [
    f"CFSITE_API_RATE_{who}{what}" for who in ("MEMBER", "ANONYMOUS") for what in ("", "_WRITES")
]

Call = Callable[[int], None]


def main() -> int:
    options = option_parser(__doc__, quick="few requests, as a smoke test").parse_args()
    rounds, each = (3, 4) if options.quick else (ROUNDS, PER_ROUND)
    with tempfile.TemporaryDirectory() as folder:
        environment = site_environment(folder, **dict.fromkeys(LIMITS, NO_LIMIT))
        say("filling the database")
        filled = json.loads(run(environment, "-m", "tests.demo_site"))
        run(environment, "manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "benchmarks")])
        with web(environment, core=available_cores()[0], app="web.bare_api") as site:
            site.wait_until_ready()
            figures, table = _measure(site, filled, rounds, each)
    return report(options, "api", [table], figures)


def _measure(
    site: Web, filled: dict[str, Any], rounds: int, each: int
) -> tuple[list[Measurement], Table]:
    session = filled["sessions"]["member"]
    calls = _calls(site, session, filled["pages"]["member"])
    bare = _getting(site, f"/bare/{_movie_id(filled['pages']['member']['movie'])}/", session)
    spent: dict[str, list[float]] = {name: [] for name in calls}
    floor: dict[str, list[float]] = {name: [] for name in calls}
    for number in range(rounds + 1):
        for name, call in calls.items():
            theirs, ours = _cost(site, bare, each), _cost(site, call, each)
            if number:  # the first round warms up
                spent[name].append(ours)
                floor[name].append(theirs)
        say(f"round {number} of {rounds}")
    return _figures(spent, floor)


def _calls(site: Web, session: str, pages: dict[str, str]) -> dict[str, Call]:
    movie, rated = _movie_id(pages["movie"]), _movie_id(pages["movie-rated"])
    paths = {
        "home page": "/",
        "shelves": f"{API}/shelves/",
        "recommendations, 24": f"{API}/recommendations/?n=24",
        "recommendations, 24, with reasons": f"{API}/recommendations/?n=24&reasons=true",
        "recommendations, 24, of a genre": f"{API}/recommendations/?n=24&genre=drama",
        "movies, 24": f"{API}/movies/?page_size=24",
        "movies, 24, for you": f"{API}/movies/?page_size=24&order=for_you",
        "movies, 24, search": f"{API}/movies/?page_size=24&q=love",
        "movie": f"{API}/movies/{movie}/",
        "similar, 12": f"{API}/movies/{movie}/similar/",
        "explanation": f"{API}/movies/{movie}/explanation/",
        "what-if, 12": f"{API}/movies/{movie}/what-if/?stars=2",
        "ratings, 24": f"{API}/ratings/?page_size=24",
        "marks, 24": f"{API}/marks/?page_size=24",
        "me": f"{API}/me/",
    }
    calls = {name: _getting(site, path, session) for name, path in paths.items()}
    calls["rating, PUT"] = _rating(site, session, rated)
    calls["predict, 60 ratings"] = _predicting(site, session)
    return calls


def _movie_id(page: str) -> str:
    return page.split("/")[2].split("-")[0]


def _getting(site: Web, path: str, session: str) -> Call:
    return lambda _turn: _ignore(site.exchange("GET", path, session))


def _rating(site: Web, session: str, movie: str) -> Call:
    path = f"{API}/movies/{movie}/rating/"
    return lambda turn: _ignore(site.call("PUT", path, session, {"stars": 0.5 + turn % 10 / 2}))


def _predicting(site: Web, session: str) -> Call:
    """The member's own ratings, sent by somebody without an account."""
    rows = site.call("GET", f"{API}/ratings/?page_size=60&order=oldest", session)["results"]
    ratings = [{"movie": row["movie"]["id"], "stars": row["stars"]} for row in rows]
    return lambda _turn: _ignore(site.call("POST", f"{API}/predict/", body={"ratings": ratings}))


def _ignore(_answer: Any) -> None:
    pass


def _cost(site: Web, call: Call, n: int) -> float:
    """Processor milliseconds of the worker for one call; the mean of `n`."""
    before = site.processor_ms()
    for turn in range(n):
        call(turn)
    return (site.processor_ms() - before) / n


def _figures(
    spent: dict[str, list[float]], floor: dict[str, list[float]]
) -> tuple[list[Measurement], Table]:
    figures, rows = [], []
    for name in spent:
        rate = float(np.median(np.array(floor[name]) / np.array(spent[name])))
        bar = RATE_BARS.get(name)
        figures.append(
            Measurement(f"{name}, rate", rate, "of the bare view's", f">= {bar}" if bar else "")
        )
        ours, theirs = float(np.median(spent[name])), float(np.median(floor[name]))
        rows.append([name, f"{ours:.2f}", f"{theirs:.2f}", f"{rate:.2f}"])
    times = np.array(spent["shelves"]) / np.array(spent["home page"])
    figures.append(
        Measurement("shelves, to the home page", float(np.median(times)), "x", f"<= {SHELVES_BAR}")
    )
    columns = ["call", "ms of processor time", "bare view", "rate"]
    return figures, Table("Speed", columns, rows, n_words=1)


if __name__ == "__main__":
    sys.exit(main())
