"""The distribution of a user's stars, and the years in which they rated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Min
from django.utils import timezone

from movies import scales
from movies.models import Rating
from movies.stars import STEPS

if TYPE_CHECKING:
    from accounts.models import User

# Height of the highest bar, in units of the SVG.
TALLEST = 72


@dataclass(frozen=True)
class StarBar:
    stars: float
    n: int
    height: float

    @property
    def value(self) -> str:
        """The stars in a query string."""
        return f"{self.stars:.1f}"

    @property
    def short(self) -> str:
        """The stars on the user's scale."""
        return scales.active().given(self.stars)

    @property
    def top(self) -> str:
        return f"{TALLEST - self.height:g}"


@dataclass(frozen=True)
class StarDistribution:
    n: int
    mean: float | None
    first: datetime | None
    last: datetime | None
    bars: Sequence[StarBar]  # half a star first

    @classmethod
    def of(cls, user: User) -> StarDistribution:
        """Takes one query of at most ten rows."""
        rows = list(
            Rating.objects.of(user)
            .values_list("half_stars")
            .annotate(Count("pk"), Min("rated_at"), Max("rated_at"))
            .order_by()
        )
        counts = {half: n for half, n, _first, _last in rows}
        total, most = sum(counts.values()), max(counts.values(), default=1)
        return cls(
            n=total,
            mean=sum(half * n for half, n in counts.items()) / 2 / total if total else None,
            first=min((row[2] for row in rows), default=None),
            last=max((row[3] for row in rows), default=None),
            bars=[
                StarBar(stars, n, round(TALLEST * n / most, 1))
                for half, stars in enumerate(STEPS, 1)
                for n in (counts.get(half, 0),)
            ],
        )

    @property
    def years(self) -> Sequence[int]:
        """The years from the last rating to the first, in the site's time zone."""
        if self.first is None or self.last is None:
            return ()
        first, last = (timezone.localtime(moment).year for moment in (self.first, self.last))
        return range(last, first - 1, -1)
