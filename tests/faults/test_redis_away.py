"""Redis emptied, restarted, killed and frozen while people rate and log in and refits run."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from accounts.models import User
from movies.models import Movie, Rating, RatingChanges
from recommender.models import TrainingRun
from tests.faults import stoppable
from tests.faults.counts import SOAK, report, times
from tests.faults.runs import State, faults_of_the_active_run
from tests.faults.writers import Writer, percentile_99, writing
from tests.site import Site, eventually, running_site
from tests.web_processes.conftest import Caller, start

PATIENCE = 180
PASSWORD = "a good password 1"
SITE = {
    "DJANGO_SETTINGS_MODULE": "tests.faults.site_settings",
    "CFSITE_REFIT_TICK": "1",
    "CFSITE_REFIT_INTERVAL": "0",
    **{f"CFSITE_API_RATE_{who}": "99999/min" for who in ("MEMBER", "MEMBER_WRITES")},
}


def flush(redis: stoppable.Redis) -> None:
    redis.client().flushall()


def restart(redis: stoppable.Redis) -> None:
    redis.end(signal.SIGTERM)
    redis.start()


def kill(redis: stoppable.Redis) -> None:
    redis.end(signal.SIGKILL)


def freeze(redis: stoppable.Redis) -> None:
    redis.send(signal.SIGSTOP)


FAULTS: list[Callable[[stoppable.Redis], None]] = [kill, freeze, flush, restart]


def mend(redis: stoppable.Redis, fault: Callable[[stoppable.Redis], None]) -> None:
    if fault is kill:
        redis.start()
    if fault is freeze:
        redis.send(signal.SIGCONT)


def log_in(url: str, name: str) -> int:
    """Status of the login form with the right password."""
    link = HTTPConnection(urlsplit(url).netloc, timeout=60)
    try:
        token = "y" * 32
        body = urlencode({"login": name, "password": PASSWORD, "csrfmiddlewaretoken": token})
        headers = {
            "Cookie": f"csrftoken={token}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Referer": url,
        }
        link.request("POST", "/accounts/login/", body, headers)
        return link.getresponse().status
    finally:
        link.close()


@pytest.fixture
def redis() -> Iterator[stoppable.Redis]:
    with stoppable.redis() as server:
        yield server


@pytest.fixture
def people(even_fan: User, make_user: Callable[..., User]) -> list[User]:
    return [even_fan, make_user("carol")]


def stored(user: User) -> dict[int, int]:
    return dict(Rating.objects.of(user).values_list("movie_id", "half_stars"))


def under_fault(
    site_url: str,
    redis: stoppable.Redis,
    fault: Callable[[stoppable.Redis], None],
    people: list[User],
    movies: list[int],
) -> tuple[list[Writer], Counter[int]]:
    """Ratings and a login before, during and after one fault."""
    logins: Counter[int] = Counter()
    with writing([Caller(site_url, user) for user in people], movies) as writers:

        def some_more() -> None:
            before = [writer.n_stored for writer in writers]
            eventually(
                lambda: all(w.n_stored > n + 8 for w, n in zip(writers, before, strict=True)),
                PATIENCE,
                "more ratings",
            )

        some_more()
        fault(redis)
        some_more()
        logins[log_in(site_url, people[-1].username)] += 1
        mend(redis, fault)
        some_more()
    return writers, logins


def test_nothing_is_lost_and_nobody_is_shut_out(
    tmp_path: Path,
    fitted: TrainingRun,
    two_tastes: list[Movie],
    people: list[User],
    redis: stoppable.Redis,
) -> None:
    (tmp_path / "static").mkdir()
    movies = [movie.pk for movie in two_tastes]
    statuses, logins, seconds = Counter(), Counter(), []
    rounds = times(4, 20)
    with running_site(tmp_path, REDIS_URL=redis.url, **SITE) as site:
        url = start(site, workers=2)
        site.worker()
        site.beat()
        for turn in range(rounds):
            writers, tried = under_fault(url, redis, FAULTS[turn % 4], people, movies)
            for writer, user in zip(writers, people, strict=True):
                assert writer.lost(stored(user)) == []
                statuses += writer.statuses
                seconds += writer.seconds
            logins += tried
        _a_refit_of_all(site)
    assert set(statuses) == {200, 201}
    assert logins == {302: rounds}
    assert faults_of_the_active_run() == []
    report(
        f"{rounds} faults: {sum(statuses.values())} ratings, 0 lost, 0 errors, "
        f"p99 {percentile_99(seconds):.2f} s, {logins[302]} of {rounds} logins"
    )
    # A figure of a machine that is left alone.
    assert not SOAK or percentile_99(seconds) < 0.5


def _a_refit_of_all(site: Site) -> None:
    """The last rating is learned from: by the next tick, with the queue as it was left."""
    changes = RatingChanges.total()
    run = TrainingRun.objects.filter(state=State.READY, rating_changes=changes)
    eventually(run.exists, PATIENCE, "the refit after all")
