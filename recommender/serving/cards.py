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
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from movies import scales
from movies.cards import IN_DIARY, movie_urls, rate_urls
from movies.models import Mark, Movie
from recommender.core.explain.reasons import ReasonKind
from recommender.core.ranking import half_steps
from recommender.serving.explain import NamedReason, short_reasons
from recommender.serving.predictions import PredictedStars, predict
from recommender.serving.recommend import Recommendations

if TYPE_CHECKING:
    from accounts.models import User

# Cards on one page of picks.
PICKS = 12
# A card says that a prediction is not sure when eight of ten such ratings lie further apart than
# this, in stars.
UNSURE_WIDTH = 3.25

MARKS: Mapping[str, str | Promise] = {
    Mark.Kind.SEEN: gettext_lazy("watched"),
    Mark.Kind.NOT_INTERESTED: gettext_lazy("not interested"),
}


@dataclass(frozen=True)
class Prediction:
    """Predicted stars on the reader's scale."""

    number: str
    words: str


@dataclass(frozen=True)
class Card:
    movie: Movie
    title: str
    url: str
    rate_url: str = ""  # of the page that rates it, "" for visitors
    year: str = ""
    own: str = ""  # the reader's rating, "" if there is none
    own_words: str = ""
    prediction: Prediction | None = None
    is_unsure: bool = False  # too little is known for the prediction to be relied on
    average: str = ""  # of everybody's ratings, "" while too few people rated
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
    own = _OwnFigures(predicted)
    rate_url_of = rate_urls() if user.is_authenticated else _no_url
    return [
        Card(
            movie=movie,
            title=movie.title,
            url=url_of(movie),
            rate_url=rate_url_of(movie),
            year=str(movie.year or ""),
            average="" if (average := movie.average) is None else own.scale.number(average),
            because=_because(because[movie.pk]) if because and movie.pk in because else "",
            note=notes.get(movie.pk) if notes else None,
            **own.of(movie),
        )
        for movie in movies
    ]


def cards_of_picks(user: User | AnonymousUser, picks: Recommendations) -> list[Card]:
    """The cards of a list of recommendations, each with its reason."""
    predicted = {item.movie_id: item.stars for item in picks.items if item.stars is not None}
    return cards_for(user, picks.movies, predicted, short_reasons(picks))


def prediction_of(stars: PredictedStars) -> Prediction:
    """The exact number, for pages about one movie."""
    return _prediction(stars, scales.active())


def _prediction(stars: float, scale: scales.Scale) -> Prediction:
    number = scale.number(stars)
    return Prediction(number, _("predicted: %(stars)s") % {"stars": scale.said(number)})


class _OwnFigures:
    """What cards say about this reader: own stars or else the predicted ones, and the mark."""

    def __init__(self, predicted: Mapping[int, PredictedStars | None]) -> None:
        self.scale = scales.active()
        self._predicted = {pk: stars for pk, stars in predicted.items() if stars is not None}
        # No finer than the order of a page's cards, and than a reader can rate.
        halves = half_steps(list(self._predicted.values())).tolist()
        self._half_steps = dict(zip(self._predicted, halves, strict=True))
        # Cards have few different numbers, so each is put into words once.
        self._words: dict[float, Prediction] = {}

    def of(self, movie: Movie) -> dict[str, Any]:
        """Fields of the movie's card."""
        own, mark = movie.own_half_stars, movie.hidden_as or ""
        figures: dict[str, Any] = {}
        if own:
            words = _("you gave %(stars)s") % {"stars": self.scale.in_words(own / 2)}
            figures |= {"own": self.scale.given(own / 2), "own_words": words}
        elif movie.pk in self._predicted:
            stars = self._predicted[movie.pk]
            figures["prediction"] = self._in_words(self._half_steps[movie.pk])
            figures["is_unsure"] = stars.high - stars.low > UNSURE_WIDTH
        if mark == IN_DIARY and not own:
            figures["mark_words"] = MARKS[Mark.Kind.SEEN]
        elif mark in MARKS and not (own and mark == Mark.Kind.SEEN):  # a rating says that already
            figures |= {"mark": mark, "mark_words": MARKS[mark]}
        return figures

    def _in_words(self, stars: float) -> Prediction:
        if stars not in self._words:
            self._words[stars] = _prediction(stars, self.scale)
        return self._words[stars]


def _no_url(_movie: Movie) -> str:
    return ""


def _because(reason: NamedReason) -> str:
    if reason.kind == ReasonKind.AUDIENCE:
        return _("loved by fans of %(title)s") % {"title": reason.movie.title}
    words = {"title": reason.movie.title, "stars": scales.active().in_words(reason.stars)}
    return _("because you gave %(title)s %(stars)s") % words


def _hides_predictions(user: User | AnonymousUser) -> bool:
    return user.is_authenticated and user.hides_predictions
