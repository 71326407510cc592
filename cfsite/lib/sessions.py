"""Sessions in the database, reached only by keys of the form Django itself makes."""

import re
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

_READ = (
    f"SELECT session_data FROM {Session._meta.db_table}"  # noqa: S608
    " WHERE session_key = %s AND expire_date > %s"
)
_KEY = re.compile(r"[a-z0-9]{8,40}", re.ASCII)


class SessionStore(DatabaseSessionStore):
    """Django's, asking the database for no key it could not have made.

    The key is what a stranger sends: in a cookie (where an octal escape can carry a NUL, which
    PostgreSQL refuses with an error) or, from an app, in the X-Session-Token header.
    """

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(key and _KEY.fullmatch(key))

    def exists(self, session_key: str) -> bool:
        return self._validate_session_key(session_key) and super().exists(session_key)

    def load(self) -> dict[str, Any]:
        """What is kept; nothing for a session that is over. The same question, put together once:
        every page asks it.
        """
        if not self.session_key:
            return {}
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(_READ, [self.session_key, now])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row[0])
