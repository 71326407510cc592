"""What the recommender knows, for pages of the catalogue, which does not know the recommender."""

from collections.abc import Iterable
from typing import Any

from django import template

from movies.models import Movie
from recommender import recommending

register = template.Library()


@register.simple_tag(takes_context=True)
def predicted_stars(context: dict[str, Any], movies: Iterable[Movie]) -> dict[int, float]:
    """The stars this person would probably give, by movie id; without what they have rated."""
    movies = list(movies)
    if movies and all(hasattr(movie, "predicted") for movie in movies):  # in an order for you
        return {movie.pk: movie.predicted for movie in movies}
    unrated = [movie.pk for movie in movies if movie.own_half_stars is None]
    return recommending.predict(context["request"].user, unrated)


@register.simple_tag(takes_context=True)
def predicted_for(context: dict[str, Any], movie: Movie) -> float | None:
    return recommending.predict(context["request"].user, [movie.pk]).get(movie.pk)


@register.filter
def of_movie(predicted: dict[int, float] | None, movie: Movie) -> float | None:
    return predicted.get(movie.pk) if predicted else None
