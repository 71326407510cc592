"""A refit on the workers of a Dask cluster, which read PostgreSQL by themselves."""

import random
from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.models import User
from movies.models import Movie, Rating
from recommender.core import Hyperparameters
from recommender.core.fitting.parts import partition
from recommender.models import MovieFactors, TrainingRun, UserFactors
from recommender.training import refit, snapshot
from recommender.training.fit_engine import fit_engine
from recommender.training.packed_ratings import shared_snapshot
from tests.dask_cluster import Cluster, cluster

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="workers read PostgreSQL"),
]


@pytest.fixture(scope="module")
def workers(django_db_setup: None) -> Iterator[Cluster]:
    """Two, with this process's database."""
    name = connection.settings_dict
    url = "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format_map(name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        with cluster(2) as found:
            yield found


@pytest.fixture
def four_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a short fit."""
    monkeypatch.setattr(partition, "PARTS_FROM", ((0, 4),))
    short = Hyperparameters(
        n_factors=4,
        n_epochs=1,
        early_stopping=False,
        n_sweeps=1,
        implicit_iterations=1,
        interest_factors=4,
        interest_epochs=1,
    )
    monkeypatch.setattr(refit, "current_hyperparameters", lambda: short)


@pytest.fixture
def site(settings: object) -> None:
    """4,000 ratings, some at the same second; a new account, whose ratings weigh less."""
    draw = random.Random(1)
    movies = Movie.objects.bulk_create(Movie(title=f"Movie {n}") for n in range(60))
    people = User.objects.bulk_create(
        User(username=f"u{n}", email=f"u{n}@example.org", trains_model=n != 5) for n in range(120)
    )
    now = timezone.now()
    User.objects.filter(pk__lt=people[60].pk).update(date_joined=now - timedelta(days=99))
    pairs = [(user, movie) for user in people for movie in draw.sample(movies, 34)]
    draw.shuffle(pairs)
    Rating.objects.bulk_create(
        Rating(
            user=user,
            movie=movie,
            half_stars=draw.randint(1, 10),
            rated_at=now - timedelta(seconds=draw.randrange(500)),
        )
        for user, movie in pairs
    )


def stored(run: TrainingRun) -> list[tuple]:
    """All factors of a run, as bytes."""
    return [
        tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)
        for model, owner in ((MovieFactors, "movie_id"), (UserFactors, "user_id"))
        for row in model.objects.filter(run=run)
        .order_by(owner)
        .values_list(owner, "bias", "vector", "implicit", "interest")
    ]


def test_a_refit_on_two_workers_stores_the_same_bytes(
    site: None, workers: Cluster, four_parts: None, settings: object
) -> None:
    here = refit.refit(seed=3, force=True, engine="local")
    settings.DASK_SCHEDULER = workers.address
    there = refit.refit(seed=3, force=True, engine="dask")
    assert (here.state, there.state) == ("ready", "ready"), here.reason + there.reason
    assert there.metrics.items() >= here.metrics.items()
    assert stored(there) == stored(here)


def test_a_source_reads_what_the_snapshot_holds(site: None) -> None:
    with snapshot.open_snapshot(for_workers=True) as opened:
        source, ratings = opened.source, opened.ratings
        Rating.objects.all().delete()  # later than the snapshot
        half = ratings.n_users // 2
        for first, last in ((0, half), (half, ratings.n_users)):
            part = source.__class__(**(vars(source) | {"ratings": None})).read(first, last)
            own = (ratings.user_index >= first) & (ratings.user_index < last)
            assert np.array_equal(part.user_index, ratings.user_index[own] - first)
            for name in ("item_index", "stars", "times", "weights"):
                assert np.array_equal(getattr(part, name), getattr(ratings, name)[own]), name
    assert len(set(ratings.weights.tolist())) > 1
    assert 5 + User.objects.earliest("pk").pk not in ratings.user_ids


def test_pickled_it_holds_no_ratings(site: None) -> None:
    with snapshot.open_snapshot(for_workers=True) as opened:
        assert opened.source.__getstate__()["ratings"] is None
        assert opened.source.read(0, opened.ratings.n_users) is opened.ratings


def test_a_snapshot_is_over_with_its_context(site: None) -> None:
    with shared_snapshot() as name:
        assert len(snapshot.read_snapshot(name).ratings) == Rating.objects.count() - 34
    with pytest.raises(Exception, match="snapshot"):
        snapshot.read_snapshot(name)


def test_without_a_scheduler_the_refit_says_so(site: None, settings: object) -> None:
    settings.DASK_SCHEDULER = ""
    with pytest.raises(CommandError, match="DASK_SCHEDULER is not set"):
        call_command("refit", "--quiet", "--engine", "dask")
    assert TrainingRun.objects.get().state == "failed"


def test_the_default_engine_is_this_process() -> None:
    with fit_engine() as engine:
        assert engine is None
