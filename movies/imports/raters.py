"""The accounts of a data set's raters."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection

from accounts.models import User


class Raters:
    """Accounts like 'ml-100k:17': inactive, without password and e-mail, created when needed.

    Nobody can sign up with a colon in the name. If a member has such a name nevertheless, their
    account is left alone.
    """

    def __init__(self, data_set: str) -> None:
        self._data_set = data_set
        self._pks: dict[int, int | None] = {}

    def username(self, number: int) -> str:
        return f"{self._data_set}:{number}"

    def resolve(self, numbers: set[int]) -> tuple[dict[int, int | None], list[int]]:
        """Primary keys by number, None for a member's account; and the numbers just created."""
        names = {self.username(number): number for number in numbers if number not in self._pks}
        pks = {number: self._pks[number] for number in numbers if number in self._pks}
        found = self._find(names)
        missing = sorted(set(names) - set(found))
        if missing:
            _create(missing)
            found.update(self._find(missing))
        pks.update((names[name], pk) for name, pk in found.items())
        return pks, [names[name] for name in missing]

    def remember(self, pks: dict[int, int | None]) -> None:
        """Cache what a transaction found, after its commit."""
        self._pks.update(pks)

    def forget(self) -> None:
        """Clear the cache; an account may have been deleted meanwhile."""
        self._pks.clear()

    @staticmethod
    def _find(names: Collection[str]) -> dict[str, int | None]:
        if not names:
            return {}
        rows = User.objects.filter(username__in=list(names))
        return {
            name: pk if is_member else None
            for name, pk, is_member in rows.values_list("username", "pk", "is_dataset_member")
        }


def _create(usernames: list[str]) -> None:
    """Create rows that are equal but for their names, in one statement; existing names stay.

    With bulk_create the raters of a large set would take as long as their ratings.
    """
    columns = _columns_without_the_name()
    names = (
        "SELECT unnest(%s::text[]) AS name"
        if connection.vendor == "postgresql"
        else "SELECT value AS name FROM json_each(%s)"
    )
    listed = usernames if connection.vendor == "postgresql" else json.dumps(usernames)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO accounts_user ({', '.join(columns)}, username)"  # noqa: S608
            f" SELECT {', '.join(['%s'] * len(columns))}, name FROM ({names}) AS new"
            " WHERE true ON CONFLICT (username) DO NOTHING",
            [*columns.values(), listed],
        )


def _columns_without_the_name() -> dict[str, Any]:
    rater = User(password=make_password(None), is_active=False, is_dataset_member=True)
    return {
        field.column: field.get_db_prep_save(field.pre_save(rater, add=True), connection)
        for field in User._meta.concrete_fields
        if not field.primary_key and field.name != "username"
    }
