"""Several web processes: what one of them stored, the next answer of any of them knows."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from accounts.models import User
from movies.models import Movie
from recommender.models import TrainingRun
from recommender.training import refit
from tests.site import Site
from tests.web_processes.conftest import API, Caller, start

pytestmark = pytest.mark.slow


@pytest.fixture
def fitted(two_tastes: list[Movie]) -> TrainingRun:
    return refit.refit(seed=7)


def ids(answer: dict) -> list[int]:
    return [item["movie"]["id"] for item in answer["results"]]


def test_the_next_answer_of_any_process_counts_the_rating(
    fitted: TrainingRun, site: Site, even_fan: User
) -> None:
    alice = Caller(start(site, workers=4), even_fan)
    before = alice.recommendations(n=40)
    for turn in range(25):
        first = ids(before)[turn % 5]
        assert alice.rate(first, 0.5) == 201
        changed = alice.recommendations(n=40)
        assert first not in ids(changed)
        assert [item["score"] for item in changed["results"]] != [
            item["score"] for item in before["results"] if item["movie"]["id"] != first
        ], "not only left out: the taste is another"
        assert alice.unrate(first) == 204
        assert alice.recommendations(n=40) == before, "exactly as it was"


def test_a_limit_is_one_limit_in_all_processes(site: Site, even_fan: User) -> None:
    site.environment["CFSITE_API_RATE_MEMBER"] = "30/day"
    member = Caller(start(site, workers=4), even_fan)
    with ThreadPoolExecutor(8) as threads:
        statuses = Counter(threads.map(lambda _: member.call("GET", f"{API}/me/")[0], range(100)))
    assert statuses == {200: 30, 429: 70}
