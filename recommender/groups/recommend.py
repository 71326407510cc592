"""The movies that suit a whole group, from all members' ratings at this moment.

The list reveals little of one member to another. Stars are rounded to the nearest half, so that one
more rating seldom shows; a movie that any member has rated, hidden or watched is left out without
saying by whom; the list is short, without a second page; and the movie named as a reason is shown
to the member who likes it, to nobody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from movies.models import Movie
from recommender.core.group_ranking import (
    Rule,
    discounted_stars,
    group_scores,
    half_steps,
    member_scores,
    member_stars,
)
from recommender.core.ranking import top_n
from recommender.models import Group, GuestRating, Member
from recommender.serving.explain import NamedReason, first_reasons
from recommender.serving.model_cache import Model, current_model
from recommender.serving.users import (
    FoldedInUser,
    chosen_boldness,
    excluded_movie_ids,
    fold_in_ratings,
    fold_in_users,
)

PICKS, MAX_PICKS = 12, 24
# Looked up beyond those wanted: movies deleted since the run are still in its arrays.
SPARE = 12
STARS_FOR = {Rule.VETO: member_stars, Rule.LEAST_MISERY: discounted_stars}


@dataclass(frozen=True)
class GroupPick:
    """One movie of a group's list."""

    movie_id: int
    stars: tuple[float, ...]  # each member's predicted stars to the nearest half; () without model
    reason: NamedReason | None = None  # one of the asking member's ratings

    def group_stars(self, rule: str) -> float | None:
        """The group's stars by its rule, from the rounded stars that everybody sees."""
        if not self.stars:
            return None
        if rule == Group.Rule.LEAST_MISERY:
            return min(self.stars)
        return sum(self.stars) / len(self.stars)


@dataclass(frozen=True)
class GroupPicks:
    """The list of a group. The stars of each pick are in the order of `members`."""

    members: Sequence[Member]
    rule: str
    items: Sequence[GroupPick]  # best first
    run_id: int | None
    source: str  # "personal", or "popular" if nothing is known of any member
    asking_is_known: bool = True  # the asking member has rated something

    @property
    def needs_ratings(self) -> bool:
        return self.source == "popular"


def recommend_to_group(
    members: Sequence[Member], rule: str, asking: Member | None = None, n: int = PICKS
) -> GroupPicks:
    """The `n` movies that suit these members best by `rule`.

    Without movies that any of them has rated, hidden or watched, or has on a watchlist that is to
    be left out of lists. A member without ratings counts as the average user. Reasons are for
    `asking` only. By average, a group of one gets the same list as its member.
    """
    model = current_model()
    user_ids = [member.user_id for member in members if member.user_id]
    guest_ratings = _guest_ratings(members)
    if model is None:
        by_guests = [movie_id for rated in guest_ratings.values() for movie_id in rated]
        excluded = np.append(excluded_movie_ids(user_ids), np.array(by_guests, np.int64))
        return _popular(members, rule, n, excluded, None)
    folded_in_users = fold_in_users(model, user_ids)
    folded_in = [
        folded_in_users[member.user_id]
        if member.user_id
        else fold_in_ratings(model, guest_ratings[member.guest_id])
        for member in members
    ]
    excluded = np.concatenate([member.excluded for member in folded_in])
    if not any(member.is_known for member in folded_in):
        return _popular(members, rule, n, excluded, model)
    own = next((p for m, p in zip(members, folded_in, strict=True) if m == asking), None)
    boldness = [chosen_boldness(member.user) if member.user else 0.0 for member in members]
    items = _picks(model, folded_in, boldness, rule, excluded, own, n)
    return GroupPicks(members, rule, items, model.run_id, "personal", own is None or own.is_known)


def _picks(
    model: Model,
    folded_in_users: Sequence[FoldedInUser],
    boldness: Sequence[float],
    rule: str,
    excluded: np.ndarray,
    own: FoldedInUser | None,
    n: int,
) -> list[GroupPick]:
    vectors = [user.vector for user in folded_in_users]
    stars = STARS_FOR[rule](model.items, vectors) if rule in STARS_FOR else None
    scores = group_scores(member_scores(model.items, vectors, boldness), Rule(rule), stars)
    rows = top_n(scores, n + SPARE, exclude=model.known_rows(excluded))
    rows = model.existing_rows(rows)[:n]
    shown = half_steps(member_stars(model.items, vectors, rows))
    ids = model.items.item_ids[rows].tolist()
    reasons = first_reasons(model, own, ids) if own else {}
    picks = [
        GroupPick(movie_id, tuple(stars), reasons.get(movie_id))
        for movie_id, stars in zip(ids, shown.T.tolist(), strict=True)
    ]
    # By the stars that the page prints for the group; best first among equals.
    return sorted(picks, key=lambda pick: -(pick.group_stars(rule) or 0.0))


def _popular(
    members: Sequence[Member], rule: str, n: int, excluded: np.ndarray, model: Model | None
) -> GroupPicks:
    """The best loved movies, if nothing is known of any member."""
    left_out = set(excluded.tolist())
    loved = Movie.objects.best_loved().values_list("pk", flat=True)[: n + len(left_out)]
    items = [GroupPick(pk, ()) for pk in loved if pk not in left_out][:n]
    return GroupPicks(members, rule, items, model.run_id if model else None, "popular", False)


def _guest_ratings(members: Sequence[Member]) -> dict[int, dict[int, int]]:
    """Half-stars by movie id, oldest first, by guest."""
    rated: dict[int, dict[int, int]] = {
        member.guest_id: {} for member in members if member.guest_id
    }
    if rated:
        given = GuestRating.objects.filter(guest__in=rated).order_by("rated_at", "pk")
        for guest_id, movie_id, half in given.values_list("guest_id", "movie_id", "half_stars"):
            rated[guest_id][movie_id] = half
    return rated
