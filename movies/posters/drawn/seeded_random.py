"""A random generator whose numbers are the same for a title on every machine and Python version."""

import zlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_MASK = 0xFFFFFFFF


def seed_of(title: str, year: int | None) -> int:
    """A stable number for a movie; Python's hash() differs between processes."""
    return zlib.crc32(f"{title}\n{year or ''}".encode("utf-8", "replace"))


class SeededRandom:
    """An xorshift generator; `random` may change its sequences between Python versions."""

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

    def uniform(self, low: float, high: float) -> float:
        return low + (high - low) * self._next() / _MASK

    def randint(self, low: int, high: int) -> int:
        """An integer from `low` to `high`, both included."""
        return low + (self._next() >> 8) % (high - low + 1)

    def choice(self, choices: Sequence[T]) -> T:
        return choices[(self._next() >> 8) % len(choices)]

    def chance(self, probability: float) -> bool:
        return self._next() < probability * _MASK
