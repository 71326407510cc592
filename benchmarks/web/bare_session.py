"""Prints a session for the bare page, of whom the given session of the site belongs to.

The site's authentication backend needs allauth, which the bare page has not.
"""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cfsite.settings")
django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY  # noqa: E402

from accounts.sessions import SessionStore  # noqa: E402

BACKEND = "django.contrib.auth.backends.ModelBackend"


def bare_session(key: str) -> str:
    theirs = SessionStore(key)
    ours = SessionStore()
    ours.update({**theirs.load(), BACKEND_SESSION_KEY: BACKEND})
    ours.save()
    return ours.session_key


if __name__ == "__main__":
    print(bare_session(sys.argv[1]), end="")
