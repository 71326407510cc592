"""What a user leans to, in words, and movies of that kind to watch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from movies.cards import cards_by_id, cards_in_order
from movies.genres import genre_label
from movies.models import Movie, MovieQuerySet
from recommender.serving.cards import Card, cards_for, cards_of_picks
from recommender.serving.orderings import rank
from recommender.serving.recommend import recommend
from recommender.taste.statistics import Figures, Leaning

if TYPE_CHECKING:
    from accounts.models import User

# A smaller leaning, in stars, is not worth a word.
SMALLEST_LEANING = 0.1
MOST_NAMED = 4
PICKS = 6


@dataclass(frozen=True)
class NamedLeaning:
    """A genre or decade the user gives more or fewer stars than others do."""

    name: str
    url: str  # its movies, in the user's order
    stars: float  # more than others; below 0 for fewer


@dataclass(frozen=True)
class TastePicks:
    heading: str
    more: str  # URL
    cards: Sequence[Card]


@dataclass(frozen=True)
class LeaningsInWords:
    more: Sequence[NamedLeaning]  # the strongest first
    less: Sequence[NamedLeaning]


def leanings_in_words(figures: Figures) -> LeaningsInWords:
    found = sorted(_strong(figures), key=lambda one: -one[1].lean)
    named = [
        NamedLeaning(genre_label(leaning.name), _browse(**{kind: leaning.key}), leaning.lean)
        for kind, leaning in found
    ]
    return LeaningsInWords(
        more=[one for one in named if one.stars > 0][:MOST_NAMED],
        less=[one for one in reversed(named) if one.stars < 0][:MOST_NAMED],
    )


def taste_picks(user: User, figures: Figures) -> TastePicks | None:
    """The best movies for the user, of the kind they lean to most; None without a list.

    Four queries at most.
    """
    kind, leaning = max(_strong(figures), key=lambda one: one[1].lean, default=("", None))
    if leaning is not None and leaning.lean > 0:
        if kind == "genre":
            heading = _("Because you lean towards %(genre)s") % {"genre": genre_label(leaning.name)}
            movies = Movie.objects.in_genre(leaning.key)
        else:
            heading = _("Because you lean towards the %(decade)s") % {"decade": leaning.name}
            movies = Movie.objects.of_decade(int(leaning.key))
        if cards := _best(user, movies):
            return TastePicks(heading, _browse(**{kind: leaning.key}), cards)
    picks = recommend(user, PICKS, find=partial(cards_by_id, user=user))
    if not figures.n or not picks.movies:
        return None
    return TastePicks(_("Something to watch next"), _browse(), cards_of_picks(user, picks))


def _strong(figures: Figures) -> list[tuple[str, Leaning]]:
    return [
        (kind, leaning)
        for kind, leanings in (("genre", figures.genres), ("decade", figures.decades))
        for leaning in leanings
        if leaning.lean is not None and abs(leaning.lean) >= SMALLEST_LEANING
    ]


def _best(user: User, movies: MovieQuerySet) -> list[Card]:
    ranking = rank(user, movies.values_list("pk", flat=True), "for_you")
    if ranking is None:
        return []
    ids, predicted = ranking.page(slice(PICKS))
    return cards_for(user, cards_in_order(ids, user), predicted)


def _browse(**asked: str) -> str:
    return f"{reverse('movies:browse')}?{urlencode({**asked, 'order': 'for_you'})}"
