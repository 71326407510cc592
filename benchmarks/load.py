"""Fifty people at once: PostgreSQL, Redis, gunicorn as the Procfile starts it, 60,000 movies.

    python benchmarks/load.py                  twelve minutes; two cores, PostgreSQL, Redis
    python benchmarks/load.py --minutes 1      shorter
    python benchmarks/load.py --quick          700 movies and a few seconds, as a smoke test

Each of fifty connections sends one request after the other without a pause: 70 % reads (pages of
the catalogue and of movies, search and one's own ratings; half of them by visitors), 20 %
recommendations (home page and API) and 10 % ratings. Then the same while the model is refitted
again and again, and the same number of connections at a bare Django page. Clients, database and
site share the cores.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from measurements import (  # noqa: E402  (a script's folder comes before the checkout)
    Measurement,
    Table,
    option_parser,
    report,
    say,
)
from web.process import CSRF, Web, bare_session, run, site_environment, web  # noqa: E402

from tests.servers import postgresql, redis  # noqa: E402

CONNECTIONS = 50
WORDS = ("night", "river garden", "stranger", "winter 4", "lettr", "island road")


@dataclass(frozen=True)
class Request:
    kind: str
    method: str
    path: str
    session: str = ""
    body: str | None = None


@dataclass
class Answers:
    """Seconds by kind of request, and what was no success."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    elapsed: float = 0.0

    @property
    def all_seconds(self) -> np.ndarray:
        return np.concatenate([*map(np.array, self.seconds.values()), np.empty(0)])

    @property
    def rate(self) -> float:
        return len(self.all_seconds) / self.elapsed

    @property
    def p99(self) -> float:
        """Milliseconds."""
        return float(1000 * np.quantile(self.all_seconds, 0.99))


def main() -> int:
    options = _options()
    size = ["700", "40", "20"] if options.quick else ["60000", "200", "200"]
    seconds = 3.0 if options.quick else 60 * options.minutes
    with tempfile.TemporaryDirectory() as folder, postgresql(durable=True) as url, redis() as cache:
        rates = {
            "CFSITE_API_RATE_MEMBER": "9000000/min",
            "CFSITE_API_RATE_MEMBER_WRITES": "9000000/min",
            "CFSITE_API_RATE_ANONYMOUS": "9000000/min",
        }
        environment = {**site_environment(folder, url, **rates), "REDIS_URL": cache}
        say("filling the database")
        run(environment, "manage.py", "migrate", "--verbosity", "0")
        filled = json.loads(run(environment, "benchmarks/web/large_site.py", *size))
        run(environment, "manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        say("a bare page")
        bare_environment = {
            **environment,
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "benchmarks")]),
        }
        with web(bare_environment, workers=2, app="web.bare_page") as bare:
            bare.wait_until_ready()
            page = Request(
                "bare page", "GET", "/", bare_session(environment, filled["sessions"][0])
            )
            floor = _load(bare, lambda _rng: page, min(seconds, 30))
        with web(environment, workers=2) as site:
            site.wait_until_ready()
            choose = _mix(filled)
            _load(site, choose, min(seconds, 10))  # warms both processes up
            say("idle")
            idle = _load(site, choose, seconds)
            say("during refits")
            with _refits(environment) as n_refits:
                busy = _load(site, choose, seconds / 4)
    say(f"{n_refits()} refits")
    return report(options, "load", [_table(floor, idle, busy)], _figures(floor, idle, busy))


def _mix(filled: dict[str, Any]) -> Callable[[random.Random], Request]:
    sessions, movies, page = filled["sessions"], filled["movies"], filled["unrated_page"]

    def read(rng: random.Random) -> Request:
        member = rng.choice(sessions)
        reader = member if rng.random() < 0.5 else ""
        path = rng.choice(
            [
                f"/movies/?page={rng.randint(1, 20)}",
                f"/movies/?q={rng.choice(WORDS).replace(' ', '+')}",
                page,
                f"/api/v1/movies/{rng.choice(movies)}/",
            ]
        )
        if reader and rng.random() < 0.2:
            path = "/me/ratings/"
        return Request("read", "GET", path, reader)

    def recommendations(rng: random.Random) -> Request:
        path = rng.choice(["/", "/api/v1/recommendations/"])
        return Request("recommendations", "GET", path, rng.choice(sessions))

    def rating(rng: random.Random) -> Request:
        path = f"/api/v1/movies/{rng.choice(movies)}/rating/"
        body = json.dumps({"stars": rng.randint(1, 10) / 2})
        return Request("rating", "PUT", path, rng.choice(sessions), body)

    def choose(rng: random.Random) -> Request:
        [kind] = rng.choices([read, recommendations, rating], [70, 20, 10])
        return kind(rng)

    return choose


