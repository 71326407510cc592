"""Real worker and beat processes, with the file broker and with Redis."""

import random
import time
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import redis as redis_client
from django.conf import settings as site_settings
from django.test import Client
from django.utils import timezone

from accounts.models import User
from movies.models import Movie, Rating
from recommender import store
from recommender.models import Evaluation, LoggedPrediction, TrainingRun
from recommender.serving import predictions, recommend
from recommender.training import refit
from tests import servers
from tests.site import Site, eventually, running_site

pytestmark = [pytest.mark.slow, pytest.mark.redis]

EVERY_SECOND = {"CFSITE_REFIT_TICK": "1", "CFSITE_REFIT_INTERVAL": "0"}


@pytest.fixture(params=["files", "redis"])
def broker(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    if request.param == "files":
        yield {"REDIS_URL": ""}
        return
    with servers.redis() as url:
        yield {"REDIS_URL": url}


@pytest.fixture
def site(tmp_path: Path, db: None, broker: dict[str, str]) -> Iterator[Site]:
    with running_site(tmp_path, **EVERY_SECOND, **broker) as site:
        yield site


def newest_ready() -> TrainingRun | None:
    return TrainingRun.objects.filter(state=TrainingRun.State.READY).newest_first().first()


def test_a_rating_leads_to_a_refit_without_intervention(
    site: Site, two_tastes: list[Movie], even_fan: User
) -> None:
    site.worker()
    site.beat()
    first = eventually(newest_ready, 60, "the first refit")
    Rating.objects.rate(even_fan, two_tastes[10], 0.5)
    eventually(lambda: newest_ready() != first, 40, "the refit after a rating")
    answer = recommend.recommend(even_fan, 5)
    assert answer.source == "personal"
    assert TrainingRun.objects.active().data["ratings"] == Rating.objects.count()


def test_the_accuracy_page_is_filled_without_intervention(
    site: Site, two_tastes: list[Movie], alice: User
) -> None:
    """Beat, a worker and a rating: the site is evaluated, and the earlier prediction logged."""
    start = timezone.now() - timedelta(days=100)
    for number, rating in enumerate(Rating.objects.all()):
        Rating.objects.filter(pk=rating.pk).update(rated_at=start + timedelta(minutes=number))
    refit.refit(seed=1)
    movie = two_tastes[10]
    said = predictions.predict(alice, [movie.pk])[movie.pk]
    Rating.objects.rate(alice, movie, 4.5, prediction_shown=True)
    site.worker()
    site.beat()
    logged = eventually(LoggedPrediction.objects.first, 60, "the logged prediction")
    assert (logged.user, logged.movie, logged.stars) == (alice, movie, 4.5)
    assert logged.predicted == pytest.approx(said, abs=1e-3)
    done = eventually(Evaluation.objects.finished().first, 90, "the evaluation")
    assert (done.source, done.protocol) == ("site", "temporal")
    page = Client().get("/accuracy/").content.decode()
    assert f"#{done.run_id}" in page
    assert "Where it does not win" in page


def test_a_worker_killed_at_any_moment_leaves_a_complete_active_run(
    tmp_path: Path, db: None, two_tastes: list[Movie], even_fan: User
) -> None:
    """The old run stays active until the new one is complete; the next worker takes over."""
    refit.refit(seed=1)
    draw = random.Random(3)
    with running_site(tmp_path, **EVERY_SECOND, REDIS_URL="") as site:
        site.beat()
        for _ in range(3):
            serving = TrainingRun.objects.active()
            worker = site.worker()
            Rating.objects.rate(even_fan, draw.choice(two_tastes), draw.choice([0.5, 5]))
            refit.request_refit()
            eventually(TrainingRun.objects.running().first, 40, "a refit")
            time.sleep(draw.random())
            site.kill(worker)
            active = TrainingRun.objects.active()
            assert active.pk >= serving.pk
            assert len(store.load_items(active).item_ids) == len(two_tastes)
        before = TrainingRun.objects.active()
        site.worker()
        refit.request_refit()
        run = eventually(
            lambda: (run := newest_ready()) and run != before and run, 60, "the refit after all"
        )
    assert TrainingRun.objects.active() == run
    unfinished = TrainingRun.objects.exclude(state=TrainingRun.State.READY)
    assert not any(store.has_rows(left) for left in unfinished)


def test_ratings_are_saved_and_count_without_redis(
    tmp_path: Path, db: None, two_tastes: list[Movie], even_fan: User
) -> None:
    """If Redis dies under a running site, every rating is stored quickly and counts."""
    refit.refit(seed=1)
    port = servers.free_port()
    client = Client()
    client.force_login(even_fan)
    cookie = f"sessionid={client.cookies[site_settings.SESSION_COOKIE_NAME].value}"
    with servers.redis() as url, running_site(tmp_path, REDIS_URL=url) as site:
        site.web(port)
        home = f"http://127.0.0.1:{port}/api/v1/recommendations/"
        eventually(lambda: _answers(home, cookie), 30, "the first page")
        redis_client.from_url(url).shutdown(nosave=True)
        before = TrainingRun.objects.active().pk
        slowest = 0.0
        for movie in two_tastes[10:20]:
            started = time.monotonic()
            status = _put_rating(port, movie, cookie)
            slowest = max(slowest, time.monotonic() - started)
            assert status in (200, 201)
        assert Rating.objects.of(even_fan).filter(movie__in=two_tastes[10:20]).count() == 10
        assert _answers(home, cookie)
    assert TrainingRun.objects.active().pk == before
    assert slowest < 2


def _request(url: str, cookie: str, **options: object) -> urllib.request.Request:
    return urllib.request.Request(url, headers={"Cookie": cookie}, **options)


def _answers(url: str, cookie: str) -> bool:
    try:
        with urllib.request.urlopen(_request(url, cookie), timeout=10) as answer:
            return answer.status == 200
    except OSError:
        return False


def _put_rating(port: int, movie: Movie, cookie: str) -> int:
    request = _request(
        f"http://127.0.0.1:{port}/api/v1/movies/{movie.pk}/rating/",
        f"{cookie}; csrftoken={'a' * 32}",
        data=b'{"stars": 3.5}',
        method="PUT",
    )
    request.add_header("Content-Type", "application/json")
    request.add_header("X-CSRFToken", "a" * 32)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.status
