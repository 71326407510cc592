"""Queries whose SQL is put together once in a process and then only asked.

Django builds and compiles a query anew each time: for one of cards that is twice what SQLite takes
to answer it and all rows take to become movies. A page that asks the same few questions of one
person or of a handful of movies over and over need not pay for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.query import ModelIterable
from django.db.models.signals import post_init, pre_init

M = TypeVar("M", bound=Model)

# Numbers that no row has, yet that fit every column of ids: they mark where values go.
FIRST_STAND_IN = 2_000_000_000
LARGEST = 2**63 - 1
SHAPES = 64

Shape = tuple[int | None, ...]


class _Slot(NamedTuple):
    """Where a value goes: which of all the values, as the database's driver wants them."""

    place: int
    kind: type


class _Plan(NamedTuple):
    sql: str
    parameters: tuple[Any, ...]  # _Slot where a value goes
    model: type[Model]
    columns: slice  # of the model in a row
    fields: tuple[str, ...]
    annotations: tuple[tuple[str, int], ...]
    converters: tuple[tuple[int, list[Callable], Any], ...]


class Prepared(Generic[M]):
    """A query by ids: `build` makes it of ids, and of sequences of them.

    `build` gets a queryset of whole rows of one model, without select_related, and puts the ids
    into it as they are: it must not look at them. For None it may make another query.
    """

    def __init__(self, build: Callable[..., QuerySet[M]]) -> None:
        self._build = build
        self._plan = lru_cache(maxsize=SHAPES)(self._make_plan)

    def ask(self, *arguments: int | Sequence[int] | None) -> list[M]:
        """The rows as `build(*arguments)` would find them; a sequence must not be empty."""
        shape: list[int | None] = []
        values: list[int] = []
        for argument in arguments:
            if isinstance(argument, int):
                shape.append(0)
                values.append(argument)
            elif argument is None:
                shape.append(None)
            else:
                shape.append(len(argument))
                values.extend(argument)
        if any(not 0 <= value <= LARGEST for value in values):
            return []  # no row has such a number, and no column takes it
        plan = self._plan(connection.vendor, tuple(shape))
        parameters = [
            part.kind(values[part.place]) if isinstance(part, _Slot) else part
            for part in plan.parameters
        ]
        with connection.cursor() as cursor:
            cursor.execute(plan.sql, parameters)
            return [_instance(plan, list(row)) for row in cursor.fetchall()]

    def _make_plan(self, vendor: str, shape: Shape) -> _Plan:
        following = FIRST_STAND_IN
        arguments: list[Any] = []
        for size in shape:
            if size is None:
                arguments.append(None)
                continue
            stand_ins = range(following, following + (size or 1))
            following = stand_ins.stop
            arguments.append(list(stand_ins) if size else stand_ins[0])
        rows = self._build(*arguments)
        if not issubclass(rows._iterable_class, ModelIterable) or rows.query.select_related:
            raise TypeError("only whole rows of one model can be prepared")
        if any(signal.has_listeners(rows.model) for signal in (pre_init, post_init)):
            raise TypeError("somebody wants to be told of each instance")
        return _plan_of(rows, range(FIRST_STAND_IN, following))


def _plan_of(rows: QuerySet, stand_ins: range) -> _Plan:
    compiler = rows.query.get_compiler(connection=connection)
    sql, parameters = compiler.as_sql()
    info, select = compiler.klass_info, compiler.select
    first, last = info["select_fields"][0], info["select_fields"][-1]
    converters = compiler.get_converters([column for column, *_rest in select])
    return _Plan(
        sql=sql,
        parameters=tuple(
            _Slot(stand_ins.index(value), type(value))
            if isinstance(value, int) and value in stand_ins
            else value
            for value in parameters
        ),
        model=info["model"],
        columns=slice(first, last + 1),
        fields=tuple(column.target.attname for column, *_rest in select[first : last + 1]),
        annotations=tuple(compiler.annotation_col_map.items()),
        converters=tuple((place, *both) for place, both in converters.items()),
    )


def _instance(plan: _Plan, row: list[Any]) -> Any:
    for place, converts, expression in plan.converters:
        for convert in converts:
            row[place] = convert(row[place], expression, connection)
    facts = dict(zip(plan.fields, row[plan.columns], strict=True))
    for name, place in plan.annotations:
        facts[name] = row[place]
    # As `Model.from_db` makes it, which spends most of its time on finding out, for each instance,
    # which fields were left out, and on telling nobody.
    instance = plan.model.__new__(plan.model)
    state = instance._state = ModelState()
    state.adding, state.db = False, connection.alias
    instance.__dict__.update(facts)
    return instance
