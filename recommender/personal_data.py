"""What the recommender keeps of one person: what was predicted before each rating came in."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F

from accounts.models import User
from accounts.personal_data import Table
from recommender.models import LoggedPrediction


def _predictions(user: User) -> Iterator[tuple]:
    rows = LoggedPrediction.objects.filter(user=user).order_by("rated_at", "pk")
    rows = rows.annotate(stars=F("half_stars") / 2.0)
    fields = ("movie_id", "movie__title", "movie__year", "predicted", "stars", "rated_at")
    return rows.values_list(*fields).iterator()


TABLES = (
    Table(
        "predictions",
        "the stars that were predicted before you rated",
        ("movie_id", "title", "year", "predicted", "stars", "rated_at"),
        _predictions,
    ),
)
