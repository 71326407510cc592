"""What a fit asks of an engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

# Stands for a value wherever the engine keeps it: here (`Local`), or on another machine.
Handle = Any
# function(workers, *arguments): a task; `workers` run the pieces of its work (`threads.Workers`).
Task = Callable[..., Any]


class Engine(Protocol):
    """Runs tasks. Arguments of tasks are values, handles, or lists and tuples of them."""

    def map(self, task: Task, *columns: Sequence[Any]) -> list[Handle]:
        """`task` for each row of the columns; row k runs where part k lives."""

    def one(self, task: Task, *arguments: Any) -> Handle:
        """`task` once, anywhere."""

    def split(self, handles: Sequence[Handle], n: int) -> tuple[list[Handle], ...]:
        """Handles of n-tuples as n lists of handles."""

    def sum(self, handles: Sequence[Handle]) -> Handle:
        """The sum in the order of a fixed tree, ((0 + 1) + (2 + 3)) + ..., of `halves`."""

    def checkpoint(self, handles: Sequence[Handle]) -> list[Handle]:
        """The same values, that of row k where part k lives; what led to them is not needed again.

        A plan calls it once an epoch with all that it goes on from: without it, a lost machine
        would make everything since the first epoch run again.
        """

    def get(self, handles: Sequence[Handle]) -> list[Any]:
        """The values, here; raises what their tasks raised."""


def halves(values: Sequence[Any], add: Callable[[Any, Any], Any]) -> Any:
    """Add neighbours, then neighbours of those, until one is left.

    >>> halves("abcde", lambda a, b: f"({a}{b})")
    '(((ab)(cd))e)'
    """
    level = list(values)
    while len(level) > 1:
        pairs = [add(*level[k : k + 2]) for k in range(0, len(level) - 1, 2)]
        level = pairs + level[len(level) - len(level) % 2 :]
    return level[0]
