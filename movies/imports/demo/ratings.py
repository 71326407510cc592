"""Generates the ratings of the demo data from a model of taste, with a fixed seed.

Movies and raters are vectors in one space: directions for genres, age, language, and some without a
name. Their dot product decides which movies a rater watches and how many stars they get, so that
lists learned from these ratings make sense.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from movies.imports.dataset import DataSet, Meter, MovieLine, OnReject, RatingBlock, RatingLine
from movies.imports.demo.catalogue import FILE, DemoMovie, demo_movies

NAME = "demo"
SEED = 1921
N_RATERS = 600
# Ratings per rater are log-normal: most rate a few dozen movies, some rate hundreds.
MEDIAN_RATED, SPREAD_RATED = 40, 0.65
LEAST_RATED, MOST_RATED = 12, 320

# Genres that share a direction; a rater likes or dislikes them together.
TASTES = (
    ("Action", "Adventure", "Sci-Fi", "War"),
    ("Drama", "War", "Film-Noir", "Documentary"),
    ("Comedy", "Romance", "Musical"),
    ("Horror", "Thriller", "Mystery"),
    ("Animation", "Children", "Fantasy"),
    ("Crime", "Film-Noir", "Thriller", "Western"),
)
N_OWN = 3  # directions without a name
# Indexes of the directions for age and language.
OLD, FOREIGN = len(TASTES), len(TASTES) + 1
N_DIRECTIONS = len(TASTES) + 2 + N_OWN

MEAN_STARS = 3.1
STARS_BY_TASTE = 0.75
RATER_SPREAD, MOVIE_SPREAD, NOISE = 0.4, 0.17, 0.6
CHOICE_BY_TASTE = 0.9
ZIPF = 0.8

# Evenings from 2019 on; a rater comes back a few times.
FIRST_SECOND, LAST_SECOND = 1_546_300_800, 1_735_603_200

Floats = NDArray[np.float64]


def demo_dataset(seed: int = SEED) -> DataSet:
    movies = demo_movies()

    def read_movies(on_reject: OnReject) -> Iterator[MovieLine]:
        return (movie.movie for movie in movies)

    def read_blocks(on_reject: OnReject, meter: Meter) -> Iterator[RatingBlock]:
        block = RatingBlock.of(list(demo_ratings(movies, seed)))
        meter.done = block.n
        yield block

    return DataSet(
        name=NAME,
        movies_file=FILE.name,
        ratings_file="generated ratings",
        read_movies=read_movies,
        read_rating_blocks=read_blocks,
        read_fingerprint=lambda: f"{NAME} {seed}",
    )


def demo_ratings(movies: list[DemoMovie], seed: int = SEED) -> Iterator[RatingLine]:
    """The ratings, rater by rater, oldest first."""
    rng = np.random.default_rng(seed)
    vectors = _movie_vectors(movies, rng)
    known = np.log(_popularity(movies, rng))
    quality = MOVIE_SPREAD * rng.standard_normal(len(movies)) + _quality_from_fame(movies)
    line = 0
    for rater in range(1, N_RATERS + 1):
        taste = rng.standard_normal(N_DIRECTIONS)
        affinity = vectors @ taste
        chosen = _choose(known + CHOICE_BY_TASTE * affinity, rng)
        stars = (
            MEAN_STARS
            + RATER_SPREAD * rng.standard_normal()
            + quality[chosen]
            + STARS_BY_TASTE * affinity[chosen]
            + NOISE * rng.standard_normal(len(chosen))
        )
        half_stars = np.clip(np.rint(2 * stars), 1, 10).astype(int)
        for index, half, moment in zip(chosen, half_stars, _moments(len(chosen), rng), strict=True):
            line += 1
            yield line, rater, movies[index].movie.number, int(half), int(moment)


def _movie_vectors(movies: list[DemoMovie], rng: np.random.Generator) -> Floats:
    """Movie vectors, [n_movies, N_DIRECTIONS], as unit rows."""
    vectors = np.zeros((len(movies), N_DIRECTIONS))
    for index, (movie, _fame) in enumerate(movies):
        for direction, genres in enumerate(TASTES):
            vectors[index, direction] = len(set(genres) & set(movie.genres))
        vectors[index, OLD] = (1990 - (movie.year or 1990)) / 25
        vectors[index, FOREIGN] = 1.2 if movie.original_title else -0.3
    vectors[:, -N_OWN:] = 0.7 * rng.standard_normal((len(movies), N_OWN))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _popularity(movies: list[DemoMovie], rng: np.random.Generator) -> Floats:
    """Popularity by Zipf's law over the order of fame."""
    fame = np.array([movie.fame for movie in movies]) + 0.9 * rng.random(len(movies))
    rank = np.empty(len(movies))
    rank[np.argsort(-fame)] = np.arange(len(movies))
    return (rank + 10.0) ** -ZIPF


def _quality_from_fame(movies: list[DemoMovie]) -> Floats:
    """Extra stars of well-known and of old movies, which are known because they are good."""
    age = np.array([2025 - (movie.movie.year or 2025) for movie in movies])
    fame = np.array([movie.fame for movie in movies])
    return 0.3 * np.minimum(age, 60) / 60 + 0.13 * (fame - 3)


def _choose(appeal: Floats, rng: np.random.Generator) -> NDArray[np.int64]:
    """The movies a rater has seen, sampled by appeal without repeats (Gumbel trick)."""
    wanted = MEDIAN_RATED * rng.lognormal(0.0, SPREAD_RATED)
    count = int(np.clip(round(wanted), LEAST_RATED, MOST_RATED))
    return np.argsort(-(appeal + rng.gumbel(size=len(appeal))), kind="stable")[:count]


def _moments(count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Sorted Unix times: a few evenings, with a rating every few minutes."""
    evenings = rng.integers(FIRST_SECOND, LAST_SECOND, size=1 + count // 15)
    moments = rng.choice(evenings, size=count) + rng.integers(0, 7200, size=count)
    return np.sort(moments)
