"""manage.py pause_refits: no refit starts by itself."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from recommender.model_room import control


class Command(BaseCommand):
    help = "Start no refits by themselves. Requested ones and `refit` still run."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--end", action="store_true", help="end the pause")

    def handle(self, **options: Any) -> None:
        if options["end"]:
            control.resume()
            self.stdout.write("Refits start by themselves again.")
        else:
            control.pause()
            self.stdout.write("Refits are paused. `manage.py pause_refits --end` ends this.")
