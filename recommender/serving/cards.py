"""Movie cards as pages show them: finished strings for `templates/movies/_cards.html`.

A card joins a movie (with the reader's own rating and mark on it, see `movies.cards`), the stars
predicted for it, and the reason it was picked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from movies import scales
from movies.cards import IN_DIARY, movie_urls
from movies.models import Mark, Movie
from recommender.core.explain.reasons import ReasonKind
from recommender.core.ranking import half_steps
from recommender.interval_glyph import interval_svg
from recommender.serving.explain import NamedReason, short_reasons
from recommender.serving.predictions import PredictedStars, predict
from recommender.serving.recommend import Recommendations

if TYPE_CHECKING:
    from accounts.models import User

# Cards on one page of picks.
PICKS = 12

MARKS: Mapping[str, str | Promise] = {
    Mark.Kind.SEEN: gettext_lazy("watched"),
    Mark.Kind.NOT_INTERESTED: gettext_lazy("not interested"),
}


@dataclass(frozen=True)
class Interval:
    svg: SafeString  # a glyph
    words: str


@dataclass(frozen=True)
class Prediction:
    """Predicted stars on the reader's scale."""

    number: str
    words: str
    interval: Interval | None


@dataclass(frozen=True)
class Card:
    movie: Movie
    url: str
    year: str = ""
    own: str = ""  # the reader's rating, "" if there is none
    own_words: str = ""
    prediction: Prediction | None = None
    mark: str = ""  # kind of the mark that keeps the movie out of lists, "" if it is none
    mark_words: str | Promise = ""
    because: str = ""
    # What the page adds below the card: an object that names its `template`.
    note: Any = None


def shown_predictions(
    user: User | AnonymousUser, movies: Iterable[Movie]
) -> Mapping[int, PredictedStars]:
    """Predicted stars by movie id, without rated movies.

    Empty for users who hide predictions until they have rated. Movies that come from an ordering
    by prediction carry their `predicted` stars already.
    """
    if _hides_predictions(user):
        return {}
    movies = list(movies)
    if movies and all(hasattr(movie, "predicted") for movie in movies):
        return {movie.pk: movie.predicted for movie in movies}
    return predict(user, [movie.pk for movie in movies if movie.own_half_stars is None])


def cards_for(
    user: User | AnonymousUser,
    movies: Iterable[Movie],
    predicted: Mapping[int, PredictedStars] | None = None,
    because: Mapping[int, NamedReason] | None = None,
    notes: Mapping[int, Any] | None = None,
) -> list[Card]:
    """One card for each movie, in order; everything else by movie id.

    Without `predicted`, stars are predicted here.
    """
    movies, url_of = list(movies), movie_urls()
    if predicted is None or _hides_predictions(user):
        predicted = shown_predictions(user, movies)
    return [_card(movie, url_of(movie), predicted, because or {}, notes or {}) for movie in movies]


def cards_of_picks(user: User | AnonymousUser, picks: Recommendations) -> list[Card]:
    """The cards of a list of recommendations, each with its reason."""
    predicted = {item.movie_id: item.stars for item in picks.items if item.stars is not None}
    return cards_for(user, picks.movies, predicted, short_reasons(picks))


def prediction_of(stars: PredictedStars, shown: float | None = None) -> Prediction:
    """shown: the number to print in the place of the exact one."""
    number = scales.active().number(stars if shown is None else shown)
    words = _("predicted: %(stars)s") % {"stars": scales.active().said(number)}
    return Prediction(number, words, _interval(stars) if stars.spread else None)


def _interval(stars: PredictedStars) -> Interval:
    low, high, number = round(stars.low, 2), round(stars.high, 2), scales.active().number
    words = _("most likely %(low)s to %(high)s") % {"low": number(low), "high": number(high)}
    return Interval(interval_svg(low, round(stars, 1), high), words)


def _card(
    movie: Movie,
    url: str,
    predicted: Mapping[int, PredictedStars],
    because: Mapping[int, NamedReason],
    notes: Mapping[int, Any],
) -> Card:
    year, own = str(movie.year or ""), movie.own_half_stars
    mark = movie.hidden_as or ""
    is_in_diary = mark == IN_DIARY
    if is_in_diary or (own and mark == Mark.Kind.SEEN):  # the rating says it already
        mark = ""
    stars, reason = predicted.get(movie.pk), because.get(movie.pk)
    return Card(
        movie=movie,
        url=url,
        year=year,
        own=scales.active().given(own / 2) if own else "",
        own_words=_("you gave %(stars)s") % {"stars": scales.active().in_words(own / 2)}
        if own
        else "",
        prediction=_in_half_steps(stars) if stars is not None and not own else None,
        mark=mark,
        mark_words=MARKS[Mark.Kind.SEEN] if is_in_diary and not own else MARKS.get(mark, ""),
        because=_because(reason) if reason else "",
        note=notes.get(movie.pk),
    )


def _because(reason: NamedReason) -> str:
    if reason.kind == ReasonKind.AUDIENCE:
        return _("loved by fans of %(title)s") % {"title": reason.movie.title}
    words = {"title": reason.movie.title, "stars": scales.active().in_words(reason.stars)}
    return _("because you gave %(title)s %(stars)s") % words


def _in_half_steps(stars: PredictedStars) -> Prediction:
    """A card's number: no finer than the order of a page's cards, and than a reader can rate."""
    return prediction_of(stars, float(half_steps(stars)))


def _hides_predictions(user: User | AnonymousUser) -> bool:
    return user.is_authenticated and user.hides_predictions
