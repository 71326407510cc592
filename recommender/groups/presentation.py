"""A group's list as its page shows it: each movie, each member's stars, and a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from movies.cards import cards_in_order
from movies.models import Movie
from recommender.core.explain.reasons import ReasonKind
from recommender.groups.recommend import GroupPick, GroupPicks
from recommender.models import Group, Member

if TYPE_CHECKING:
    from accounts.models import User

RULE_DESCRIPTIONS = {
    Group.Rule.AVERAGE: gettext_lazy("Everyone's taste counts the same."),
    Group.Rule.LEAST_MISERY: gettext_lazy(
        "We pick movies that even the least keen of you should enjoy."
    ),
    Group.Rule.VETO: gettext_lazy(
        "Like best on average, but without movies that any of you would give less than 2½ stars."
    ),
}


@dataclass(frozen=True)
class MemberStars:
    """One member's predicted stars for a movie, as the viewing member sees them."""

    member: Member
    is_you: bool
    stars: float
    why: str

    @property
    def half_stars(self) -> int:
        return round(2 * self.stars)


@dataclass(frozen=True)
class PickRow:
    movie: Movie
    group_stars: float | None
    member_stars: Sequence[MemberStars]


def pick_rows(picks: GroupPicks, asking: Member, user: User | AnonymousUser) -> list[PickRow]:
    """The list as `asking` sees it, without deleted movies."""
    movies = {movie.pk: movie for movie in cards_in_order([p.movie_id for p in picks.items], user)}
    rows = []
    for pick in picks.items:
        if movie := movies.get(pick.movie_id):
            member_stars = [
                MemberStars(
                    member, member == asking, stars, _why(pick, movie, stars, member == asking)
                )
                for member, stars in zip(picks.members, pick.stars, strict=False)
            ]
            rows.append(PickRow(movie, pick.group_stars(picks.rule), member_stars))
    return rows


def _why(pick: GroupPick, movie: Movie, stars: float, is_you: bool) -> str:
    """The reason for a member's stars.

    Members see a movie they like as their own reason; of the others they learn no more than
    how the stars compare with the movie's average, which they see anyway.
    """
    if is_you and pick.reason:
        title = {"title": pick.reason.movie.title}
        if pick.reason.kind == ReasonKind.AUDIENCE:
            return _("loved by fans of %(title)s") % title
        return _("because you liked %(title)s") % title
    if movie.average is None:
        return ""
    difference = stars - movie.average
    if abs(difference) < 0.5:
        return _("about average")
    return _("above average") if difference > 0 else _("below average")
