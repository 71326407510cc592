"""Response times of every list with 60,000 movies and 1,000,000 ratings.

    python benchmarks/lists.py            twenty minutes; two cores, PostgreSQL's programs
    python benchmarks/lists.py --quick    1,000 movies and 5,000 ratings, as a smoke test

Pages, the API and the admin in each order, first and deep pages, asked by a member who is also an
operator. Each request goes to one gunicorn worker on SQLite and PostgreSQL. The bar is for the
worker's processor time on SQLite, which is all the time there is on an idle machine; on PostgreSQL
the server's time comes on top, so it is for the time until the answer.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

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
from web.process import Web, run, site_environment, web  # noqa: E402

from tests.servers import postgresql  # noqa: E402

BAR = "<= 200"
API = "/api/v1"
# Pages to ask for from the first on by the API's cursor, to see whether later ones cost more.
DEEP = 20
BROWSE = ("loved", "rated", "newest", "title", "average", "for_you", "predicted", "yours")
ORDERS = ("best_loved", "most_rated", "newest", "title", "for_you", "predicted")
OWN = ("newest", "oldest", "highest", "title", "latest", "earliest", "surprise")
PAGES = {
    **{f"movies, {order}": f"/movies/?order={order}" for order in BROWSE},
    **{f"movies, {order}, deep": f"/movies/?order={order}&page=40" for order in BROWSE},
    "movies, beyond the end": "/movies/?page=1000000000",
    "movies of a genre": "/movies/?genre=genre-3&order=loved",
    "search": "/movies/?q=winter",
    **{f"my ratings, {order}": f"/me/ratings/?order={order}" for order in OWN},
    "my ratings, deep": "/me/ratings/?page=30",
    "watchlist": "/me/watchlist/",
    "diary": "/me/diary/",
    "diary, deep": "/me/diary/?page=10",
    "watched": "/me/watched/",
    "lists": "/me/lists/",
    "a list": "{list_page}",
    "public lists": "/lists/",
}
CALLS = {
    **{f"API movies, {order}": f"{API}/movies/?page_size=100&order={order}" for order in ORDERS},
    "API search": f"{API}/movies/?page_size=100&q=winter",
    "API artists": f"{API}/artists/?page_size=100",
    "API ratings": f"{API}/ratings/?page_size=100",
    "API ratings, history": f"{API}/ratings/history/?page_size=100",
    "API marks": f"{API}/marks/?page_size=100",
    "API viewings": f"{API}/viewings/?page_size=100",
    "API lists": f"{API}/lists/?page_size=100",
    "API movies of a list": f"{API}/lists/{{list}}/movies/?page_size=100",
    "API changes": f"{API}/me/changes/",
    "API recommendations": f"{API}/recommendations/?n=100",
    "API shelves": f"{API}/shelves/",
}
ADMIN = {
    "admin movies": "/admin/movies/movie/",
    "admin movies, by title": "/admin/movies/movie/?o=1",
    "admin movies, last": "/admin/movies/movie/?p=200",
    "admin movies, search": "/admin/movies/movie/?q=winter",
    "admin ratings": "/admin/movies/rating/",
    "admin ratings, last": "/admin/movies/rating/?p=100",
    "admin ratings of a rater": "/admin/movies/rating/?user={rater}",
    "admin marks": "/admin/movies/mark/",
    "admin members": "/admin/accounts/user/",
    "admin runs": "/admin/recommender/trainingrun/",
}


def main() -> int:
    options = _options()
    size = (1_000, 5_000) if options.quick else (60_000, 1_000_000)
    figures: list[Measurement] = []
    rows: list[list[str]] = []
    for name in (options.only,) if options.only else ("SQLite", "PostgreSQL"):
        with tempfile.TemporaryDirectory() as folder:
            if name == "SQLite":
                found = list(_measured(site_environment(folder), size, options))
            else:
                with postgresql(durable=True) as url:
                    found = list(_measured(site_environment(folder, url), size, options))
        for page, worked, waited in found:
            spent = worked if name == "SQLite" else waited
            figures.append(Measurement(f"{name}: {page}", spent, "ms", BAR))
            rows.append([name, page, f"{worked:.0f}", f"{waited:.0f}"])
    columns = ["database", "list", "ms of processor time", "ms until the answer"]
    title = f"{size[0]:,} movies, {size[1]:,} ratings; medians"
    return report(options, "lists", [Table(title, columns, rows, n_words=2)], figures)


def _measured(
    environment: dict[str, str], size: tuple[int, int], options: argparse.Namespace
) -> Iterator[tuple[str, float, float]]:
    """Each list with the worker's time and the client's, in milliseconds."""
    say("filling the database")
    run(environment, "manage.py", "migrate", "--verbosity", "0")
    filled = json.loads(run(environment, "benchmarks/web/large_lists.py", *map(str, size)))
    run(environment, "manage.py", "collectstatic", "--no-input", "--verbosity", "0")
    turns = 2 if options.quick else 5
    environment |= {"CFSITE_API_RATE_MEMBER": "100000/min"}
    with web(environment, core=available_cores()[0]) as site:
        site.wait_until_ready()
        for page, path in {**PAGES, **CALLS, **ADMIN}.items():
            yield page, *_timed(site, path.format(**filled), filled["session"], turns)
        for page, path in CALLS.items():
            if last := _deep(site, path.format(**filled), filled["session"]):
                yield f"{page}, deep", *_timed(site, last, filled["session"], turns)


def _timed(site: Web, path: str, session: str, turns: int) -> tuple[float, float]:
    worked, waited = [], []
    for turn in range(turns + 1):
        before, started = site.processor_ms(), time.perf_counter()
        try:
            site.exchange("GET", path, session)
        except RuntimeError as error:
            if ": 404 " not in str(error):
                raise
        if turn:  # the first one fills caches
            worked.append(site.processor_ms() - before)
            waited.append(1000 * (time.perf_counter() - started))
    say(f"{path}: {np.median(worked):.0f} ms")
    return float(np.median(worked)), float(np.median(waited))


def _deep(site: Web, path: str, session: str) -> str:
    """The address of a later page, by following `next`; "" if there is only one."""
    last = ""
    for _ in range(DEEP):
        answer = site.call("GET", last or path, session)
        if not answer.get("next"):
            break
        last = "/" + answer["next"].split("/", 3)[3]
    return last


def _options() -> argparse.Namespace:
    parser = option_parser(__doc__, quick="small and short, as a smoke test")
    parser.add_argument("--only", choices=["SQLite", "PostgreSQL"], help="one database alone")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
