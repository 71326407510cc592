"""A group's list as a page tells it: each movie, each member's stars, and why in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from movies.cards import cards_in_order
from movies.models import Movie
from movies.movie_page.histogram import FEWEST_RATINGS
from recommender.groups.recommend import Picks
from recommender.models import Group, Member

if TYPE_CHECKING:
    from accounts.models import User

RULES = {
    Group.Rule.AVERAGE: gettext_lazy("Everybody's taste counts the same."),
    Group.Rule.LEAST_MISERY: gettext_lazy("First comes what even the least keen will enjoy."),
    Group.Rule.VETO: gettext_lazy(
        "As average, without any movie that one of you would give less than 2½ stars."
    ),
}


@dataclass(frozen=True)
class Taste:
    """What one member would make of one movie, as the member who asks is told."""

    member: Member
    is_you: bool
    stars: float
    why: str

    @property
    def half_stars(self) -> int:
        return round(2 * self.stars)


@dataclass(frozen=True)
class Row:
    movie: Movie
    together: float | None
    tastes: Sequence[Taste]


def rows_of(picks: Picks, asking: Member, user: User | AnonymousUser) -> list[Row]:
    """The list for `asking`, without movies that are gone."""
    movies = {movie.pk: movie for movie in cards_in_order([p.movie_id for p in picks.items], user)}
    likes = Movie.objects.in_bulk({pick.like for pick in picks.items if pick.like})
    rows = []
    for pick in picks.items:
        if movie := movies.get(pick.movie_id):
            like = likes.get(pick.like)
            tastes = [
                Taste(member, member == asking, stars, _why(movie, stars, member == asking, like))
                for member, stars in zip(picks.members, pick.stars, strict=False)
            ]
            rows.append(Row(movie, pick.together(picks.rule), tastes))
    return rows


def _why(movie: Movie, stars: float, is_you: bool, like: Movie | None) -> str:
    """Why somebody would give so many stars: to themselves by a movie they like.

    To the others only by what they see anyway: the stars, beside the movie's average.
    """
    if is_you and like is not None:
        return _("because you like %(title)s") % {"title": like.title}
    if movie.n_ratings < FEWEST_RATINGS:
        return ""
    difference = stars - movie.average
    if abs(difference) < 0.5:
        return _("as most people")
    return _("more than most") if difference > 0 else _("less than most")
