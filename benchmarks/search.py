"""Response times of Browse and search with 86,000 titles, on SQLite and PostgreSQL.

    python benchmarks/search.py            ten minutes; two cores, PostgreSQL's programs
    python benchmarks/search.py --quick    2,000 titles and few requests, as a smoke test

Titles are made of the built-in catalogue's words, so that words are shared as in real titles; every
movie has people, countries, languages and a description (web/large_catalogue.py). Each
kind of request goes to one gunicorn worker on a core of its own and is timed by the client: the
whole page with 24 cards and facets.
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
    available_cores,
    option_parser,
    report,
    say,
)
from web.process import Web, run, site_environment, web  # noqa: E402

from tests.servers import postgresql  # noqa: E402

REQUESTS = {
    "first page": "/movies/",
    "two filters": "/movies/?genre=drama&decade=1990",
    "unrated by me": "/movies/?mine=unrated&length=short",
    "page 3,000": "/movies/?page=3000&order=title",
    "page 3,000, newest": "/movies/?page=3000&order=newest",
    "page 600 of a genre": "/movies/?page=600&genre=drama",
    "one letter": "/movies/?q=g",
    "one word": "/movies/?q=godfather",
    "two words, swapped": "/movies/?q=matrix+the",
    "accents omitted": "/movies/?q=amelie",
    "a typo": "/movies/?q=godfahter",
    "written as one word": "/movies/?q=thegodfather",
    "no match": "/movies/?q=zzxxqqvv",
    "suggestions": "/movies/suggest/?q=godf",
    "country and language": "/movies/?country=FR&language=fr",
    "a person": "/movies/?q=quentin+tarantino",
    "a last name": "/movies/?q=tarantino",
    "a person being typed": "/movies/suggest/?q=quentin+tar",
    "a genre": "/movies/?q=drama",
    "genre and decade": "/movies/?q=horror+1980s",
    "country, genre, decade": "/movies/?q=french+comedy+1960s",
    "person and a word": "/movies/?q=tarantino+night",
    "words of descriptions": "/movies/?q=casablanca+gladiator",
    "people in the API": "/api/v1/artists/?q=tarantino",
}
# Parts of pages answer htmx only; whole pages ignore the header.
HEADERS = {"Accept-Encoding": "gzip", "HX-Request": "true"}
BAR = "<= 50"
KEPT = {
    "facts_ms": "facts built, ms",
    "titles_ms": "titles built, ms",
    "people_ms": "people built, ms",
    "descriptions_ms": "descriptions built, ms",
    "megabytes": "MB in total",
}


@dataclass(frozen=True)
class Found:
    # For each kind of request: wall-clock and processor milliseconds of every request.
    taken: dict[str, list[tuple[float, float]]]
    kept: dict[str, float]


def main() -> int:
    options = option_parser(__doc__, quick="small and short, as a smoke test").parse_args()
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
    columns = ["database", "request", "p50 ms", "p95 ms", "processor p50", "processor p95"]
    tables = [
        Table(f"{size:,} titles", columns, rows, n_words=2),
        Table("The index in each web process", ["database", *KEPT.values()], kept, n_words=1),
    ]
    return report(options, "search", tables, figures)


def _measured(environment: dict[str, str], size: int, options: argparse.Namespace) -> Found:
    say("filling the database")
    run(environment, "manage.py", "migrate", "--verbosity", "0")
    filled = json.loads(run(environment, "benchmarks/web/large_catalogue.py", str(size)))
    session, url = filled["session"], environment.get("DATABASE_URL", "")
    run(environment, "manage.py", "collectstatic", "--no-input", "--verbosity", "0")
    kept = json.loads(run(environment, "benchmarks/web/index_cost.py"))
    with web(environment, core=available_cores()[0]) as site:
        site.wait_until_ready()
        n = 5 if options.quick else 60
        taken = {
            kind: _timed(site, _scaled(path, size), session, n, url)
            for kind, path in REQUESTS.items()
        }
    return Found(taken, kept)


def _scaled(path: str, size: int) -> str:
    """The path, with page numbers that a small catalogue has too."""
    return path if size > 50_000 else path.replace("00&", "&")


def _timed(
    site: Web, path: str, session: str, n: int, database_url: str
) -> list[tuple[float, float]]:
    taken = []
    for turn in range(n + 3):
        if turn == 1:  # by now the worker has opened its connection
            backends = _backends(database_url)
        began = _spent(site, backends) if turn else 0.0
        started = time.perf_counter()
        site.exchange("GET", path, session, None, HEADERS)
        passed = 1000 * (time.perf_counter() - started)
        if turn >= 3:  # the first requests build the index
            taken.append((passed, _spent(site, backends) - began))
    say(f"{path}: {np.median(taken, axis=0)[0]:.1f} ms")
    return taken


def _backends(database_url: str) -> list[int]:
    """PostgreSQL's backend processes for the site; SQLite runs inside the site's process."""
    if not database_url:
        return []
    with psycopg.connect(database_url) as link:
        others = "backend_type = 'client backend' AND pid <> pg_backend_pid()"
        return [pid for (pid,) in link.execute(f"SELECT pid FROM pg_stat_activity WHERE {others}")]


def _spent(site: Web, backends: Sequence[int]) -> float:
    """Processor milliseconds of site and database so far."""
    # A server process may be gone by now: connections are renewed.
    files = (Path(f"/proc/{pid}/schedstat") for pid in backends)
    spent = sum(int(file.read_text().split()[0]) for file in files if file.exists())
    return site.processor_ms() + spent / 1e6


if __name__ == "__main__":
    sys.exit(main())
