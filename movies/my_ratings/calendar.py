"""The calendar of a user's ratings: a count for each day of the past year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.formats import get_format

from movies.models import Rating
from movies.periods import midnight

if TYPE_CHECKING:
    from accounts.models import User

WEEKS = 53
# Minimum ratings a day for each darker shade.
LEVELS = (1, 2, 4, 8)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Day:
    day: date
    n: int
    x: int  # week
    y: int  # day of the week

    @property
    def level(self) -> int:
        """0 for none, up to 4."""
        return sum(self.n >= least for least in LEVELS)


@dataclass(frozen=True)
class Month:
    first: date
    n: int

    @property
    def key(self) -> str:
        return f"{self.first:%Y-%m}"


@dataclass(frozen=True)
class RatingDays:
    days: Sequence[Day]  # every one, oldest first

    @classmethod
    def of(cls, user: User, today: date | None = None) -> RatingDays:
        """The last 53 weeks, the current one included. Takes one query."""
        today = today or timezone.localdate()
        before = (today.isoweekday() - get_format("FIRST_DAY_OF_WEEK", use_l10n=True)) % 7
        first = today - timedelta(days=before + 7 * (WEEKS - 1))
        found = (
            Rating.objects.of(user)
            .filter(rated_at__gte=midnight(first))
            .annotate(day=TruncDate("rated_at"))
            .values_list("day")
            .annotate(n=Count("pk"))
            .order_by()
        )
        counts = dict(found)
        return cls(
            [
                Day(day, counts.get(day, 0), place // 7, place % 7)
                for place in range((today - first).days + 1)
                for day in (first + timedelta(days=place),)
            ]
        )

    @property
    def n(self) -> int:
        return sum(day.n for day in self.days)

    @property
    def rated(self) -> Sequence[Day]:
        """Days with ratings, newest first."""
        return [day for day in reversed(self.days) if day.n]

    @property
    def months(self) -> Sequence[Month]:
        """Months that are shown from their first day on, oldest first."""
        counts: Counter[date] = Counter()
        for day in self.days:
            counts[day.day.replace(day=1)] += day.n
        return [Month(first, n) for first, n in counts.items() if first >= self.days[0].day]

    @property
    def paths(self) -> Sequence[tuple[int, str]]:
        """(level, SVG path) for each shade: one dot a day, drawn with a wide square stroke.

        Five paths instead of hundreds of linked squares make a tenth of the weight. The lowest
        level is a line through all days, which the stylesheet dots.
        """
        # A little beyond the middle of a week's last day, so that its dot is drawn.
        weeks = "M0 0v6.1" + (self.days[-1].x - 1) * "m1-6.1v6.1"
        whole = f"{weeks}m1-6.1v{self.days[-1].y}.1"
        return [(0, whole)] + [
            (level, "".join(f"M{day.x} {day.y}h0" for day in own))
            for level in range(1, len(LEVELS) + 1)
            if (own := [day for day in self.days if day.level == level])
        ]

    @property
    def counts(self) -> str:
        """The count of each day as one base-36 digit; 35 and more are all "z"."""
        return "".join(_DIGITS[min(day.n, len(_DIGITS) - 1)] for day in self.days)
