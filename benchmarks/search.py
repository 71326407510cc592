"""How fast browsing and searching are among 86,000 titles, on SQLite and PostgreSQL.

    python benchmarks/search.py            about three minutes, two cores, PostgreSQL's programs
    python benchmarks/search.py --quick    2,000 titles and few requests, to see that it works

Titles are made of the built-in catalogue's words, so that words are shared as in real ones; each
kind of request is sent to one gunicorn worker on a core of its own and timed as a client sees it,
the whole page with its 24 cards and its facets.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psycopg

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from measurements import (  # noqa: E402  (a script's folder comes before the checkout)
    Measurement,
    Table,
    add_options,
    available_cores,
    report,
    say,
)
from web_process import Web, run, site_environment, web  # noqa: E402

from tests.servers import postgresql  # noqa: E402

REQUESTS = {
    "first page": "/movies/",
    "two filters": "/movies/?genre=drama&decade=1990",
    "what I have not rated": "/movies/?mine=unrated&length=short",
    "page 3,000": "/movies/?page=3000&order=title",
    "page 3,000, newest": "/movies/?page=3000&order=newest",
    "page 600 of a genre": "/movies/?page=600&genre=drama",
    "one letter": "/movies/?q=g",
    "one word": "/movies/?q=godfather",
    "two words, turned": "/movies/?q=matrix+the",
    "accents left out": "/movies/?q=amelie",
    "a typing error": "/movies/?q=godfahter",
    "in one word": "/movies/?q=thegodfather",
    "nothing like it": "/movies/?q=zzxxqqvv",
    "suggestions": "/movies/suggest/?q=godf",
}
# As htmx asks for parts of pages; a whole page does not mind.
HEADERS = {"Accept-Encoding": "gzip", "HX-Request": "true"}
BAR = "<= 50"
KEPT = {
    "facts_ms": "facts made anew, ms",
    "titles_ms": "and titles, ms",
    "megabytes": "MB in all",
}


@dataclass(frozen=True)
class Found:
    # Of each request, by its kind: milliseconds that passed, and that processors worked on it.
    taken: dict[str, list[tuple[float, float]]]
    kept: dict[str, float]


def main() -> int:
    options = _options()
    size = 2_000 if options.quick else 86_000
    figures: list[Measurement] = []
    rows: list[list[str]] = []
    kept: list[list[str]] = []
    for name in ("SQLite", "PostgreSQL"):
        with tempfile.TemporaryDirectory() as folder:
            if name == "SQLite":
                found = _measured(site_environment(folder), size, options)
            else:
                with postgresql(durable=True) as url:
                    found = _measured(site_environment(folder, url), size, options)
        kept.append([name, *(f"{found.kept[part]:.0f}" for part in KEPT)])
        for kind, taken in found.taken.items():
            passed, worked = np.percentile(taken, (50, 95), axis=0).T
            figures.append(Measurement(f"{name}: {kind}, p95", float(passed[1]), "ms", BAR))
            rows.append([name, kind, *(f"{ms:.1f}" for ms in (*passed, *worked))])
    columns = ["database", "request", "p50 ms", "p95 ms", "of processors, p50", "p95"]
    tables = [
        Table(f"{size:,} titles", columns, rows, n_words=2),
        Table("What each web process keeps of them", ["database", *KEPT.values()], kept, n_words=1),
    ]
    return report(options, "search", tables, figures)


def _measured(environment: dict[str, str], size: int, options: argparse.Namespace) -> Found:
    say("filling the database")
    run(environment, "manage.py", "migrate", "--verbosity", "0")
    session = json.loads(run(environment, "benchmarks/many_titles.py", str(size)))["session"]
    run(environment, "manage.py", "collectstatic", "--no-input", "--verbosity", "0")
    kept = json.loads(run(environment, "benchmarks/catalogue_in_memory.py"))
    with web(environment, core=available_cores()[0]) as site:
        site.until_there()
        n = 5 if options.quick else 60
        taken = {
            kind: _timed(site, _at(path, size), session, n, environment.get("DATABASE_URL", ""))
            for kind, path in REQUESTS.items()
        }
    return Found(taken, kept)


def _at(path: str, size: int) -> str:
    """The same in a small catalogue, which has fewer pages."""
    return path if size > 50_000 else path.replace("00&", "&")


def _timed(
    site: Web, path: str, session: str, n: int, database_url: str
) -> list[tuple[float, float]]:
    taken = []
    for turn in range(n + 3):
        if turn == 1:  # by now the worker has its connection, and keeps it
            backends = _backends(database_url)
        began = _spent(site, backends) if turn else 0.0
        started = time.perf_counter()
        site.exchange("GET", path, session, None, HEADERS)
        passed = 1000 * (time.perf_counter() - started)
        if turn >= 3:  # the first ones build what the process keeps
            taken.append((passed, _spent(site, backends) - began))
    say(f"{path}: {np.median(taken, axis=0)[0]:.1f} ms")
    return taken


def _backends(database_url: str) -> list[int]:
    """The processes of PostgreSQL that work for the site; SQLite works in the site's own."""
    if not database_url:
        return []
    with psycopg.connect(database_url) as link:
        others = "backend_type = 'client backend' AND pid <> pg_backend_pid()"
        return [pid for (pid,) in link.execute(f"SELECT pid FROM pg_stat_activity WHERE {others}")]


def _spent(site: Web, backends: Sequence[int]) -> float:
    """Milliseconds of processor time so far: what others do on the machine is not in it."""
    stats = (Path(f"/proc/{pid}/schedstat").read_text().split() for pid in backends)
    return site.spent() + sum(int(nanoseconds) for nanoseconds, *_ in stats) / 1e6


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_options(parser)
    parser.add_argument("--quick", action="store_true", help="small and short; says little")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
