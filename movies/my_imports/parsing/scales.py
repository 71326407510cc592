"""Scales on which other sites rate, and how their numbers become half stars."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from movies.my_imports.parsing.entries import Refused
from movies.stars import HALF_STARS_MAX, nearest_half_stars

STARS_MAX = HALF_STARS_MAX // 2


@dataclass(frozen=True)
class RatingScale:
    key: str
    top: int
    label: str | Promise
    example: int  # a number to show the conversion by
    zero_is_a_rating: bool = False

    def half_stars(self, value: Decimal) -> int | None:
        """The nearest half stars; None for a zero that means "not rated"."""
        if not value and not self.zero_is_a_rating:
            return None
        return nearest_half_stars(value, self.top)

    @property
    def in_words(self) -> str:
        """'1 to 10: 7 becomes 3.5 stars'; for stars the label alone."""
        if self.top == STARS_MAX:
            return str(self.label)
        stars = (self.half_stars(Decimal(self.example)) or 0) / 2
        words = {"scale": self.label, "value": self.example, "stars": f"{stars:g}"}
        return _("%(scale)s (%(value)s becomes %(stars)s stars)") % words


SCALES = {
    scale.key: scale
    for scale in (
        RatingScale("5", 5, gettext_lazy("Half a star to 5 stars"), 4),
        RatingScale("7", 7, gettext_lazy("1 to 7"), 5),
        RatingScale("10", 10, gettext_lazy("1 to 10"), 7),
        RatingScale("100", 100, gettext_lazy("0 to 100"), 75, zero_is_a_rating=True),
    )
}


class Range:
    """The lowest and the highest rating seen."""

    def __init__(self) -> None:
        self.n, self.lowest, self.highest = 0, Decimal(0), Decimal(0)

    def add(self, value: Decimal) -> None:
        self.lowest = min(self.lowest, value) if self.n else value
        self.highest = max(self.highest, value)
        self.n += 1

    def check(self, scale: RatingScale) -> None:
        """
        Raises:
            Refused: the scale does not reach that far.
        """
        if self.highest > scale.top:
            words = {"highest": f"{self.highest:f}", "scale": scale.label}
            raise Refused(
                _("The ratings go up to %(highest)s, which doesn’t fit the scale “%(scale)s”.")
                % words
            )

    def likely_scale(self) -> str:
        """A first guess, for the user to confirm."""
        return next((key for key in ("5", "10") if self.highest <= SCALES[key].top), "100")
