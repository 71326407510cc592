"""Export of everything the site stores about a user, as a zip.

The other apps build on accounts and cannot be imported here; each registers its tables in its
AppConfig. The zip is streamed, so that no history is ever in memory as a whole.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.serializers.json import DjangoJSONEncoder

from accounts.models import Profile, User, profile_of

PIECE_BYTES = 16 * 1024

README = """\
Everything this site keeps about {username}.

account.json      who you are here, and your settings
everything.json   all of it in one file
{tables}
Times are in UTC. Stars are 0.5 to 5.
"""


@dataclass(frozen=True)
class Table:
    """One table of the export: a CSV file, and a list in everything.json."""

    name: str
    about: str
    columns: tuple[str, ...]
    rows: Callable[[User], Iterable[tuple]]


_tables: dict[str, Table] = {}


def register_table(table: Table) -> None:
    """Make this table part of the export."""
    _tables[table.name] = table


def export(user: User) -> Iterator[bytes]:
    """The zip, in pieces."""
    pipe = _Pipe()
    with ZipFile(pipe, "w", ZIP_DEFLATED) as archive:
        for name, lines in _files(user):
            with archive.open(name, "w") as file:
                for line in lines:
                    file.write(line.encode())
                    if pipe.size >= PIECE_BYTES:
                        yield pipe.take()
    yield pipe.take()


def _files(user: User) -> Iterator[tuple[str, Iterable[str]]]:
    tables = list(_tables.values())
    about = "".join(f"{table.name + '.csv':<18}{table.about}\n" for table in tables)
    yield "README.txt", [README.format(username=user.get_username(), tables=about)]
    yield "account.json", [_json(_account(user), indent=2), "\n"]
    for table in tables:
        yield f"{table.name}.csv", _csv(table, user)
    yield "everything.json", _everything(tables, user)


def _account(user: User) -> dict[str, Any]:
    addresses = user.emailaddress_set.order_by("pk").values("email", "verified", "primary")
    profile = profile_of(user)
    fields = ("username", "email", "date_joined", "last_login", *User.PREFERENCES)
    return {
        **{field: getattr(user, field) for field in fields},
        "email_addresses": list(addresses),
        "profile": {name: getattr(profile, name) for name in Profile.SETTINGS},
    }


def _csv(table: Table, user: User) -> Iterator[str]:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(table.columns)
    for row in table.rows(user):
        writer.writerow([_plain(value) for value in row])
        yield text.getvalue()
        text.seek(0)
        text.truncate()
    yield text.getvalue()


def _everything(tables: list[Table], user: User) -> Iterator[str]:
    yield '{"account": ' + _json(_account(user))
    for table in tables:
        yield f",\n{_json(table.name)}: ["
        for number, row in enumerate(table.rows(user)):
            yield (",\n" if number else "\n") + _json(dict(zip(table.columns, row, strict=True)))
        yield "]"
    yield "}\n"


def _json(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=indent)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


class _Pipe(io.RawIOBase):
    """A write-only file; `take` returns and removes what was written."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        self.size += len(piece)
        return len(piece)

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces, self.size = [], 0
        return taken
