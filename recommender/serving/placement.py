"""Movies added since the run, placed by their genres, decade and people until the next refit."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np

from movies.models import Credit, Movie
from recommender.core import ItemFactors
from recommender.core.unrated_items import place_items
from recommender.serving.genre_profiles import genres_of_run
from recommender.serving.model_cache import Model

# How much alike two movies are: the share of common genres, and these for each thing in common.
DECADE = 0.3
PERSON = {Credit.Role.DIRECTOR: 2.0, Credit.Role.WRITER: 0.7, Credit.Role.CAST: 0.4}

_reading = threading.Lock()


def place_movies(model: Model, movie_ids: Sequence[int]) -> ItemFactors | None:
    """Factors for those of these movies that exist; None if there are none.

    Three queries, and two more when a process first does this for a run.
    """
    found = Movie.objects.with_genres().only("year").in_bulk(movie_ids)
    movies = [found[pk] for pk in dict.fromkeys(movie_ids) if pk in found]
    if not movies or not model.items.is_rated.any():
        return None
    genres = genres_of_run(model)
    by_genre = [genres.overlap(genres.of(movie)) for movie in movies]
    by_decade = [DECADE * of_decade(model, movie) for movie in movies]
    likeness = shared_people(model, movies) + np.array(by_genre) + np.array(by_decade)
    return place_items(model.items, [movie.pk for movie in movies], likeness)


def of_decade(model: Model, movie: Movie) -> np.ndarray:
    """(n_items,) bool: which movies are of its decade; none if that is unknown."""
    decade = movie.decade
    return _decades_of_run(model) == (decade if decade is not None else -2)


def _decades_of_run(model: Model) -> np.ndarray:
    """(n_items,) first year; -1 where unknown. Read once per process and run."""
    with _reading:
        if "decades" not in model.derived:
            decades = np.full(model.items.n_items, -1, np.int16)
            years = dict(Movie.objects.exclude(year=None).values_list("pk", "year"))
            rows = model.rows(years)
            known = rows >= 0
            values = np.fromiter(years.values(), np.int16) // 10 * 10
            decades[rows[known]] = values[known]
            model.derived["decades"] = decades
        return model.derived["decades"]


def shared_people(model: Model, movies: Sequence[Movie]) -> np.ndarray:
    """(n_movies, n_items) the weight of the people that both have in one role."""
    shared = np.zeros((len(movies), model.items.n_items))
    place_of = {movie.pk: place for place, movie in enumerate(movies)}
    own: dict[tuple[int, str], list[int]] = {}
    credits = Credit.objects.filter(movie__in=place_of)
    for person, role, movie in credits.values_list("person", "role", "movie"):
        own.setdefault((person, role), []).append(place_of[movie])
    if not own:
        return shared
    others = Credit.objects.filter(person__in={person for person, _role in own})
    columns = list(others.values_list("person", "role", "movie"))
    rows = model.rows([movie for _person, _role, movie in columns])
    for (person, role, _movie), row in zip(columns, rows.tolist(), strict=True):
        for place in own.get((person, role), ()) if row >= 0 else ():
            shared[place, row] += PERSON[Credit.Role(role)]
    return shared
