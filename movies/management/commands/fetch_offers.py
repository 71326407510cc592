"""manage.py fetch_offers: ask TMDB where movies can be watched, without waiting for the worker."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from movies.watching.offers import erase_expired, fetch_due


class Command(BaseCommand):
    help = "Ask TMDB where movies can be watched (needs CFSITE_TMDB_KEY)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--limit", type=int, default=100_000, help="movies at most (default 100000)"
        )

    def handle(self, **options: Any) -> None:
        erase_expired()
        done = fetch_due(max(0, options["limit"]), seconds=float("inf"))
        self.stdout.write(
            f"{done.fetched:,} movies asked for, {done.changed:,} of them changed,"
            f" {done.unknown:,} unknown there, {done.failed:,} failed."
        )
        if done.stopped:
            raise CommandError(f"Stopped: {done.stopped}", returncode=1 if done.fetched else 2)
