"""Statements of a process, counted, at one of which it is killed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.faults import children


class Statements:
    """Counts the statements of a connection and kills the process before or after one of them."""

    def __init__(self, last: int | None = None, containing: str = "", after: bool = False) -> None:
        self.last, self.containing, self.after = last, containing, after
        self.n = 0

    def __call__(
        self, execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any
    ) -> Any:
        self.n += self.containing in sql
        is_last = self.n == self.last
        if is_last and not self.after:
            children.die()
        result = execute(sql, parameters, many, context)
        if is_last:
            children.die()
        return result
