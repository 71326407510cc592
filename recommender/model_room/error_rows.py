"""The error by number of ratings, as tables of the run's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

BY_RATINGS = {
    "by_movie_ratings": gettext_lazy("Ratings of the movie"),
    "by_rater_ratings": gettext_lazy("Ratings by the person"),
}


@dataclass(frozen=True)
class ErrorRow:
    counts: str
    n: str
    rmse: str
    bar: float  # 0 to 100, a star and a half being 100

    @classmethod
    def of(cls, row: dict[str, Any]) -> ErrorRow:
        least, most = row["from"], row["to"]
        counts = f"{least}+" if most is None else f"{least}–{most}" if most != least else f"{least}"
        bar = min(100 * row["rmse"] / 1.5, 100.0)
        return cls(counts, f"{row['n']:,}", f"{row['rmse']:.3f}", round(bar, 1))


@dataclass(frozen=True)
class ErrorTable:
    title: str | Promise
    rows: Sequence[ErrorRow]


def error_tables(metrics: Mapping[str, Any]) -> list[ErrorTable]:
    """None for runs that were not measured so."""
    return [
        ErrorTable(title, [ErrorRow.of(row) for row in metrics[key]])
        for key, title in BY_RATINGS.items()
        if metrics.get(key)
    ]
