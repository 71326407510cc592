"""Ids of a movie's neighbours, for tests that compare lists."""

from typing import Any

from movies.models import Movie
from recommender.serving import similar


def similar_ids(movie: Movie, *arguments: Any, **more: Any) -> list[int]:
    return [other.pk for other in similar.similar_movies(movie, *arguments, **more)]
