"""A year, a month or a day, in the site's time zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format

_PERIOD = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


@dataclass(frozen=True)
class Period:
    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, text: str) -> Period | None:
        """'2026', '2026-03' or '2026-03-05'; None for anything else."""
        match = _PERIOD.fullmatch(text)
        if match is None:
            return None
        period = cls(*(int(part) if part else None for part in match.groups()))
        try:
            period.bounds()
        except (ValueError, OverflowError):
            return None
        return period

    @classmethod
    def of_day(cls, day: date) -> Period:
        return cls(day.year, day.month, day.day)

    def __str__(self) -> str:
        parts = [f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part)]
        return "-".join(parts)

    @property
    def first(self) -> date:
        month, day = (1 if part is None else part for part in (self.month, self.day))
        return date(self.year, month, day)

    @property
    def next(self) -> date:
        """The first day after the period."""
        if self.day:
            return self.first + timedelta(days=1)
        months = self.year * 12 + (self.month or 1) - 1 + (1 if self.month else 12)
        return date(months // 12, months % 12 + 1, 1)

    @property
    def in_words(self) -> str:
        if self.month is None:
            return str(self.year)
        return date_format(self.first, "DATE_FORMAT" if self.day else "YEAR_MONTH_FORMAT")

    def bounds(self) -> tuple[datetime, datetime]:
        """Start and end; the end is not part of the period."""
        return midnight(self.first), midnight(self.next)


def midnight(day: date) -> datetime:
    """The start of this day in the site's time zone."""
    return timezone.make_aware(datetime(day.year, day.month, day.day))
