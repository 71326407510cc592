"""Fill the database with a large site, for benchmarks/serving.py and others.

    python benchmarks/web/large_site.py MOVIES RATINGS-EACH USERS

All movies are known to the run. Its factors are random but shaped like learned ones: lengths grow
with popularity, biases and variances have the size of those of ml-25m. They are written by the code
that writes real runs. Prints the users' sessions, some movie ids, the page of a movie that none of
them rated, and the size of the run's arrays.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import django
import numpy as np

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.base import SessionBase  # noqa: E402
from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from accounts.sessions import SessionStore  # noqa: E402
from movies import published_figures  # noqa: E402
from movies.models import Genre, Movie, Rating  # noqa: E402
from recommender import store  # noqa: E402
from recommender.core import Factors, Hyperparameters, ItemFactors, Ratings  # noqa: E402
from recommender.models import TrainingRun  # noqa: E402
from recommender.taste.map_builder import build_map  # noqa: E402

N_GENRES = 19
WORDS = ("Night", "River", "Garden", "Stranger", "Road", "Winter", "Letter", "Island")


@dataclass(frozen=True)
class Size:
    movies: int = 60_000
    factors: int = 64
    own_ratings: int = 200  # of each user
    ratings_of_first: Sequence[int] = ()  # of the first users, if they gave other numbers
    askers: int = 8
    others: int = 60  # more users, so that no table is nearly empty


def fill(size: Size, seed: int = 1) -> list[User]:
    """Fill an empty, migrated database. Returns the users who will send requests."""
    rng = np.random.default_rng(seed)
    movie_ids = _movies(size, rng)
    people = _people(size)
    _ratings(people, movie_ids, size, rng)
    switch_on(write_run(size, seed))
    return people[: size.askers]


def write_run(size: Size, seed: int) -> TrainingRun:
    """A ready but inactive run over the whole catalogue."""
    rng = np.random.default_rng(seed)
    factors = _factors(size, rng)
    run = TrainingRun.objects.create(
        state=TrainingRun.State.READY,
        seed=seed,
        started_at=timezone.now(),
        finished_at=timezone.now(),
        hyperparameters=factors.items.hyperparameters.to_dict(),
        summary=factors.items.summary(),
        data={"ratings": len(factors.ratings), "movies": factors.items.n_items},
    )
    store.write(run, factors, lambda done, total: None)
    build_map(run, factors)
    return run


def switch_on(run: TrainingRun) -> None:
    with transaction.atomic():
        TrainingRun.objects.filter(is_active=True).update(is_active=False)
        TrainingRun.objects.filter(pk=run.pk).update(is_active=True, activated_at=timezone.now())


def _movies(size: Size, rng: np.random.Generator) -> np.ndarray:
    genres = Genre.objects.bulk_create(
        Genre(name=f"Genre {number}", slug=f"genre-{number}") for number in range(N_GENRES)
    )
    movies = []
    for number in range(size.movies):
        title = f"{WORDS[number % 8]} {WORDS[number // 8 % 8]} {number}"
        movies.append(
            Movie(
                title=title,
                title_key=title.casefold(),
                year=1930 + number % 95,
                description="A stranger comes to town. " * 8,
                runtime=80 + number % 70,
            )
        )
    Movie.objects.bulk_create(movies, batch_size=5_000)
    ids = np.fromiter(Movie.objects.order_by("pk").values_list("pk", flat=True), np.int64)
    link = Movie.genres.through
    chosen = rng.integers(0, N_GENRES, (size.movies, 2))
    link.objects.bulk_create(
        (
            link(movie_id=movie, genre_id=genres[genre].pk)
            for movie, pair in zip(ids.tolist(), chosen.tolist(), strict=True)
            for genre in set(pair)
        ),
        batch_size=10_000,
    )
    return ids


def _people(size: Size) -> list[User]:
    return User.objects.bulk_create(
        User(username=f"person{number}", email=f"person{number}@example.org", password="!")
        for number in range(size.askers + size.others)
    )


def _ratings(
    people: list[User], movie_ids: np.ndarray, size: Size, rng: np.random.Generator
) -> None:
    weight = _popularity(len(movie_ids))
    for place, person in enumerate(people):
        n = dict(enumerate(size.ratings_of_first)).get(place, size.own_ratings)
        rated = rng.choice(movie_ids, n, replace=False, p=weight / weight.sum())
        stars = rng.choice(np.arange(1, 11), rated.size, p=_STARS)
        Rating.objects.bulk_create(
            Rating(user=person, movie_id=movie, half_stars=half)
            for movie, half in sorted(zip(rated.tolist(), stars.tolist(), strict=True))
        )
    published_figures.publish_due()


# Approximate shares of 0.5 .. 5 stars in MovieLens.
_STARS = np.array([0.015, 0.03, 0.015, 0.065, 0.05, 0.2, 0.125, 0.265, 0.09, 0.145])


def _popularity(n_movies: int) -> np.ndarray:
    """Popularity by movie id; a fixed stride mixes the ranks."""
    rank = (np.arange(n_movies) * 7_919) % n_movies
    return (rank + 0.01 * n_movies) ** -1.25


def _factors(size: Size, rng: np.random.Generator) -> Factors:
    triples = np.array(
        list(Rating.objects.order_by("pk").values_list("user_id", "movie_id", "half_stars")),
        np.int64,
    )
    catalogue = np.fromiter(Movie.objects.order_by("pk").values_list("pk", flat=True), np.int64)
    ratings = Ratings.from_triples(
        triples[:, 0], triples[:, 1], triples[:, 2] / 2, catalogue=catalogue
    )
    items = _items(ratings, size, rng)
    n = ratings.n_users

    def rows(width: int, sd: float) -> np.ndarray:
        return (rng.standard_normal((n, width)) * sd).astype(np.float32)

    return Factors(
        items=items,
        user_ids=ratings.user_ids,
        user_bias=rows(1, 0.3)[:, 0],
        user_factors=rows(size.factors, 0.1),
        user_implicit=rows(size.factors, 0.02),
        user_interest=rows(size.factors, 0.1),
        ratings=ratings,
        seed=0,
    )


def _items(ratings: Ratings, size: Size, rng: np.random.Generator) -> ItemFactors:
    n, k = ratings.n_items, size.factors
    popularity = _popularity(n)
    counts = np.ceil(popularity / popularity.sum() * 25_000_000).astype(np.int32)
    known = np.log1p(counts) / np.log1p(counts).max()

    def rows(sd: float) -> np.ndarray:
        return (rng.standard_normal((n, k)) * sd * known[:, None]).astype(np.float32)

    interest = rows(0.3)
    interest[:, 0] += (0.8 * known).astype(np.float32)  # popularity has its own axis
    return ItemFactors(
        global_mean=3.53,
        item_ids=ratings.item_ids,
        n_ratings=counts,
        bias=(rng.standard_normal(n) * 0.45 * known).astype(np.float32),
        vectors=rows(0.35),
        implicit=rows(0.05),
        interest=interest,
        variance=np.full((n, k), 0.05, np.float32) / (1 + counts[:, None] / 50).astype(np.float32),
        mean_user_bias=0.0,
        mean_user_vector=np.zeros(k, np.float32),
        mean_interest=interest.mean(axis=0),
        noise=0.75,
        user_strength=20.0,
        user_bias_strength=5.0,
        hyperparameters=Hyperparameters(n_factors=k, interest_factors=k),
    )


def describe(askers: list[User]) -> dict[str, object]:
    items = store.load_items(TrainingRun.objects.active())
    unrated = Movie.objects.exclude(ratings__user__in=askers).order_by("-n_ratings", "pk")[0]
    own = (items.item_ids, items.n_ratings, items.bias, items.vectors, items.interest)
    return {
        "sessions": [_session(user).session_key for user in askers],
        "unrated_page": unrated.get_absolute_url(),
        "movies": items.item_ids[:: max(1, items.n_items // 500)].tolist(),
        "array_bytes": sum(array.nbytes for array in (*own, items.implicit, items.variance)),
    }


def _session(user: User) -> SessionBase:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session


if __name__ == "__main__":
    n_movies, own_ratings, n_askers = map(int, sys.argv[1:])
    people = fill(Size(movies=n_movies, own_ratings=own_ratings, askers=n_askers))
    json.dump(describe(people), sys.stdout)
