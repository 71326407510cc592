"""What the recommender knows, for pages of the catalogue, which does not know the recommender."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.formats import number_format

from movies.models import Movie
from movies.stars import STEPS
from movies.templatetags.stars import in_words, of_half_stars
from recommender import reasons, recommending
from recommender.predictions import PredictedStars
from recommender.reasons import Reasons
from recommender.waterfall import Waterfall, waterfall
from recommender.whiskers import Whiskers

register = template.Library()


@register.simple_tag(takes_context=True)
def predicted_stars(context: dict[str, Any], movies: Iterable[Movie]) -> dict[int, PredictedStars]:
    """The stars this person would probably give, by movie id; without what they have rated."""
    movies = list(movies)
    if movies and all(hasattr(movie, "predicted") for movie in movies):  # in an order for you
        return {movie.pk: movie.predicted for movie in movies}
    unrated = [movie.pk for movie in movies if movie.own_half_stars is None]
    return recommending.predict(context["request"].user, unrated)


@register.simple_tag(takes_context=True)
def reasons_for(context: dict[str, Any], movie: Movie) -> Reasons | None:
    """What this person would probably give the movie and why; None for one that they have rated."""
    if movie.own_half_stars is not None:
        return None
    return reasons.explain(context["request"].user, movie)


@register.simple_tag
def prediction_in(why: Reasons | None) -> PredictedStars | None:
    return why.stars if why else None


@register.simple_tag
def waterfall_of(why: Reasons) -> Waterfall:
    return waterfall(why)


@register.simple_tag
def whiskers_of(stars: PredictedStars) -> Whiskers:
    return Whiskers.of(stars)


@register.filter
def signed(share: float) -> str:
    """'+0.31', '−0.22', as the language writes numbers."""
    shown = round(share, 2)
    return ("−" if shown < 0 else "+" if shown else "") + number_format(abs(shown), 2)


@register.filter
def of_movie(known: dict[int, Any] | None, movie: Movie) -> Any:
    """What a dictionary by movie id holds of this movie: predicted stars, a reason."""
    return known.get(movie.pk) if known else None


@register.simple_tag
def what_if_steps(movie: Movie, asked: float | None) -> list[tuple[str, str, bool]]:
    """The half-star steps as (value, words, chosen): what was asked, else what was given."""
    chosen = asked or of_half_stars(movie.own_half_stars) or STEPS[-1]
    return [(f"{stars:.1f}", in_words(stars), stars == chosen) for stars in STEPS]
