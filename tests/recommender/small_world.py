"""A small world with a clear order: people like either the even movies or the odd ones."""

from __future__ import annotations

import random
from dataclasses import dataclass

from django.db import connection, models
from django.utils import timezone

from accounts.models import User
from movies.models import Movie, Rating, RatingChanges
from movies.models.triggers import rating_counts
from recommender.models import HyperparameterSearch, TrainingRun
from recommender.training import refit
from tests.saved_rows import SavedRows, made_and_removed

N_MOVIES, N_PEOPLE = 40, 40


@dataclass(frozen=True)
class SmallWorld:
    """The rows of the world and of a run that learned from it, made once in a test process."""

    ratings: SavedRows
    run: SavedRows
    learned_from: tuple[int, ...]

    @classmethod
    def make(cls) -> SmallWorld:
        with made_and_removed() as save:
            rating_counts.install(connection)
            make_two_tastes()
            ratings = save()
            _refit()
            return cls(ratings, save(), _learned_from())

    def reserve_ids(self) -> None:
        self.ratings.reserve_ids()
        self.run.reserve_ids()

    def rated(self) -> list[Movie]:
        self.ratings.insert()
        movies = Movie.objects.filter(pk__lte=self.ratings.last_ids["movies_movie"])
        return list(movies.order_by("pk"))

    def fitted(self) -> TrainingRun:
        """A run that learned from the world, or from what the test has made of it so far."""
        if TrainingRun.objects.exists() or _learned_from() != self.learned_from:
            return _refit()
        self.run.insert()
        _set_times_to_now()
        return TrainingRun.objects.get()


def make_two_tastes() -> None:
    draw = random.Random(1)
    movies = [
        Movie.objects.create(title=f"Movie {number}", year=1980 + number)
        for number in range(N_MOVIES)
    ]
    people = User.objects.bulk_create(
        User(username=f"set:{n}", is_active=False, is_dataset_member=True) for n in range(N_PEOPLE)
    )
    Rating.objects.bulk_create(
        Rating(user=user, movie=movie, half_stars=draw.choice(liking(n, number)))
        for n, user in enumerate(people)
        for number, movie in enumerate(movies)
        if draw.random() < 0.75
    )


def liking(person: int, movie: int) -> tuple[int, ...]:
    return (8, 9, 10) if person % 2 == movie % 2 else (1, 2, 3)


def _refit() -> TrainingRun:
    run = refit.refit(seed=7)
    assert run.state == TrainingRun.State.READY, run.reason
    return run


def _learned_from() -> tuple[int, ...]:
    """Counts that change with whatever a refit reads."""
    return (
        RatingChanges.total(),
        Movie.objects.count(),
        Movie.genres.through.objects.count(),
        HyperparameterSearch.objects.count(),
    )


def _set_times_to_now() -> None:
    """How long ago the last refit was decides whether one is due."""
    times = [f.name for f in TrainingRun._meta.fields if isinstance(f, models.DateTimeField)]
    run = TrainingRun.objects.values(*times).get()
    now = timezone.now()
    TrainingRun.objects.update(**{name: now for name in times if run[name] is not None})
