"""manage.py alert: look for trouble and tell staff of it; for cron or a systemd timer."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cfsite.operations.alerts import watch
from cfsite.operations.models import Alert


class Command(BaseCommand):
    help = "Look for trouble and tell staff what is new. Exit code 1 while anything is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="print nothing")

    def handle(self, **options: Any) -> None:
        watch.look()
        alerts = list(Alert.objects.open())
        for alert in alerts:
            if not options["quiet"]:
                self.stdout.write(f"{alert}: {alert.detail}")
        if alerts:
            raise SystemExit(1)
