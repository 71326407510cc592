"""How far the tastes of two people agree, by the movies that both have rated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import StatisticsError, correlation

# Fewer movies in common say nothing about two tastes.
FEWEST_IN_COMMON = 5


@dataclass(frozen=True)
class Agreement:
    n: int  # movies that both rated
    correlation: float  # Pearson's, of their stars: -1 to 1


def agreement_of(pairs: Iterable[tuple[int, int]]) -> Agreement | None:
    """Of what two people gave the same movies.

    None for too few movies, or if one of the two gave them all the same.
    """
    both = list(pairs)
    if len(both) < FEWEST_IN_COMMON:
        return None
    try:
        return Agreement(len(both), correlation(*zip(*both, strict=True)))
    except StatisticsError:
        return None
