"""One movie of the watchlist for tonight: by chance, the better ones more often."""

from __future__ import annotations

import math
import random
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from movies.cards import cards_in_order
from movies.marks.watchlist_query import Predict, WatchlistAsked
from movies.models import Mark, Movie

if TYPE_CHECKING:
    from accounts.models import User

# A movie that promises so many stars more is e times as likely to come first.
STARS_FOR_E = 0.5
MIDDLING = 3.0  # stars, where nothing is known


def picked(user: User, asked: WatchlistAsked, day: date, predict: Predict) -> Movie | None:
    """The `asked.pick`-th of this day's picks among what is asked for; None if nothing is left.

    All that one has neither rated nor put away, in an order drawn anew every day: the address of a
    pick shows the same movie all day, and the next one another, until all have come up.
    """
    away = Mark.objects.filter(user=user, kind__in=Mark.HIDING_KINDS, movie=OuterRef("pk"))
    unseen = asked.movies_of(user).unrated_by(user).exclude(Exists(away)).order_by()
    ids = sorted(unseen.values_list("pk", flat=True))
    if not ids:
        return None
    order = drawn(ids, predict(user, ids) or {}, f"{user.pk} {day.isoformat()}")
    found = cards_in_order([order[asked.pick % len(order)]], user)
    return found[0] if found else None


def drawn(ids: list[int], stars: dict[int, float], seed: str) -> list[int]:
    """`ids` in an order drawn with weights: exponential waiting times, the shortest first.

    P. S. Efraimidis, P. G. Spirakis: Weighted random sampling with a reservoir, 2006.
    """
    known = [stars[pk] for pk in ids if pk in stars]
    usual = sum(known) / len(known) if known else MIDDLING
    draw = random.Random(seed)  # noqa: S311  (nobody gains by foreseeing it)
    waits = {
        pk: draw.expovariate(1.0) / math.exp((stars.get(pk, usual) - usual) / STARS_FOR_E)
        for pk in ids
    }
    return sorted(ids, key=waits.__getitem__)
