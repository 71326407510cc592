"""manage.py export_movielens: write the site's ratings as a MovieLens data set."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from movies.imports.dataset import SourceError
from movies.imports.movielens.writer import Written, write_data_set

SECONDS_BETWEEN_LINES = 5.0


class Command(BaseCommand):
    help = (
        "Write movies.csv, links.csv and ratings.csv in the format import_movielens reads. Raters "
        "get random numbers; inactive accounts and people who opted out of training are left out. "
        "Ratings with their times can still identify people, so don't publish the files."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("target", type=Path, help="a new folder, or a zip file (NAME.zip)")
        parser.add_argument(
            "--with-data-sets",
            action="store_true",
            help="include raters of imported data sets, whose terms may forbid sharing them",
        )

    def handle(self, **options: Any) -> None:
        self._told = time.monotonic()
        try:
            written = write_data_set(
                options["target"].absolute(),
                with_data_sets=options["with_data_sets"],
                on_progress=self._tell,
            )
        except SourceError as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(
            f"{options['target']}: {written.ratings:,} ratings of {written.raters:,} people,"
            f" {written.movies:,} movies."
        )

    def _tell(self, written: Written) -> None:
        if time.monotonic() - self._told > SECONDS_BETWEEN_LINES:
            self._told = time.monotonic()
            self.stderr.write(f"{written.ratings:,} ratings written")
