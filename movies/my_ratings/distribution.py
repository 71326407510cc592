"""How somebody spreads their stars, and since when."""

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

# The height of the highest bar, in units of the drawing.
TALLEST = 72


@dataclass(frozen=True)
class StarBar:
    stars: float
    n: int
    height: float

    @property
    def value(self) -> str:
        """As an address says it."""
        return f"{self.stars:.1f}"

    @property
    def short(self) -> str:
        """On the person's scale."""
        return scales.active().given(self.stars)

    @property
    def top(self) -> str:
        return f"{TALLEST - self.height:g}"


@dataclass(frozen=True)
class OwnStars:
    n: int
    mean: float | None
    first: datetime | None
    last: datetime | None
    bars: Sequence[StarBar]  # of half a star first

    @classmethod
    def of(cls, user: User) -> OwnStars:
        """One query, which gives ten rows at most."""
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
        """Years of the site's calendar from the last rating's to the first's."""
        if self.first is None or self.last is None:
            return ()
        first, last = (timezone.localtime(moment).year for moment in (self.first, self.last))
        return range(last, first - 1, -1)
