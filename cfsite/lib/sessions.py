"""Django's database sessions, with session keys checked before they reach the database."""

import re

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore

_KEY = re.compile(r"[a-z0-9]{8,40}", re.ASCII)


class SessionStore(DatabaseSessionStore):
    """Treats a key that Django could not have made as no key.

    Strangers send keys in a cookie or in the X-Session-Token header. Either may carry a NUL, which
    PostgreSQL refuses with an error.
    """

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(key and _KEY.fullmatch(key))

    def exists(self, session_key: str) -> bool:
        return self._validate_session_key(session_key) and super().exists(session_key)
