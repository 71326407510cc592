"""What a member with 5,000 ratings costs, beside one with 200 and one with 50: SQLite.

    python benchmarks/heavy_members.py                  five minutes; two cores
    python benchmarks/heavy_members.py --only taste     one page, or several
    python benchmarks/heavy_members.py --quick          700 movies and few requests, as a smoke test

62,423 movies with published averages. The members rated during this year, half of it with a
prediction on record. The figure is the web process's processor time for a request. All members ask
in turns, so that other programs on the machine affect none of them. "A rating and the home page"
changes a rating first, so that nothing the process kept of the member serves any more.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from datetime import date
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

# Processor time, relative to that of the member with 200 ratings.
RATIO_BAR = "<= 2.0"
# These go through all of a member's ratings, so their bar is in milliseconds.
THROUGH_ALL = {"taste": "<= 150", "year": "<= 150"}
# No bar: the file itself grows with the ratings, and a rating is solved again.
WITHOUT_BAR = {"export", "taste statistics", "watched", "what-if", "a rating and the home page"}
ROUNDS, PER_ROUND = 7, 3
API = "/api/v1"
# {movie}: id of an unrated one; {page}, {rated}: pages of an unrated and a rated movie; {name},
# {group}: the member's; {friend}: another member, who shows their ratings.
PAGES = {
    "home": "/",
    "shelves": "/?shelves=all",
    "movie": "{page}",
    "movie, rated": "{rated}",
    "why": "/movies/{movie}/why/",
    "what-if": "/movies/{movie}/what-if/?stars=2",
    "browse": "/movies/",
    "for you": "/movies/?order=for_you",
    "my ratings": "/me/ratings/",
    "my ratings, surprises": "/me/ratings/?order=surprise",
    "watched": "/me/watched/",
    "taste": "/me/taste/",
    "taste statistics": "/me/taste/statistics/",
    "year": f"/me/year/{date.today().year}/",
    "profile": "/people/{name}/",
    "compatibility": "/people/{friend}/",
    "group": "{group}",
    "export": "/me/export/",
    "API recommendations": f"{API}/recommendations/",
    "API shelves": f"{API}/shelves/",
    "API explanation": f"{API}/movies/{{movie}}/explanation/",
    "API ratings": f"{API}/ratings/?page_size=24",
    "API ratings, surprises": f"{API}/ratings/?page_size=24&order=surprise",
}


def main() -> int:
    options = _options()
    movies, numbers = ("700", ["500", "200", "50"])
    if not options.quick:
        movies, numbers = "62423", ["5000", "200", "50"]
    with tempfile.TemporaryDirectory() as folder:
        unlimited = {"CFSITE_API_RATE_MEMBER": "1000000/min"}
        environment = site_environment(folder, **unlimited)
        say("filling the database")
        run(environment, "manage.py", "migrate", "--verbosity", "0")
        filled = json.loads(run(environment, "benchmarks/web/heavy_site.py", movies, *numbers))
        run(environment, "manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        with web(environment, core=available_cores()[0]) as site:
            site.wait_until_ready()
            spent = _spent(site, filled, options)
    figures, rows = [], []
    for name, (many, some, few) in spent.items():
        ratio = float(np.median(np.array(many) / np.array(some)))
        if name in THROUGH_ALL:
            ms = float(np.median(many))
            figures.append(
                Measurement(f"{name}, {numbers[0]} ratings", ms, "ms", THROUGH_ALL[name])
            )
        else:
            what = f"{name}, {numbers[0]} ratings beside {numbers[1]}"
            bar = "" if name in WITHOUT_BAR else RATIO_BAR
            figures.append(Measurement(what, ratio, "x", bar))
        medians = [f"{np.median(each):.1f}" for each in (many, some, few)]
        rows.append([name, *medians, f"{ratio:.2f}"])
    columns = ["page", *(f"ms with {number} ratings" for number in numbers), "first to second"]
    return report(options, "heavy_members", [Table("Heavy members", columns, rows, 1)], figures)


def _options() -> argparse.Namespace:
    parser = option_parser(__doc__, quick="few requests, as a smoke test")
    parser.add_argument("--only", nargs="+", choices=PAGES, metavar="PAGE", help="these pages")
    return parser.parse_args()


def _spent(
    site: Web, filled: dict[str, Any], options: argparse.Namespace
) -> dict[str, tuple[list[float], ...]]:
    """Processor milliseconds a request, of each member."""
    rounds, each = (2, 2) if options.quick else (ROUNDS, PER_ROUND)
    spent: dict[str, tuple[list[float], ...]] = {}
    calls = [_calls(site, filled, member) for member in range(len(filled["sessions"]))]
    for name in options.only or calls[0]:
        spent[name] = tuple([] for _ in calls)
        for number in range(rounds + 1):
            for own, times in zip(calls, spent[name], strict=True):
                before = site.processor_ms()
                for turn in range(each):
                    own[name](turn)
                if number:  # the first round warms up
                    times.append((site.processor_ms() - before) / each)
        say(name)
    return spent


def _calls(site: Web, filled: dict[str, Any], member: int) -> dict[str, Callable[[int], None]]:
    session, page = filled["sessions"][member], filled["unrated_page"]
    movie = page.split("/")[2].split("-")[0]
    words = {"page": page, "movie": movie, "friend": filled["friend"]}
    words |= {"name": filled["names"][member], "rated": filled["rated"][member]}
    words["group"] = filled["groups"][member]

    def getting(path: str) -> Callable[[int], None]:
        return lambda _turn: site.exchange("GET", path.format(**words), session) and None

    form = {"HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded"}

    def rating_then_home(turn: int) -> None:
        body = f"stars={0.5 + turn % 10 / 2}&csrfmiddlewaretoken={CSRF}"
        site.exchange("POST", f"/movies/{movie}/rate/", session, body, form)
        site.exchange("GET", "/", session)

    # Last, because from then on the movie has a rating.
    calls = {name: getting(path) for name, path in PAGES.items()}
    return {**calls, "a rating and the home page": rating_then_home}


if __name__ == "__main__":
    sys.exit(main())
