"""manage.py sync_library: mark the movies that the house owns, without waiting for the worker."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from movies.watching import library

SHOWN = 50


class Command(BaseCommand):
    help = (
        "Mark the movies that the house owns: those of the Jellyfin server (CFSITE_JELLYFIN_URL), "
        "or of a CSV file with IMDb or TMDB ids. Movies that are no longer listed lose the mark. "
        "Exit code 2: nothing was changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--csv", type=Path, metavar="FILE", help="a list of ids instead of Jellyfin"
        )

    def handle(self, **options: Any) -> None:
        path = options["csv"]
        try:
            if path:
                read = library.read_file(path.read_bytes(), path.name)
            else:
                read = library.read_jellyfin()
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}.", returncode=2) from error
        except library.LibraryError as error:
            raise CommandError(f"{error} Nothing was changed.", returncode=2) from error
        for title, why in read.unmatched[:SHOWN]:
            self.stdout.write(f"  {title}: {why}")
        if read.n_unmatched > SHOWN:
            self.stdout.write(f"  and {read.n_unmatched - SHOWN:,} more")
        self.stdout.write(
            f"{read}: {read.items.count():,} of {read.n_listed:,} movies are here,"
            f" {read.n_unmatched:,} were not matched."
        )
