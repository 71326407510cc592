"""Sessions in the database, reached only by keys of the form Django itself makes."""

import re

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore

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
