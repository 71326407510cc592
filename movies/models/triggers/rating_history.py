"""Database triggers that keep the stars before a change of a rating.

So each way to change ratings - the page, the API, the admin, changes of several, imports - has a
history, and a rating stays one statement. Removals are kept by Python
(`EarlierRating.objects.keep_removed`). Every change sets the rating's `updated_at`.

- Saving the same stars again keeps nothing.
- Stars that stood for less than `SLIP` are not kept. If they are corrected to the stars before
  them, those are no earlier ones any more.
- Raters of a data set have no history: nobody would read it.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from movies.models.rating_history import SLIP

NAME = "movies_rating_history"

_CHANGED = (
    "OLD.half_stars <> NEW.half_stars AND OLD.user_id = NEW.user_id AND OLD.movie_id = NEW.movie_id"
)
_IS_READ = "NOT (SELECT is_dataset_member FROM accounts_user WHERE id = OLD.user_id)"
_LAST = """FROM movies_earlierrating WHERE user_id = OLD.user_id AND movie_id = OLD.movie_id
        ORDER BY replaced_at DESC, id DESC LIMIT 1"""
# A changed rating keeps its `rated_at`; so its present stars were given when the last ones were
# replaced, unless it is newer than those: removed and given anew, or imported.
_GIVEN_AT = f"""coalesce(
        (SELECT CASE WHEN OLD.rated_at > rated_at THEN OLD.rated_at ELSE replaced_at END {_LAST}),
        OLD.rated_at)"""

# After the insert, the last earlier stars are the old ones, which differ from the new ones: so the
# deletion concerns slips alone.
_KEEP = f"""
    INSERT INTO movies_earlierrating (user_id, movie_id, half_stars, rated_at, replaced_at)
    SELECT OLD.user_id, OLD.movie_id, OLD.half_stars, given_at, NEW.updated_at
    FROM (SELECT {_GIVEN_AT} AS given_at) AS old_stars
    WHERE {{stood_since_given_at}} >= {SLIP.total_seconds():.0f};
    DELETE FROM movies_earlierrating
    WHERE id = (SELECT id {_LAST}) AND half_stars = NEW.half_stars AND rated_at >= OLD.rated_at
        AND {{stood_since_replaced_at}} < {SLIP.total_seconds():.0f};
"""  # noqa: S608  constants only


def _keep(stood_since: str) -> str:
    return _KEEP.format(
        stood_since_given_at=stood_since % "given_at",
        stood_since_replaced_at=stood_since % "replaced_at",
    )


SQLITE = {
    NAME: f"""AFTER UPDATE OF half_stars ON movies_rating WHEN {_CHANGED} AND {_IS_READ} BEGIN
    {_keep("(julianday(NEW.updated_at) - julianday(%s)) * 86400")} END"""
}

_POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {_IS_READ} THEN {_keep("extract(epoch FROM NEW.updated_at - %s)")} END IF;
    RETURN NULL;
END $$
"""


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the trigger in place; safe to repeat."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        _INSTALL[connection.vendor](cursor)


def _install_sqlite(cursor: Any) -> None:
    for name, definition in SQLITE.items():
        cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        cursor.execute(f"CREATE TRIGGER {name} {definition}")


def _install_postgresql(cursor: Any) -> None:
    cursor.execute(_POSTGRESQL_FUNCTION)
    cursor.execute(
        f"CREATE OR REPLACE TRIGGER {NAME} AFTER UPDATE OF half_stars ON movies_rating"
        f" FOR EACH ROW WHEN ({_CHANGED}) EXECUTE FUNCTION {NAME}()"
    )


_INSTALL = {"sqlite": _install_sqlite, "postgresql": _install_postgresql}
