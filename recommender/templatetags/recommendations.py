"""What the recommender knows, for pages of the catalogue, which does not know the recommender."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from movies import scales
from movies.addresses import address
from movies.drawn import drawn_once
from movies.models import Movie
from movies.stars import STEPS
from movies.templatetags.stars import of_half_stars
from recommender.card_writing import sureness, write_cards
from recommender.reasons_writing import write_reasons
from recommender.serving import explain
from recommender.serving.explain import OwnRating, Reasons
from recommender.serving.predictions import PredictedStars, predict

register = template.Library()


@register.simple_tag(takes_context=True)
def predicted_stars(context: dict[str, Any], movies: Iterable[Movie]) -> dict[int, PredictedStars]:
    """The stars this person would probably give, by movie id; without what they have rated.

    Nothing for somebody who wants to rate without having seen them.
    """
    if hides_predictions(context["request"].user):
        return {}
    movies = list(movies)
    if movies and all(hasattr(movie, "predicted") for movie in movies):  # in an order for you
        return {movie.pk: movie.predicted for movie in movies}
    unrated = [movie.pk for movie in movies if movie.own_half_stars is None]
    return predict(context["request"].user, unrated)


@register.simple_tag(takes_context=True)
def reasons_for(context: dict[str, Any], movie: Movie) -> Reasons | None:
    """What this person would probably give the movie and why; None for one that they have rated."""
    if movie.own_half_stars is not None or hides_predictions(context["request"].user):
        return None
    return explain.explain(context["request"].user, movie)


def hides_predictions(user: Any) -> bool:
    """Whether this person wants no predicted stars on pages before having rated."""
    return getattr(user, "hides_predictions", False)


@register.simple_tag(takes_context=True)
def cards_of(
    context: dict[str, Any],
    movies: Iterable[Movie],
    predicted: dict[int, PredictedStars] | str = "",
    because: dict[int, OwnRating] | str = "",
    beside: dict[int, SafeString] | None = None,
) -> SafeString:
    """The cards of a wall; predicted stars, reasons and more by movie id, where there are any."""
    hidden = hides_predictions(context["request"].user)
    shown = {} if hidden else predicted or {}
    return write_cards(movies, shown, because or {}, context, beside)


@register.simple_tag
def prediction_in(why: Reasons | None) -> PredictedStars | None:
    return why.stars if why else None


@register.simple_tag
def reasons_section(why: Reasons | None) -> SafeString:
    """Why the prediction is what it is; nothing where there is none."""
    return write_reasons(why) if why else SafeString("")


@register.simple_tag
def sureness_of(stars: PredictedStars) -> SafeString:
    """The glyph that says how sure a prediction is, with its words."""
    return sureness(stars, scales.active().key, get_language() or "")


@register.filter
def signed(share: float) -> str:
    """'+0.31', '−0.22', as the language writes numbers and on the person's scale."""
    return scales.active().signed(share)


@register.simple_tag(takes_context=True)
def what_if_form(context: dict[str, Any], movie: Movie, asked: float | None) -> SafeString:
    """The question how a rating would change the list: with what was asked, else given, chosen."""
    request, scale = context["request"], scales.active().spoken()
    chosen = asked or of_half_stars(movie.own_half_stars) or STEPS[-1]
    return drawn_once(
        "recommender/movie_page/_what_if.html",
        {
            "address": address("what-if", movie.pk),
            "here": quote(request.get_full_path()),
        },
        is_member=request.user.is_authenticated,
        steps=tuple((f"{stars:.1f}", scale.in_words(stars), stars == chosen) for stars in STEPS),
    )
