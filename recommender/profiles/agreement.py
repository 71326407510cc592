"""How far the tastes of two users agree, by the movies that both have rated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import StatisticsError, correlation

from django.utils.translation import gettext as _

# With fewer movies in common, a correlation says nothing about two tastes.
FEWEST_IN_COMMON = 5


@dataclass(frozen=True)
class Agreement:
    n: int  # movies that both rated
    correlation: float  # Pearson's, of their stars: -1 to 1

    @property
    def sentence(self) -> str:
        if self.correlation >= 0.6:
            return _("You have very similar taste")
        if self.correlation >= 0.3:
            return _("You have fairly similar taste")
        if self.correlation > -0.3:
            return _("Your tastes don't have much in common")
        return _("Your tastes are close to opposite")

    @property
    def bar_start(self) -> str:
        """Left end of a bar from the middle of a scale that is 100 wide: 0 is no correlation."""
        return f"{50 + min(self._bar, 0):.1f}"

    @property
    def bar_width(self) -> str:
        return f"{max(abs(self._bar), 0.8):.1f}"

    @property
    def _bar(self) -> float:
        return round(50 * self.correlation, 1)


def agreement_of(pairs: Iterable[tuple[int, int]]) -> Agreement | None:
    """From the stars that two users gave the same movies.

    None for too few movies, or if one of the users gave them all the same stars.
    """
    both = list(pairs)
    if len(both) < FEWEST_IN_COMMON:
        return None
    try:
        return Agreement(len(both), correlation(*zip(*both, strict=True)))
    except StatisticsError:
        return None
