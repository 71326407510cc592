"""Tiny tables of ratings to fit: five people, five movies, some cells empty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from recommender.core.ratings import Float64

PEOPLE = ("Ada", "Ben", "Cleo", "Dan", "Eve")
MOVIES = ("Star Wars", "Alien", "The Princess Bride", "Casablanca", "Amélie")
_ = np.nan


@dataclass(frozen=True)
class TinyTable:
    key: str
    name: str | Promise
    about: str | Promise
    seed: int  # a random start that shows the point of the table well
    rows: Sequence[Sequence[float]]  # NaN: not rated

    @property
    def stars(self) -> Float64:
        """(people, movies)"""
        return np.array(self.rows, np.float64)


TABLES = {
    table.key: table
    for table in (
        TinyTable(
            "camps",
            gettext_lazy("Two camps"),
            gettext_lazy(
                "Ada and Ben love space, Cleo and Dan love romance, and Eve likes most things. "
                "Nothing in the table says so: watch people and movies find their sides on their "
                "own."
            ),
            4,
            [[5, 4.5, _, 1.5, 2], [4.5, _, 3.5, 2, 1.5], [2, 1.5, 4, 5, _], [_, 2, 3, 4.5, 4.5],
             [4, _, 4.5, _, 3.5]],
        ),
        TinyTable(
            "alike",
            gettext_lazy("Everyone agrees"),
            gettext_lazy(
                "All five agree on what's good. One direction is enough to show that, so the "
                "points line up and the second number has little to do."
            ),
            2,
            [[4.5, 4, _, 2, 1.5], [5, _, 3, 2.5, 2], [4.5, 4.5, 3.5, _, 1], [_, 4, 3, 2, 1.5],
             [4.5, _, 2.5, 2, _]],
        ),
        TinyTable(
            "noise",
            gettext_lazy("No pattern"),
            gettext_lazy(
                "Stars without rhyme or reason. The error still falls: twenty numbers are enough "
                "to memorise nineteen ratings. But the predictions in the gaps mean nothing, "
                "which is why a model is tested on ratings it hasn't seen."
            ),
            1,
            [[2, 4.5, _, 1, 5], [4, _, 1.5, 3.5, 2], [_, 1, 4, 5, _], [3, 2.5, 5, _, 1],
             [1.5, 4, _, 2, 3.5]],
        ),
    )
}  # fmt: skip
