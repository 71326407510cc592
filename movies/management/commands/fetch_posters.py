"""`manage.py fetch_posters`: fetch posters from TMDB without waiting for the worker."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from movies.posters.tmdb_fetch import fetch_due


class Command(BaseCommand):
    help = "Fetch posters from TMDB for movies without an uploaded poster (needs CFSITE_TMDB_KEY)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--limit", type=int, default=500, help="maximum number of movies (default: 500)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        done = fetch_due(max(0, options["limit"]), seconds=float("inf"))
        self.stdout.write(
            f"{done.fetched} posters fetched, {done.failed} unavailable (see TMDB posters in the"
            f" admin), {done.dropped} removed after half a year"
        )
        if done.stopped:
            raise CommandError(f"Stopped: {done.stopped}")
