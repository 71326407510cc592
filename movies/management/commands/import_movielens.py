"""manage.py import_movielens: import a MovieLens data set."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from movies.imports.console import rejects_file, run_import, summary
from movies.imports.dataset import SourceError
from movies.imports.movielens.scales import SCALES
from movies.imports.sources import MOVIELENS_NAMES, TERMS, open_source


class Command(BaseCommand):
    help = (
        "Import a MovieLens data set: a name, a zip or a folder. Safe to repeat. "
        "Exit code 0: all lines imported, 3: some rejected, 2: nothing written."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "source", help=f"a zip, a folder, or one of {', '.join(MOVIELENS_NAMES)}, demo"
        )
        parser.add_argument(
            "--strict", action="store_true", help="check every line first and import all or nothing"
        )
        parser.add_argument(
            "--name",
            default="",
            help="name of the data set, put before its raters' names (default: the folder's)",
        )
        parser.add_argument(
            "--same-set",
            action="store_true",
            help="this is the data set already imported under that name, with new ratings",
        )
        parser.add_argument(
            "--scale",
            type=int,
            choices=SCALES,
            help="the highest possible rating, if ratings aren't half stars up to 5; they are "
            "rounded to half stars",
        )
        parser.add_argument(
            "--rejects", metavar="FILE", help="write rejected lines to this CSV file"
        )
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, **options: Any) -> None:
        try:
            data_set = open_source(
                options["source"], settings.DATA_DIR / "datasets", options["scale"]
            )
        except SourceError as error:
            raise CommandError(str(error), returncode=2) from error
        with rejects_file(options["rejects"]) as on_reject:
            report = run_import(
                data_set,
                name=options["name"],
                is_same=options["same_set"],
                strict=options["strict"],
                on_reject=on_reject,
            )
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json()))
        else:
            self.stdout.write(summary(report))
            if options["source"] in MOVIELENS_NAMES:
                self.stdout.write(TERMS)
        if report.exit_code:
            raise CommandError(
                f"{report.rejected:,} lines were rejected.", returncode=report.exit_code
            )
