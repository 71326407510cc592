"""A condition on many ids: one parameter however many there are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, Expression, F


class IdIn(Expression):
    """Whether the primary key is one of these ids.

    `pk__in` makes a parameter of every id: SQLite refuses long lists, PostgreSQL takes long to
    plan them.
    """

    output_field = BooleanField()
    conditional = True

    def __init__(self, ids: Sequence[int]) -> None:
        super().__init__()
        self.ids = list(ids)
        self.key: Any = F("pk")

    def get_source_expressions(self) -> list[Any]:
        return [self.key]

    def set_source_expressions(self, exprs: list[Any]) -> None:
        (self.key,) = exprs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        key, params = compiler.compile(self.key)
        if connection.vendor == "postgresql":
            return f"{key} = ANY(%s::bigint[])", [*params, self.ids]
        listed = "(SELECT value FROM json_each(%s))"
        return f"{key} IN {listed}", [*params, json.dumps(self.ids)]
