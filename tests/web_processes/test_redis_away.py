"""With Redis stopped or hung, ratings are stored and lists answered, and nobody waits twice."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest
import redis as redis_client

from accounts.models import User
from movies.models import Movie, Rating
from recommender.training import refit
from tests import servers
from tests.site import Site
from tests.web_processes.conftest import Caller, start

pytestmark = [pytest.mark.slow, pytest.mark.redis]

REQUESTS = 30
ONE_WAIT = 0.5  # seconds


@pytest.fixture
def redis_url() -> Iterator[str]:
    with servers.redis() as url:
        yield url


def seconds_of(call: object, *arguments: object) -> float:
    begin = time.monotonic()
    call(*arguments)
    return time.monotonic() - begin


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP], ids=["down", "hung"])
def test_ratings_and_lists_go_on_without_redis(
    fault: signal.Signals, site: Site, redis_url: str, even_fan: User, two_tastes: list[Movie]
) -> None:
    run = refit.refit(seed=7)
    site.environment["REDIS_URL"] = redis_url
    alice = Caller(start(site, workers=1), even_fan)
    usual = max(seconds_of(alice.recommendations) for _ in range(5))
    process = redis_client.Redis.from_url(redis_url).info("server")["process_id"]
    try:
        os.kill(process, fault)
        waits, stored = [], []
        for turn in range(REQUESTS):
            movie = two_tastes[10 + turn % 25].pk
            waits.append(seconds_of(lambda movie=movie: stored.append(alice.rate(movie, 3))))
            waits.append(seconds_of(alice.recommendations))
        assert set(stored) <= {200, 201}
        assert Rating.objects.of(even_fan).filter(half_stars=6).count() >= 25
        assert alice.recommendations()["run"] == run.pk
        slow = [wait for wait in waits if wait > max(3 * usual, 0.15)]
        assert len(slow) <= 2, f"the first request waits, not each: {waits}"
        assert max(waits) < ONE_WAIT + usual
    finally:
        if fault == signal.SIGSTOP:
            os.kill(process, signal.SIGCONT)
