"""The site's sessions: in the database, with the user they belong to.

So they can be listed in the data export, and are erased with the account wherever it is logged in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import SESSION_KEY

from cfsite.lib.sessions import SessionStore as CheckedSessionStore

if TYPE_CHECKING:
    from accounts.models import Session


class SessionStore(CheckedSessionStore):
    @classmethod
    def get_model_class(cls) -> type[Session]:
        from accounts.models import Session

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session = super().create_model_instance(data)
        session.user_id = int(data[SESSION_KEY]) if data.get(SESSION_KEY) else None
        return session
