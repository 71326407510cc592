"""Chance that never changes: the same title throws the same numbers on every machine, for ever."""

import zlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_MASK = 0xFFFFFFFF


def seed_of(title: str, year: int | None) -> int:
    """A stable number for a movie (Python's own hash() changes from process to process)."""
    return zlib.crc32(f"{title}\n{year or ''}".encode("utf-8", "replace"))


class Dice:
    """A xorshift generator: what `random` promises across versions of Python is too little."""

    __slots__ = ("_state",)

    def __init__(self, seed: int) -> None:
        self._state = (seed * 2654435761 + 97) & _MASK or 1
        self._next()
        self._next()

    def _next(self) -> int:
        state = self._state
        state ^= (state << 13) & _MASK
        state ^= state >> 17
        state ^= (state << 5) & _MASK
        self._state = state
        return state

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self._next() / _MASK

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + (self._next() >> 8) % (high - low + 1)

    def pick(self, choices: Sequence[T]) -> T:
        return choices[(self._next() >> 8) % len(choices)]

    def chance(self, probability: float) -> bool:
        return self._next() < probability * _MASK
