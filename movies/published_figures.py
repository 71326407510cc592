"""What everybody may see of a movie's ratings: how many, their average, and how they spread.

Exact live figures would let anyone who watches a page read off what the latest rater gave. So
pages, the API, share images and orders by average use a snapshot kept in the movie's row. It is
taken when enough people have rated, and again only when the ratings of as many people differ from
it: the difference between two snapshots never belongs to fewer people.

That many people differ is inferred from the trigger-maintained counts: one person moves the number
of ratings by at most one and the sum of half stars by at most ten. However often somebody changes a
rating, they count once. Nothing happens on the path of a rating; the worker calls `publish_due`
every minute.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from accounts.models import User
from movies.models import Movie, MovieQuerySet, Rating
from movies.stars import HALF_STARS_MAX, HALF_STARS_MIN

BATCH = 500
_UPDATE = """
    UPDATE movies_movie SET published_count = %s, published_half_star_sum = %s,
        published_spread = %s, published_at = %s
    WHERE id = %s
"""


def publish_due() -> int:
    """Take a new snapshot of every movie that may have one; returns how many."""
    due = list(_due().order_by("pk").values_list("pk", flat=True))
    return sum(_publish(due[start : start + BATCH]) for start in range(0, len(due), BATCH))


def publish(movie_ids: Sequence[int]) -> int:
    """The same for these movies alone, at once."""
    return _publish(movie_ids)


def _due() -> MovieQuerySet:
    """Movies with enough raters, of whom enough differ from the snapshot."""
    enough = settings.MIN_PUBLIC_RATERS
    count, half_stars = F("published_count"), F("published_half_star_sum")
    most = HALF_STARS_MAX * (enough - 1)  # how far fewer people can move the sum
    return Movie.objects.filter(
        Q(n_ratings__gte=count + enough)
        | Q(n_ratings__lte=count - enough)
        | Q(half_star_sum__gt=half_stars + most)
        | Q(half_star_sum__lt=half_stars - most),
        n_ratings__gte=enough,
    )


def _publish(movie_ids: Sequence[int]) -> int:
    with transaction.atomic():
        # Locked rows keep their counts: the triggers of a new rating wait for them.
        due = _due().filter(pk__in=movie_ids).order_by("pk").select_for_update()
        spreads = _spreads(list(due.values_list("pk", flat=True)))
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        rows = [
            (
                sum(spread),
                sum(half * n for half, n in enumerate(spread, HALF_STARS_MIN)),
                json.dumps(spread),
                now,
                movie_id,
            )
            for movie_id, spread in sorted(spreads.items())
        ]
        # `bulk_update` takes twenty times as long, which an import of a large data set would feel.
        with connection.cursor() as cursor:
            cursor.executemany(_UPDATE, rows)
    return len(rows)


def _spreads(movie_ids: Sequence[int]) -> dict[int, list[int]]:
    """How often each number of half stars was given, by movie."""
    counted = Rating.objects.exclude(user__in=User.objects.uncounted())
    rows = counted.filter(movie__in=movie_ids).order_by()
    spreads: dict[int, list[int]] = defaultdict(lambda: [0] * HALF_STARS_MAX)
    for movie_id, half, n in rows.values_list("movie_id", "half_stars").annotate(n=Count("*")):
        spreads[movie_id][half - HALF_STARS_MIN] = n
    return spreads
