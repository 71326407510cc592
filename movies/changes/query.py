"""What an app does not know yet of a member's ratings, marks, lists and viewings.

The first read goes through everything there is, by table and key. It begins by looking up the
number of the member's newest change. So whatever changes while it goes on, seen or not, has a
higher number and comes after it. From there on, the log says what changed, and the tables what it
is now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Model, Q, QuerySet

from cfsite.lib.api.cursors import CursorExpired, read_cursor, write_cursor
from movies.models import (
    ChangeCounter,
    ListEntry,
    Mark,
    MemberChange,
    MovieList,
    Rating,
    Viewing,
)

if TYPE_CHECKING:
    from accounts.models import User

Kind = MemberChange.Kind
LAST = 2**63 - 1
MARKS = "mark"
MARK_KINDS = frozenset(Mark.Kind.values)
TABLES = (Kind.RATING, MARKS, Kind.LIST, Kind.VIEWING)


@dataclass(frozen=True)
class Cursor:
    """Up to where an app knows: changes by number and, of one number, by the log's id.

    While it reads everything for the first time, `table` and `row` say how far that has come.
    """

    number: int
    log_id: int = LAST
    table: str = ""
    row: int = 0

    def text(self, user: User) -> str:
        # Short where all changes up to a number are known: that is also what `/me/state/` says.
        place: list[Any] = [self.number]
        if self.table:
            place += [self.table, self.row]
        elif self.log_id != LAST:
            place += [self.log_id]
        return write_cursor(place, _purpose(user))

    @classmethod
    def read(cls, text: str, user: User) -> Cursor:
        """Raises ValidationError."""
        place = read_cursor(text, _purpose(user), "since")
        if len(place) == 3:
            return cls(place[0], table=place[1], row=place[2])
        return cls(*place)


def _purpose(user: User) -> str:
    return f"changes.{user.pk}"


@dataclass(frozen=True)
class Change:
    kind: str  # of TABLES
    mark: str | None  # which mark
    key: int  # the movie's id for ratings and marks, else the list's or the viewing's
    at: datetime
    row: Model | None  # None: removed
    entries: list[ListEntry] | None = None  # of a list

    @property
    def has_movie(self) -> bool:
        return self.row is not None and self.kind != Kind.LIST


@dataclass(frozen=True)
class Changes:
    changes: list[Change]
    cursor: Cursor
    has_more: bool


def current_cursor(user: User, number: int) -> str:
    """The cursor of an app that knows everything up to this number."""
    return Cursor(number).text(user)


def changes_since(user: User, cursor: Cursor | None, n: int) -> Changes:
    """At most `n` changes after the cursor; from the beginning of everything without one.

    Raises:
        CursorExpired: what was removed since is no longer known.
    """
    counter = ChangeCounter.objects.filter(pk=user.pk).first()
    if counter is None:  # the account is being deleted
        raise CursorExpired
    if cursor is None:
        cursor = Cursor(counter.number, table=TABLES[0])
    if not counter.forgotten <= cursor.number <= counter.number:
        raise CursorExpired
    if cursor.table:
        return _everything(user, cursor, counter.number, n)
    return _logged(user, cursor, counter.number, n)


def _everything(user: User, cursor: Cursor, newest: int, n: int) -> Changes:
    found: list[Change] = []
    table, row = cursor.table, cursor.row
    for table in TABLES[TABLES.index(cursor.table) :]:
        rows = list(_rows(table, user).filter(pk__gt=row).order_by("pk")[: n + 1 - len(found)])
        found += _as_changes(user, table, rows)
        if len(found) > n:
            shown = [row.pk for row in rows[:-1]]
            place = Cursor(cursor.number, table=table, row=shown[-1] if shown else row)
            return Changes(found[:n], place, has_more=True)
        row = 0
    # What changed while all this was read comes next.
    return Changes(found, Cursor(cursor.number), has_more=newest > cursor.number)


def _as_changes(user: User, table: str, rows: list[Any]) -> list[Change]:
    """Rows of one table as they are, with the times that the log knows better."""
    keys = [(_kind_of(table, row), _key_of(table, row)) for row in rows]
    logged = MemberChange.objects.of(user).filter(
        kind__in={kind for kind, _key in keys}, key__in=[key for _kind, key in keys]
    )
    times = {(kind, key): at for kind, key, at in logged.values_list("kind", "key", "at")}
    entries = _entries([row.pk for row in rows]) if table == Kind.LIST else {}
    return [
        Change(
            kind=table,
            mark=kind if table == MARKS else None,
            key=key,
            at=times.get((kind, key)) or _time_of(table, row),
            row=row,
            entries=entries.get(row.pk, []) if table == Kind.LIST else None,
        )
        for (kind, key), row in zip(keys, rows, strict=True)
    ]


def _logged(user: User, cursor: Cursor, newest: int, n: int) -> Changes:
    after = Q(number__gt=cursor.number) | Q(number=cursor.number, pk__gt=cursor.log_id)
    log = list(MemberChange.objects.of(user).filter(after).order_by("number", "pk")[: n + 1])
    page, has_more = log[:n], len(log) > n
    place = Cursor(page[-1].number, page[-1].pk) if page else cursor
    if not has_more:
        # `newest` was looked up before the log was read, so all changes up to it were there.
        place = Cursor(max(newest, place.number))
    standing = _standing(user, page)
    changes = []
    for one in page:
        table = MARKS if one.kind in MARK_KINDS else one.kind
        row, entries = standing.get((one.kind, one.key), (None, None))
        mark = one.kind if table == MARKS else None
        changes.append(Change(table, mark, one.key, one.at, row, entries))
    return Changes(changes, place, has_more)


def _standing(
    user: User, log: Iterable[MemberChange]
) -> dict[tuple[str, int], tuple[Any, list[ListEntry] | None]]:
    """What the logged rows are now, by kind and key; what is gone is missing."""
    keys: dict[str, list[int]] = {}
    for one in log:
        keys.setdefault(MARKS if one.kind in MARK_KINDS else one.kind, []).append(one.key)
    found: dict[tuple[str, int], tuple[Any, list[ListEntry] | None]] = {}
    for table, some in keys.items():
        by = "movie__in" if table in (Kind.RATING, MARKS) else "pk__in"
        rows = list(_rows(table, user).filter(**{by: some}))
        entries = _entries([row.pk for row in rows]) if table == Kind.LIST else None
        for row in rows:
            of_list = None if entries is None else entries.get(row.pk, [])
            found[_kind_of(table, row), _key_of(table, row)] = (row, of_list)
    return found


def _rows(table: str, user: User) -> QuerySet[Any]:
    if table == Kind.RATING:
        return Rating.objects.of(user)
    if table == MARKS:
        return Mark.objects.filter(user=user)
    if table == Kind.LIST:
        return MovieList.objects.of(user).with_owner().with_counts()
    return Viewing.objects.of(user).with_tags()


def _entries(list_ids: list[int]) -> Mapping[int, list[ListEntry]]:
    found: dict[int, list[ListEntry]] = {}
    for entry in ListEntry.objects.filter(movie_list__in=list_ids).in_order():
        found.setdefault(entry.movie_list_id, []).append(entry)
    return found


def _kind_of(table: str, row: Any) -> str:
    return row.kind if table == MARKS else table


def _key_of(table: str, row: Any) -> int:
    return row.movie_id if table in (Kind.RATING, MARKS) else row.pk


def _time_of(table: str, row: Any) -> datetime:
    return row.created_at if table == MARKS else row.updated_at
