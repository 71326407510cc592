"""Eight processes that store ratings in SQLite while a refit stores its factors."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client

from accounts.models import User
from movies.models import Movie, Rating
from recommender import store
from recommender.models import TrainingRun
from recommender.training import refit
from tests.faults import children
from tests.faults.counts import SOAK, report, times
from tests.faults.writers import percentile_99

PROCESSES = 8


@pytest.fixture(autouse=True)
def sqlite_alone() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's lock")


def stored_over_and_over(over: Any) -> int:
    """Factors written and deleted until the ratings are in; how often."""
    store.BATCH = 20
    n = 0
    while not over.is_set():
        assert refit.refit(seed=n).state == TrainingRun.State.READY
        n += 1
    return n


def rate(
    number: int, movies: list[int], sessions: list[str], n: int, patience: bool
) -> tuple[Counter, list[float]]:
    """n ratings as a browser sends them: their statuses and seconds."""
    if not patience:
        connection.settings_dict["OPTIONS"] = {"timeout": 0}
    client = Client(raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = sessions[number]
    statuses, seconds = Counter(), []
    for turn in range(n):
        url = f"/movies/{movies[turn % len(movies)]}/rate/"
        begin = time.monotonic()
        try:
            answer = client.post(url, {"stars": str(turn % 10 / 2 + 0.5)})
            statuses[answer.status_code] += 1
        except OperationalError as error:
            statuses[str(error)] += 1
        seconds.append(time.monotonic() - begin)
    return statuses, seconds


def all_rate(
    movies: list[Movie], people: list[User], n: int, *, patience: bool
) -> tuple[Counter, list[float]]:
    sessions = []
    for user in people:
        client = Client()
        client.force_login(user)
        sessions.append(client.session.session_key)
    ids = [movie.pk for movie in movies]
    over = children.event()
    storing = children.start(stored_over_and_over, over)
    try:
        answers = children.at_once(PROCESSES, rate, ids, sessions, n, patience)
    finally:
        over.set()
    assert children.ended(storing) == 0 or not patience
    return sum((one[0] for one in answers), Counter()), [s for one in answers for s in one[1]]


@pytest.fixture
def people(make_user: Any) -> list[User]:
    return [make_user(f"writer{n}") for n in range(PROCESSES)]


def test_nobody_finds_it_locked(
    fitted: TrainingRun, two_tastes: list[Movie], people: list[User]
) -> None:
    each, rounds = times(25, 500), times(1, 5)
    for _ in range(rounds):
        statuses, seconds = all_rate(two_tastes, people, each, patience=True)
        assert statuses == {302: PROCESSES * each}
        for user in people:
            mine = dict(Rating.objects.of(user).values_list("movie_id", "half_stars"))
            last = {two_tastes[t % len(two_tastes)].pk: t % 10 + 1 for t in range(each)}
            assert mine == last
        report(
            f"{PROCESSES} x {each} ratings during refits: 0 locked, "
            f"p99 {percentile_99(seconds):.2f} s, longest {max(seconds):.2f} s"
        )
        # A figure of a machine that is left alone.
        assert not SOAK or percentile_99(seconds) < 1


def test_without_patience_the_database_is_locked(
    fitted: TrainingRun, two_tastes: list[Movie], people: list[User]
) -> None:
    """The control: SQLite as it comes, which waits for no lock."""
    statuses, _ = all_rate(two_tastes, people, 25, patience=False)
    assert set(statuses) != {302}
