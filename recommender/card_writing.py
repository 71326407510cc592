"""The cards of a wall, written by one pass over the movies.

A page has two dozen cards of a dozen small parts each. As templates within templates they cost
three times what the rest of the page does; here the words are looked up once for the whole wall.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import escape
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from movies import scales
from movies.models import Mark, Movie
from movies.templatetags.posters import poster
from recommender.interval_glyph import Whiskers
from recommender.serving.explain import OwnRating
from recommender.serving.predictions import PredictedStars


def write_cards(
    movies: Iterable[Movie],
    predicted: Mapping[int, Any] | None = None,
    because: Mapping[int, OwnRating] | None = None,
    context: dict[str, Any] | None = None,
    beside: Mapping[int, SafeString] | None = None,
) -> SafeString:
    """One `<li class="movie">` each; static/js/rating.js knows what is where in it.

    The movies come from `movies.cards`: with genres, own stars and whether they were put away.
    `beside` is what a page says below the cards of some of them, by movie id.
    """
    writer = _Writer(predicted or {}, because or {}, context or {}, beside or {})
    # Texts of people are escaped where they are put in; the rest is ours.
    return SafeString("\n".join(map(writer.card, movies)))


class _Writer:
    def __init__(
        self,
        predicted: Mapping[int, Any],
        because: Mapping[int, OwnRating],
        context: dict[str, Any],
        beside: Mapping[int, SafeString] | None = None,
    ) -> None:
        self.beside = beside or {}
        self.predicted, self.because, self.context = predicted, because, context
        self.scale, self.language = scales.active().spoken(), get_language() or ""
        self.you_gave = escape(_("you gave %(stars)s"))
        self.reason = escape(_("because you gave %(title)s %(stars)s"))
        self.take_back = _("Take it back")
        self.away_words = {Mark.Kind.SEEN: _("seen"), Mark.Kind.NOT_INTERESTED: _("not interested")}

    def card(self, movie: Movie) -> str:
        year = f"<span>{movie.year}</span> " if movie.year else ""
        return (
            '<li class="movie">'
            f'<a href="{address_of(movie.pk, movie.title)}">{poster(self.context, movie)}'
            f'<span class="movie-title">{escape(movie.title)}</span></a>'
            f'<p class="movie-meta">{year}{self.stars(movie)}{self.hidden_mark(movie)}</p>'
            f"{self._because(movie)}{self.beside.get(movie.pk, '')}</li>"
        )

    def stars(self, movie: Movie) -> str:
        if movie.own_half_stars:
            return own_stars(movie.own_half_stars, self.scale.key, self.language)
        stars = self.predicted.get(movie.pk)
        return "" if stars is None else self._predicted(stars)

    def _predicted(self, stars: float) -> str:
        knows = isinstance(stars, PredictedStars) and stars.spread
        range_ = (round(stars.low, 2), round(stars.high, 2)) if knows else None
        number = self.scale.number(stars)
        return predicted_part(number, round(stars, 1), range_, self.scale.key, self.language)

    def hidden_mark(self, movie: Movie) -> str:
        if not movie.hidden_as or (movie.hidden_as == Mark.Kind.SEEN and movie.own_half_stars):
            return ""
        kind = movie.hidden_as
        return f" {mark_button(movie.pk, kind, self.away_words[kind], self.take_back)}"

    def _because(self, movie: Movie) -> str:
        own = self.because.get(movie.pk)
        if own is None:
            return ""
        words = {"title": escape(own.movie.title), "stars": self.scale.in_words(own.stars)}
        return f'<p class="because">{self.reason % words}</p>'


@lru_cache(maxsize=8192)
def address_of(movie_id: int, title: str) -> str:
    """`Movie.get_absolute_url`, remembered: making a slug and an address is a tenth of a card."""
    return escape(Movie(pk=movie_id, title=title).get_absolute_url())


def mark_button(movie_id: int, kind: str, words: str, take_back: str) -> str:
    """The mark that is set, which a click takes away: of the form that base.html has for all."""
    address = reverse("movies:mark", args=[movie_id])
    return (
        f'<button class="put-away" form="marks" formaction="{address}" name="kind"'
        f' value="{kind}" title="{escape(take_back)}">{escape(words)}</button>'
    )


@lru_cache(maxsize=256)
def own_stars(half_stars: int, scale_key: str, language: str) -> SafeString:
    """What this person gave: filled, where a prediction is an outline."""
    scale = scales.SCALES[scale_key]
    words = _("you gave %(stars)s") % {"stars": scale.in_words(half_stars / 2)}
    return SafeString(
        f'<span class="own"><span aria-hidden="true">★ {scale.given(half_stars / 2)}</span>'
        f'<span class="visually-hidden">{escape(words)}</span></span>'
    )


@lru_cache(maxsize=8192)
def predicted_part(
    number: str, stars: float, range_: tuple[float, float] | None, scale_key: str, language: str
) -> SafeString:
    """What this person would probably give: an outline, where an own rating is filled."""
    words = escape(_("predicted: %(stars)s")) % {"stars": scales.SCALES[scale_key].said(number)}
    sure = _sureness(stars, *range_, scale_key, language) if range_ else ""
    return SafeString(
        f'<span class="predicted"><span aria-hidden="true">☆ {number}</span>'
        f'<span class="visually-hidden">{words}</span>{sure}</span>'
    )


def sureness(stars: PredictedStars, scale_key: str, language: str) -> SafeString:
    """The glyph that says how sure a prediction is, with its words."""
    low, high = round(stars.low, 2), round(stars.high, 2)
    return _sureness(round(stars, 1), low, high, scale_key, language)


@lru_cache(maxsize=8192)
def _sureness(stars: float, low: float, high: float, scale_key: str, language: str) -> SafeString:
    glyph, scale = Whiskers.between(low, stars, high), scales.SCALES[scale_key]
    words = _("most likely %(low)s to %(high)s") % {
        "low": scale.number(low),
        "high": scale.number(high),
    }
    return SafeString(
        f'<span class="sure"><svg class="whiskers" aria-hidden="true" width="{glyph.width}"'
        f' height="{glyph.height}" viewBox="0 0 {glyph.width} {glyph.height}">'
        f'<path class="whole" d="M{glyph.start} {glyph.middle}H{glyph.end}"/>'
        f'<path class="range" d="M{glyph.low} {glyph.middle}H{glyph.high}"/>'
        f'<circle cx="{glyph.dot}" cy="{glyph.middle}" r="2.5"/></svg>'
        f'<span class="sure-words">{escape(words)}</span></span>'
    )
