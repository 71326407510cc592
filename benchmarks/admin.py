"""Response times of the admin's lists with 100,000 movies and 1,000,000 ratings.

    python benchmarks/admin.py            ten minutes; two cores, PostgreSQL's programs
    python benchmarks/admin.py --quick    2,000 movies and 5,000 ratings, as a smoke test

Each page goes to one gunicorn worker on a core of its own, on SQLite and PostgreSQL, and is timed
by the client.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
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
from web.process import run, site_environment, web  # noqa: E402

from tests.servers import postgresql  # noqa: E402

PAGES = {
    "movies": "/admin/movies/movie/",
    "movies, a word": "/admin/movies/movie/?q=night",
    "movies, no such word": "/admin/movies/movie/?q=zzzzqq",
    "movies, IMDb id": "/admin/movies/movie/?q=tt0078748",
    "movies without year": "/admin/movies/movie/?care=year",
    "movies without genre": "/admin/movies/movie/?care=genre",
    "movies without facts": "/admin/movies/movie/?care=facts",
    "movies without ratings": "/admin/movies/movie/?care=ratings",
    "movies, maybe duplicates": "/admin/movies/movie/?care=duplicates",
    "retired movies": "/admin/movies/movie/?retired=yes",
    "movies of a genre": "/admin/movies/movie/?genres__id__exact=1",
    "movies, last page": "/admin/movies/movie/?p=200",
    "duplicates": "/admin/movies/movie/duplicates/",
    "requests": "/admin/movies/movierequest/",
    "ratings": "/admin/movies/rating/",
    "ratings, last page": "/admin/movies/rating/?p=100",
    "ratings of a movie": "/admin/movies/rating/?movie={movie}",
    "ratings of a rater": "/admin/movies/rating/?user={rater}",
    "ratings of 5 stars": "/admin/movies/rating/?half_stars=10",
    "marks": "/admin/movies/mark/",
    "members": "/admin/accounts/user/",
    "runs": "/admin/recommender/trainingrun/",
}
BAR = "<= 300"


def main() -> int:
    options = _options()
    size = (2_000, 5_000) if options.quick else (100_000, 1_000_000)
    figures: list[Measurement] = []
    rows: list[list[str]] = []
    for name in (options.only,) if options.only else ("SQLite", "PostgreSQL"):
        with tempfile.TemporaryDirectory() as folder:
            if name == "SQLite":
                taken = _measured(site_environment(folder), size, options)
            else:
                with postgresql(durable=True) as url:
                    taken = _measured(site_environment(folder, url), size, options)
        for page, passed in taken.items():
            median, worst = np.median(passed), max(passed)
            figures.append(Measurement(f"{name}: {page}, median", float(median), "ms", BAR))
            rows.append([name, page, f"{median:.0f}", f"{worst:.0f}"])
    title = f"{size[0]:,} movies, {size[1]:,} ratings"
    table = Table(title, ["database", "page", "median ms", "worst ms"], rows, n_words=2)
    return report(options, "admin", [table], figures)


def _measured(
    environment: dict[str, str], size: tuple[int, int], options: argparse.Namespace
) -> dict[str, list[float]]:
    say("filling the database")
    run(environment, "manage.py", "migrate", "--verbosity", "0")
    filled = json.loads(
        run(environment, "benchmarks/web/large_admin.py", str(size[0]), str(size[1]))
    )
    run(environment, "manage.py", "collectstatic", "--no-input", "--verbosity", "0")
    taken: dict[str, list[float]] = {}
    with web(environment, core=available_cores()[0]) as site:
        site.wait_until_ready()
        for page, path in PAGES.items():
            path = path.format(**filled)
            taken[page] = []
            for turn in range(3 if options.quick else 8):
                started = time.perf_counter()
                site.exchange("GET", path, filled["session"], None, {"Accept-Encoding": "gzip"})
                if turn:
                    taken[page].append(1000 * (time.perf_counter() - started))
            say(f"{page}: {np.median(taken[page]):.0f} ms")
    return taken


def _options() -> argparse.Namespace:
    parser = option_parser(__doc__, quick="small and short, as a smoke test")
    parser.add_argument("--only", choices=["SQLite", "PostgreSQL"], help="one database alone")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
