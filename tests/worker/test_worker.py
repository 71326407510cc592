"""Real worker and beat processes, with the file broker and with Redis."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from cfsite.operations import heartbeats
from movies.models import Movie, Rating
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


@pytest.fixture
def site_with_files(tmp_path: Path, db: None) -> Iterator[Site]:
    """What is the same with either broker."""
    with running_site(tmp_path, **EVERY_SECOND, REDIS_URL="") as site:
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
    eventually(lambda: not heartbeats.missing(), 60, "heartbeats of worker and beat")
    lines = site.log.read_text()
    assert lines.count(f"Refit {first.pk} ready after") == 1
    assert lines.count(f"Run {first.pk} is live") == 1


def test_the_accuracy_page_is_filled_without_intervention(
    site_with_files: Site, two_tastes: list[Movie], alice: User
) -> None:
    """Beat, a worker and a rating: the site is evaluated, and the earlier prediction logged."""
    start = timezone.now() - timedelta(days=100)
    ratings = list(Rating.objects.order_by("pk"))
    for number, rating in enumerate(ratings):
        rating.rated_at = start + timedelta(minutes=number)
    Rating.objects.bulk_update(ratings, ["rated_at"], batch_size=300)
    refit.refit(seed=1)
    movie = two_tastes[10]
    said = predictions.predict(alice, [movie.pk])[movie.pk]
    Rating.objects.rate(alice, movie, 4.5, prediction_shown=True)
    site_with_files.worker()
    site_with_files.beat()
    logged = eventually(LoggedPrediction.objects.first, 60, "the logged prediction")
    assert (logged.user, logged.movie, logged.stars) == (alice, movie, 4.5)
    assert logged.predicted == pytest.approx(said, abs=1e-3)
    done = eventually(Evaluation.objects.finished().first, 90, "the evaluation")
    assert (done.source, done.protocol) == ("site", "temporal")
    page = Client().get("/accuracy/").content.decode()
    assert f"#{done.run_id}" in page
    assert "Where it doesn't win" in page
