"""Paging of the API by cursors: a page begins after the last row of the one before.

Page numbers count rows, so a row that is added or removed between two pages shifts all others: one
is shown twice or never. A cursor holds the place of the last row in the order instead. It belongs
to one list with its filters and one member, and leads forward only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import reduce
from operator import and_, or_
from typing import Any, NamedTuple, Protocol

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from cfsite.lib.api.cursors import CursorExpired, read_cursor, write_cursor
from cfsite.lib.api.rest import number_between

Place = list[Any]


class Walk(Protocol):
    """A list that is read page by page."""

    def page_after(self, place: Place | None, n: int) -> tuple[list[Any], Place | None]:
        """The rows after this place, and the place of the last if there are more.

        None is the beginning. A place can be written as JSON.

        Raises:
            CursorExpired: the place is not to be found any more.
            ValueError, TypeError, KeyError: it is of another list.
        """
        ...


class CursorPagination(BasePagination):
    """Pages of querysets in their order, which must end with a unique field, and of `Walk`s."""

    page_size, max_page_size = 24, 100
    cursor_query_param, page_size_query_param = "cursor", "page_size"

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Walk, request: Request, view: Any = None
    ) -> list[Any]:
        n = self._page_size(request)
        walk = InOrder(queryset) if isinstance(queryset, QuerySet) else queryset
        text = request.query_params.get(self.cursor_query_param)
        purpose = _purpose(request)
        place = read_cursor(text, purpose, self.cursor_query_param) if text else None
        try:
            page, last = walk.page_after(place, n)
        except (ValueError, TypeError, KeyError) as error:
            # Of a list that is ordered otherwise by now.
            raise CursorExpired from error
        self._next = None
        if last is not None:
            url = request.build_absolute_uri()
            cursor = write_cursor(last, purpose)
            self._next = replace_query_param(url, self.cursor_query_param, cursor)
        return page

    def _page_size(self, request: Request) -> int:
        wanted = request.query_params.get(self.page_size_query_param)
        if wanted is None:
            return self.page_size
        return number_between(self.page_size_query_param, wanted, 1, self.max_page_size)

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self._next, "previous": None})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {
                "results": schema,
                "next": {**link, "description": "The next page; null on the last."},
                "previous": {**link, "description": "Always null: cursors lead forward."},
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": self.cursor_query_param,
                "required": False,
                "in": "query",
                "description": "Where the page begins: follow `next`, don't make one.",
                "schema": {"type": "string"},
            },
            {
                "name": self.page_size_query_param,
                "required": False,
                "in": "query",
                "description": "Number of results.",
                "schema": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": self.max_page_size,
                    "default": self.page_size,
                },
            },
        ]


def _purpose(request: Request) -> str:
    """The list with its filters, and who reads it."""
    asked = request.get_full_path()
    for name in (CursorPagination.cursor_query_param, CursorPagination.page_size_query_param):
        asked = remove_query_param(asked, name)
    return f"{request.user.pk}:{asked}"


class _Term(NamedTuple):
    """One term of an ORDER BY."""

    name: str  # of a field or annotation
    is_descending: bool

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.name}__isnull": True} if value is None else {self.name: value})

    def after(self, value: Any) -> Q:
        """Rows that come later; those without a value come last."""
        if value is None:
            return Q(pk__in=[])
        later = Q(**{f"{self.name}__{'lt' if self.is_descending else 'gt'}": value})
        return later | Q(**{f"{self.name}__isnull": True})


class InOrder:
    """A queryset in its order. What stays as it is comes once, whatever happens around it."""

    def __init__(self, rows: QuerySet[Any]) -> None:
        self._rows = rows
        self._terms = [_term(one) for one in rows.query.order_by]

    def page_after(self, place: Place | None, n: int) -> tuple[list[Any], Place | None]:
        rows = self._rows
        if place is not None:
            rows = rows.filter(self._after([_from_json(value) for value in place]))
        keys = {f"key_{i}": F(term.name) for i, term in enumerate(self._terms)}
        page = list(rows.annotate(**keys)[: n + 1])
        if len(page) <= n:
            return page, None
        last = page[n - 1]
        return page[:n], [_as_json(getattr(last, name)) for name in keys]

    def _after(self, values: Sequence[Any]) -> Q:
        pairs = list(zip(self._terms, values, strict=True))
        later = [
            reduce(and_, [*(term.same(value) for term, value in pairs[:i]), one.after(its)])
            for i, (one, its) in enumerate(pairs)
        ]
        first, value = pairs[0]
        # Follows from the rest; databases use an index for it, and for the rest alone they don't.
        bound = first.same(value) | first.after(value)
        return bound & reduce(or_, later)


def _term(one: Any) -> _Term:
    if isinstance(one, OrderBy):
        return _Term(one.expression.name, one.descending)
    return _Term(one.lstrip("-"), one.startswith("-"))


def _as_json(value: Any) -> Any:
    return {"t": value.isoformat()} if isinstance(value, date) else value


def _from_json(value: Any) -> Any:
    if isinstance(value, dict):
        text = value["t"]
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    return value


class Unseen:
    """A short list whose order may change at any time: the cursor says what has been shown.

    So nothing comes twice, and nothing that stays on the list is left out.

    Args:
        ids: the ids of all rows in the present order.
        find: the rows of some ids, in that order.
        most: the list ends after so many.
    """

    def __init__(self, ids: Sequence[int], find: Any, most: int) -> None:
        self._ids, self._find, self._most = ids, find, most

    def page_after(self, place: Place | None, n: int) -> tuple[list[Any], Place | None]:
        shown = set(_from_gaps(place or []))
        n = min(n, self._most - len(shown))
        left = [pk for pk in self._ids if pk not in shown]
        page = left[:n]
        has_more = len(left) > n and len(shown) + n < self._most
        return list(self._find(page)), _as_gaps(shown | set(page)) if has_more else None


def _as_gaps(ids: set[int]) -> list[int]:
    """Ascending, each less the one before: short where ids are close together."""
    ordered = sorted(ids)
    return [pk - before for before, pk in zip([0, *ordered], ordered, strict=False)]


def _from_gaps(gaps: list[int]) -> list[int]:
    ids, last = [], 0
    for gap in gaps:
        last += gap
        ids.append(last)
    return ids


class AfterId:
    """Rows in memory, in an order that rarely changes: a page begins after a row's id."""

    def __init__(self, rows: Sequence[Any], id_of: Any) -> None:
        self._rows, self._id_of = rows, id_of

    def page_after(self, place: Place | None, n: int) -> tuple[list[Any], Place | None]:
        start = 0
        if place is not None:
            (last,) = place
            start = next((i for i, row in enumerate(self._rows, 1) if self._id_of(row) == last), 0)
            if not start:
                raise CursorExpired
        page = list(self._rows[start : start + n])
        has_more = len(self._rows) > start + n
        return page, [self._id_of(page[-1])] if has_more else None
