"""Create a member and a staff account to try the site with."""

import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.models import User

ACCOUNTS = {"member": {}, "operator": {"is_staff": True, "is_superuser": True}}


class Command(BaseCommand):
    help = "Create the accounts 'member' and 'operator' with random passwords, unless they exist."

    def handle(self, **options: Any) -> None:
        path = settings.DATA_DIR / "demo-logins.txt"
        lines = [line for name in ACCOUNTS if (line := _create(name))]
        if lines:
            _append_privately(path, lines)
        if path.exists():
            self.stdout.write(f"Logins (kept in {path}):")
            self.stdout.write(path.read_text().rstrip())


def _create(name: str) -> str | None:
    """Create the account. Returns its login, or None if the name is taken."""
    if User.objects.filter(username=name).exists():
        return None
    password = secrets.token_urlsafe(9)
    User.objects.create_user(username=name, password=password, **ACCOUNTS[name])
    return f"  {name:<10} {password}"


def _append_privately(path: Path, lines: list[str]) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a") as file:
        file.writelines(f"{line}\n" for line in lines)
