"""Response times and freshness of the API with 60,000 movies, on PostgreSQL.

    python benchmarks/serving.py               four minutes; two cores, PostgreSQL's programs
    python benchmarks/serving.py --quick       500 movies and few requests, as a smoke test

Factors are 64 and 64 wide, users have 200 ratings, one gunicorn sync worker has a core to itself.
This process sends each request on a new connection and times it. Commits are durable. Everything
stays on the loopback address and in a temporary folder.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
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
from web.process import run, site_environment, web  # noqa: E402

from tests.servers import postgresql  # noqa: E402

API = "/api/v1"
RECOMMENDATIONS = f"{API}/recommendations/"


def main() -> int:
    options = option_parser(__doc__, quick="small and short, as a smoke test").parse_args()
    cores = available_cores()
    with tempfile.TemporaryDirectory() as folder, postgresql(durable=True) as url:
        environment = site_environment(
            folder,
            url,
            CFSITE_API_RATE_MEMBER="1000000/min",
            CFSITE_API_RATE_MEMBER_WRITES="1000000/min",
            CFSITE_API_RATE_ANONYMOUS="1000000/min",
        )
        size = ["500", "40", "4"] if options.quick else ["60000", "200", "8"]
        say("filling the database")
        run(environment, "manage.py", "migrate", "--verbosity", "0")
        filled = json.loads(run(environment, "benchmarks/web/large_site.py", *size))
        os.sched_setaffinity(0, {cores[-1]})
        figures = _in_process(environment, cores[0], options)
        figures += _cold(environment, filled, cores[0], options)
        figures += _answers(environment, filled, cores[0], options)
        os.sched_setaffinity(0, set(cores))
        figures += _fresh(environment, filled, options)
    rows = [[m.name, f"{m.value:.4g}", m.unit] for m in figures if not m.bar]
    return report(
        options, "serving", [Table("Other figures", ["what", "measured", "unit"], rows)], figures
    )


def _in_process(environment: dict, core: int, options: argparse.Namespace) -> list[Measurement]:
    say("one list in process, compared with plain numpy")
    rounds = "30" if options.quick else "400"
    ours, peer, explained = json.loads(
        run(environment, "benchmarks/web/serving_core.py", rounds, core=core)
    )
    return [
        Measurement(
            "fold-in, score, exclude, top 20, over plain numpy", ours / peer, "x", "<= 2.0"
        ),
        Measurement("fold-in, score, exclude, top 20", ours, "ms"),
        Measurement("matvec and argpartition of plain numpy", peer, "ms"),
        Measurement("explanation in process", explained, "ms"),
    ]


def _cold(
    environment: dict, filled: dict, core: int, options: argparse.Namespace
) -> list[Measurement]:
    say("cold processes")
    session = filled["sessions"][0]
    whole, first, held, numba = [], [], [], 0
    for _ in range(1 if options.quick else 7):
        with web(environment, core=core) as site:
            site.wait_for_answer(RECOMMENDATIONS, session)
            whole.append(time.perf_counter() - site.started)
        with web(environment, core=core) as site:
            site.wait_for_answer(f"{API}/movies/?page_size=24")
            before = site.memory_bytes()
            started = time.perf_counter()
            site.call("GET", RECOMMENDATIONS, session)
            first.append(time.perf_counter() - started)
            for _ in range(20):
                site.call("GET", RECOMMENDATIONS, session)
            held.append((site.memory_bytes() - before) / filled["array_bytes"])
            numba += site.has_loaded("llvmlite")
    return [
        Measurement("first recommendation of a new process", _median(first), "s", "<= 1.0"),
        Measurement("from the command to the first recommendation", _median(whole), "s", "<= 1.0"),
        Measurement("web processes that loaded numba", float(numba), "", "<= 0"),
        Measurement("memory for the arrays, relative to their size", _median(held), "x", "<= 1.3"),
        Measurement("the arrays", filled["array_bytes"] / 2**20, "MiB"),
    ]


def _answers(
    environment: dict, filled: dict, core: int, options: argparse.Namespace
) -> list[Measurement]:
    n = 30 if options.quick else 1_500
    sessions, movies = filled["sessions"], filled["movies"]
    figures = []
    with web(environment, core=core) as site:
        site.wait_for_answer(RECOMMENDATIONS, sessions[0])
        say("recommendations")
        spent = site.processor_ms()
        lists = _timed(
            lambda turn: site.call("GET", RECOMMENDATIONS, sessions[turn % len(sessions)]), n
        )
        spent = (site.processor_ms() - spent) / (n + 8)
        say("ratings")
        puts = _timed(
            lambda turn: site.call(
                "PUT",
                f"{API}/movies/{movies[turn % len(movies)]}/rating/",
                sessions[turn % len(sessions)],
                {"stars": turn % 10 / 2 + 0.5},
            ),
            n,
        )
        figures += [
            Measurement("recommendations JSON, p50", _percentile(lists, 50), "ms", "<= 12"),
            Measurement("recommendations JSON, p99", _percentile(lists, 99), "ms", "<= 40"),
            Measurement("rating PUT, p99", _percentile(puts, 99), "ms", "<= 30"),
            Measurement("rating PUT, p50", _percentile(puts, 50), "ms"),
            Measurement("recommendations JSON, processor time of the web process", spent, "ms"),
        ]
        say("explanations")
        path = f"{API}/movies/{movies[-1]}/explanation/"
        reasons = _timed(
            lambda turn: site.call("GET", path, sessions[turn % len(sessions)]), n // 3
        )
        figures += [
            Measurement("explanation JSON, p50", _percentile(reasons, 50), "ms", "<= 15"),
            Measurement("explanation JSON, p99", _percentile(reasons, 99), "ms"),
        ]
    return figures


def _fresh(environment: dict, filled: dict, options: argparse.Namespace) -> list[Measurement]:
    """How often the next answer, from any of several processes, shows a new or deleted rating."""
    say("freshness: a rating, then the next answer from any of the processes")
    n, workers = (20, 2) if options.quick else (1_000, 4)
    session, fresh = filled["sessions"][1], 0
    with web(environment, workers=workers) as site:
        before = site.wait_for_answer(f"{RECOMMENDATIONS}?n=50", session)
        for turn in range(n):
            movie = before["results"][turn % 20]["movie"]["id"]
            stars = 0.5 + turn % 10 / 2
            site.call("PUT", f"{API}/movies/{movie}/rating/", session, {"stars": stars})
            after = site.call("GET", f"{RECOMMENDATIONS}?n=50", session)
            fresh += _is_changed(before, after, movie)
            site.call("DELETE", f"{API}/movies/{movie}/rating/", session)
            before = site.call("GET", f"{RECOMMENDATIONS}?n=50", session)
            fresh += movie in _ids(before)
    of = f"of {2 * n}"
    return [Measurement("next answers that show the change", fresh, of, f">= {2 * n}")]


def _ids(answer: dict) -> list[int]:
    return [item["movie"]["id"] for item in answer["results"]]


def _is_changed(before: dict, after: dict, rated: int) -> bool:
    """Whether the rated movie is gone and the scores of the others have changed."""
    was = {item["movie"]["id"]: item["score"] for item in before["results"]}
    now = {item["movie"]["id"]: item["score"] for item in after["results"]}
    return rated not in now and any(was[pk] != now[pk] for pk in was.keys() & now.keys())


def _timed(call: Any, n: int) -> np.ndarray:
    """(n,) milliseconds, after one call per user to warm up."""
    for turn in range(8):
        call(turn)
    taken = np.empty(n)
    for turn in range(n):
        started = time.perf_counter()
        call(turn)
        taken[turn] = 1000 * (time.perf_counter() - started)
    return taken


def _percentile(values: np.ndarray, percent: float) -> float:
    return float(np.percentile(values, percent))


def _median(values: list[float]) -> float:
    return float(np.median(values))


if __name__ == "__main__":
    sys.exit(main())
