"""Create the accounts to try the demo with."""

import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from accounts.models import User
from movies.imports.demo.member import add_history

MEMBER, NEWCOMER, OPERATOR = "member", "newcomer", "operator"
ACCOUNTS: dict[str, dict[str, bool]] = {
    MEMBER: {},
    NEWCOMER: {},
    OPERATOR: {"is_staff": True, "is_superuser": True},
}


class Command(BaseCommand):
    help = (
        "Create the accounts of the demo, once: 'member' with ratings, a diary and a watchlist, "
        "'newcomer' without, and 'operator'. On a site with other accounts nothing is created."
    )

    def handle(self, **options: Any) -> None:
        path = settings.DATA_DIR / "demo-logins.txt"
        missing = set(ACCOUNTS) - set(User.objects.values_list("username", flat=True))
        if missing and not _is_demo(path):
            self.stdout.write("This site has accounts of its own; none were created.")
            return
        for name in ACCOUNTS:
            if name in missing:
                _create(name, path)
        if path.exists():
            self.stdout.write(f"The logins are in {path}.")


def _is_demo(path: Path) -> bool:
    """Does the site have no accounts but those that came with data, or does a demo login work?"""
    passwords = _logins(path)
    known = User.objects.filter(username__in=passwords)
    if any(user.check_password(passwords[user.username]) for user in known):
        return True
    return not User.objects.filter(is_dataset_member=False).exists()


def _logins(path: Path) -> dict[str, str]:
    """Passwords by user name; the last line of a name counts."""
    lines = path.read_text().splitlines() if path.exists() else []
    return dict(line.split() for line in lines if len(line.split()) == 2)


@transaction.atomic
def _create(name: str, path: Path) -> None:
    password = secrets.token_urlsafe(9)
    user = User.objects.create_user(username=name, password=password, **ACCOUNTS[name])
    if name == MEMBER:
        add_history(user)
    # Written before the account is committed: one whose password is lost would be of no use.
    _append_privately(path, f"{name:<10} {password}\n")


def _append_privately(path: Path, line: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a") as file:
        file.write(line)
