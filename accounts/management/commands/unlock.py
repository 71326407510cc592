"""manage.py unlock: let people log in again who ran into the limit of attempts."""

import ipaddress
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.login.attempts import unlock_account, unlock_address


class Command(BaseCommand):
    help = "Forget failed attempts to log in, for a user name, email address or IP address."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "who", nargs="+", help="user names, email addresses or IP addresses, in any order"
        )

    def handle(self, **options: Any) -> None:
        unknown = [who for who in options["who"] if not self._unlock(who.strip())]
        if unknown:
            raise CommandError(f"No account has the name or address {', '.join(unknown)}.")

    def _unlock(self, who: str) -> bool:
        if _is_ip_address(who):
            unlock_address(who)
            self.stdout.write(f"{who} can try again.")
            return True
        user = unlock_account(who)
        if user is not None:
            self.stdout.write(f"{user.get_username()} can log in again.")
        return user is not None


def _is_ip_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
