"""Picks a random movie of the watchlist, more often one with more predicted stars."""

from __future__ import annotations

import math
import random
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from movies.cards import cards_in_order
from movies.marks.watchlist_query import Predict, WatchlistQuery
from movies.models import Mark, Movie, Viewing

if TYPE_CHECKING:
    from accounts.models import User

# This many more predicted stars make a movie e times as likely to come first.
STARS_FOR_E = 0.5
DEFAULT_STARS = 3.0  # where nothing is predicted


def pick_movie(user: User, asked: WatchlistQuery, day: date, predict: Predict) -> Movie | None:
    """Pick number `asked.pick` of this day; None if the filtered watchlist has nothing unseen.

    The order of all movies that are neither rated nor hidden is drawn anew every day. So a URL
    shows the same movie all day, and the next pick another, until all have come up.
    """
    own = {"user": user, "movie": OuterRef("pk")}
    hidden = Exists(Mark.objects.filter(**own, kind__in=Mark.HIDING_KINDS))
    watched = Exists(Viewing.objects.filter(**own))
    unseen = asked.movies_of(user).unrated_by(user).exclude(hidden | watched).order_by()
    ids = sorted(unseen.values_list("pk", flat=True))
    if not ids:
        return None
    order = shuffled(ids, predict(user, ids) or {}, f"{user.pk} {day.isoformat()}")
    found = cards_in_order([order[asked.pick % len(order)]], user)
    return found[0] if found else None


def has_watchlist(user: User) -> bool:
    return Mark.objects.filter(user=user, kind=Mark.Kind.WATCHLIST).exists()


def shuffled(ids: list[int], stars: dict[int, float], seed: str) -> list[int]:
    """`ids` in a random order with weights: exponential waiting times, shortest first.

    P. S. Efraimidis, P. G. Spirakis: Weighted random sampling with a reservoir, 2006.
    """
    known = [stars[pk] for pk in ids if pk in stars]
    mean = sum(known) / len(known) if known else DEFAULT_STARS
    rng = random.Random(seed)  # noqa: S311  (not security)
    waits = {
        pk: rng.expovariate(1.0) / math.exp((stars.get(pk, mean) - mean) / STARS_FOR_E)
        for pk in ids
    }
    return sorted(ids, key=waits.__getitem__)