def _load(site: Web, choose: Callable[[random.Random], Request], seconds: float) -> Answers:
    """What fifty connections were answered in so many seconds."""
    answers, lock = Answers(), threading.Lock()
    until = time.perf_counter() + seconds

    def client(number: int) -> None:
        rng, own = random.Random(number), []
        link = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
        problems: Counter[str] = Counter()
        while time.perf_counter() < until:
            request = choose(rng)
            started = time.perf_counter()
            try:
                problem = _send(link, request)
            except (OSError, http.client.HTTPException) as error:
                problem = type(error).__name__
                link.close()
            own.append((request.kind, time.perf_counter() - started))
            if problem:
                problems[f"{request.method} {problem}"] += 1
        link.close()
        with lock:
            answers.errors += problems
            for kind, spent in own:
                answers.seconds.setdefault(kind, []).append(spent)

    started = time.perf_counter()
    threads = [threading.Thread(target=client, args=[number]) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers.elapsed = time.perf_counter() - started
    return answers


def _send(link: http.client.HTTPConnection, request: Request) -> str:
    """The problem, "" if there was none."""
    headers = {"Accept-Encoding": "gzip", "Content-Type": "application/json"}
    if request.session:
        headers |= {
            "Cookie": f"sessionid={request.session}; csrftoken={CSRF}",
            "X-CSRFToken": CSRF,
        }
    link.request(request.method, request.path, request.body, headers)
    answer = link.getresponse()
    answer.read()
    return "" if answer.status < 400 else str(answer.status)


@contextmanager
def _refits(environment: dict[str, str]) -> Iterator[Callable[[], int]]:
    """Refit in another process, over and over; yields what tells how often."""
    over, done = threading.Event(), itertools.count()
    n_done = [0]

    def refit() -> None:
        while not over.is_set():
            command = [sys.executable, "manage.py", "refit", "--force"]
            subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
            n_done[0] = next(done) + 1

    thread = threading.Thread(target=refit)
    thread.start()
    try:
        yield lambda: n_done[0]
    finally:
        over.set()
        thread.join()


def _table(*phases: Answers) -> Table:
    rows = []
    for name, phase in zip(["bare page", "idle", "during refits"], phases, strict=True):
        for kind, seconds in sorted(phase.seconds.items()):
            ms = 1000 * np.array(seconds)
            rows.append(
                [
                    name,
                    kind,
                    f"{len(ms) / phase.elapsed:.1f}",
                    *(f"{np.quantile(ms, share):.0f}" for share in (0.5, 0.95, 0.99)),
                ]
            )
    return Table("Load", ["while", "what", "a second", "p50 ms", "p95 ms", "p99 ms"], rows)


def _figures(floor: Answers, idle: Answers, busy: Answers) -> Sequence[Measurement]:
    for problem, n in (idle.errors + busy.errors).most_common(5):
        say(f"{n} x {problem}")
    return [
        Measurement("bare page", floor.rate, "requests/s"),
        Measurement("requests", idle.rate, "requests/s", ">= 150"),
        Measurement("requests, of the bare page's", idle.rate / floor.rate, "x"),
        Measurement("p99", idle.p99, "ms", "<= 250"),
        Measurement("p99 during refits", busy.p99 / idle.p99, "x", "<= 2"),
        Measurement("errors", float((idle.errors + busy.errors).total()), "", "<= 0"),
    ]


def _options() -> argparse.Namespace:
    parser = option_parser(__doc__, quick="few requests, as a smoke test")
    parser.add_argument("--minutes", type=float, default=10.0, help="of the idle site (default 10)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
