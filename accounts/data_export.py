"""Export of everything the site stores about a user, as a zip.

The other apps build on accounts and cannot be imported here; each registers its tables in its
AppConfig. The zip is made in pieces, so that no history is ever in memory as a whole.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet

from accounts.login.addresses import address_of
from accounts.models import AccessToken, Profile, Session, User, profile_of
from cfsite.lib import safe_csv

PIECE_BYTES = 16 * 1024

README = """\
Everything this site keeps about {username}.

account.json      who you are here, and your settings
everything.json   all of it in one file
{tables}
Times are in UTC. Stars are 0.5 to 5.

In the CSV files, an apostrophe stands before text that a spreadsheet would calculate, such as
=1+1. This site takes it away again when you import the zip.
"""


@dataclass(frozen=True)
class Table:
    """One table of the export: a CSV file, and a list in everything.json."""

    name: str
    about: str
    columns: tuple[str, ...]
    rows: Callable[[User], Iterable[tuple] | QuerySet]
    # False for a file in another site's format, which repeats what other tables hold.
    in_json: bool = True

    def read(self, user: User) -> Iterable[tuple]:
        """The rows, of which only a few are in memory at a time."""
        rows = self.rows(user)
        return rows.iterator() if isinstance(rows, QuerySet) else rows

    def count(self, user: User) -> int:
        rows = self.rows(user)
        return rows.count() if isinstance(rows, QuerySet) else sum(1 for _row in rows)


_tables: dict[str, Table] = {}


def register_table(table: Table) -> None:
    """Make this table part of the export."""
    _tables[table.name] = table


def n_rows(user: User, at_least: int) -> int:
    """How many rows the export has; counting stops with the table that reaches `at_least`."""
    n = 0
    for table in _tables.values():
        if n < at_least and table.in_json:
            n += table.count(user)
    return n


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
        yield f"{table.name}.csv", safe_csv.lines(table.columns, table.read(user))
    yield "everything.json", _everything([table for table in tables if table.in_json], user)


def _account(user: User) -> dict[str, Any]:
    addresses = user.emailaddress_set.order_by("pk").values("email", "verified", "primary")
    profile = profile_of(user)
    names = (
        *("username", "email", "first_name", "last_name", "date_joined", "last_login"),
        *("is_staff", "is_superuser"),
    )
    return {
        **{field: getattr(user, field) for field in (*names, *User.PREFERENCES)},
        "email": address_of(user),
        "email_addresses": list(addresses),
        "profile": {name: getattr(profile, name) for name in Profile.SETTINGS},
    }


def _everything(tables: list[Table], user: User) -> Iterator[str]:
    yield '{"account": ' + _json(_account(user))
    for table in tables:
        yield f",\n{_json(table.name)}: ["
        for number, row in enumerate(table.read(user)):
            yield (",\n" if number else "\n") + _json(dict(zip(table.columns, row, strict=True)))
        yield "]"
    yield "}\n"


def _json(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=indent)


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


def _sign_ins(user: User) -> Iterator[tuple]:
    known = {one.session_key: one for one in UserSession.objects.filter(user=user)}
    for session in Session.objects.filter(user=user).order_by("expire_date"):
        device = known.get(session.session_key)
        about = (device.created_at, device.ip, device.user_agent) if device else (None, "", "")
        yield (*about, session.expire_date)


def _second_factors(user: User) -> Iterator[tuple]:
    for one in Authenticator.objects.filter(user=user).order_by("pk"):
        name = one.data.get("name", "")
        yield one.type, name, one.created_at, one.last_used_at


def _access_tokens(user: User) -> QuerySet:
    columns = ("name", "scope", "created_at", "expires_at", "last_used_on")
    return AccessToken.objects.of(user).values_list(*columns)


register_table(
    Table(
        "sign_ins",
        "where you are logged in, and for how long if you don't come back",
        ("logged_in_at", "ip", "browser_or_app", "expires_at"),
        _sign_ins,
    )
)
register_table(
    Table(
        "second_factors",
        "your authenticator app, passkeys and recovery codes",
        ("type", "name", "created_at", "last_used_at"),
        _second_factors,
    )
)
register_table(
    Table(
        "access_tokens",
        "your personal access tokens",
        ("name", "access", "created_at", "expires_at", "last_used_on"),
        _access_tokens,
    )
)
