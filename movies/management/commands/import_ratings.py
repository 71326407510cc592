"""manage.py import_ratings: import a member's ratings from an export of another site."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from movies.models import PersonalImport
from movies.my_imports import choosing, lifecycle, reading
from movies.my_imports.missing import missing_rows
from movies.my_imports.parsing.entries import Refused
from movies.my_imports.parsing.scales import SCALES
from movies.my_imports.sources import ANY_CSV, SOURCES, any_csv

# The operator may import more than members may upload.
LIMITS = reading.Limits(max_mb=200, max_rows=1_000_000)


class Command(BaseCommand):
    help = (
        "Import a member's ratings, marks, diary and lists from another site's export. "
        "Safe to repeat. Exit code 0: done, 3: some movies were not found, 2: nothing written."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="the member's user name")
        parser.add_argument("file", help="the export as downloaded, or a CSV table")
        parser.add_argument("--source", choices=[*SOURCES, ANY_CSV], default="")
        parser.add_argument(
            "--scale", choices=list(SCALES), default="", help="rating scale of a table"
        )
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="MEANING=NAME",
            help=f"what a column of a table means: {', '.join(any_csv.MEANINGS)}",
        )
        parser.add_argument(
            "--policy", choices=PersonalImport.Policy.values, default=PersonalImport.Policy.NEWER
        )
        parser.add_argument(
            "--title-matches",
            action="store_true",
            help="also import movies found by title alone, without a year",
        )
        parser.add_argument(
            "--add-movies", action="store_true", help="add missing movies to the catalogue"
        )
        parser.add_argument("--dry-run", action="store_true", help="read and match only")
        parser.add_argument(
            "--missing", metavar="FILE", help="write rows without a match to this CSV file"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, **options: Any) -> None:
        user = get_user_model().objects.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"No member is called {options['user']!r}.", returncode=2)
        made = self._read(user, options)
        found = choosing.n_by_match(made)
        if options["missing"]:
            _write_missing(made, options["missing"])
        counts = dict(made.counts)
        if options["dry_run"]:
            made.delete()
        else:
            counts = self._import(made, options)
        report = {"source": made.source, "matches": found, "counts": counts}
        self.stdout.write(json.dumps(report) if options["json"] else _in_words(report))
        n_open = found.get("missing", 0) + found.get("ambiguous", 0)
        if n_open and not options["add_movies"]:
            raise CommandError(f"{n_open:,} rows match no movie.", returncode=3)

    def _read(self, user: Any, options: dict[str, Any]) -> PersonalImport:
        columns = _columns(options["column"]) if options["column"] else None
        choice = reading.Options(options["source"], options["scale"], columns)
        try:
            with Path(options["file"]).open("rb") as file:
                made = reading.receive(user, file, options["file"], choice, LIMITS)
        except OSError as error:
            text = f"{options['file']} cannot be read: {error.strerror}."
            raise CommandError(text, returncode=2) from error
        except Refused as error:
            raise CommandError(str(error), returncode=2) from error
        if made.state == PersonalImport.State.ASKING:
            names = ", ".join(made.table["names"])
            made.delete()
            text = f"Name the columns and the scale (--column, --scale). Columns: {names}."
            raise CommandError(text, returncode=2)
        return made

    def _import(self, made: PersonalImport, options: dict[str, Any]) -> dict[str, int]:
        lifecycle.start(
            made,
            policy=options["policy"],
            takes_title_matches=options["title_matches"],
            adds_movies=options["add_movies"],
            wakes_worker=False,
        )
        lifecycle.run(made, on_progress=_print_progress)
        made.refresh_from_db()
        if made.state != PersonalImport.State.DONE:
            text = made.reason or f"The import is {made.get_state_display()}."
            raise CommandError(f"{text} Run it again to continue from there.", returncode=1)
        return made.counts


def _columns(pairs: list[str]) -> dict[str, str]:
    columns = {}
    for pair in pairs:
        meaning, separator, name = pair.partition("=")
        if not separator or meaning not in any_csv.MEANINGS:
            known = ", ".join(any_csv.MEANINGS)
            raise CommandError(f"{pair!r} is not MEANING=NAME; meanings: {known}.", returncode=2)
        columns[meaning] = any_csv.column_of(name)
    return columns


def _write_missing(made: PersonalImport, path: str) -> None:
    try:
        with Path(path).open("w", newline="", encoding="utf-8") as file:
            file.writelines(missing_rows(made))
    except OSError as error:
        made.delete()
        raise CommandError(f"{path} cannot be written: {error.strerror}.", returncode=2) from error


def _print_progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done:,} of {total:,} rows")
        sys.stderr.flush()


def _in_words(report: dict[str, Any]) -> str:
    matches = ", ".join(f"{n:,} {match}" for match, n in sorted(report["matches"].items()))
    counts = ", ".join(f"{n:,} {what}" for what, n in sorted(report["counts"].items()))
    return f"{report['source']}: rows {matches}. {counts or 'Nothing was imported'}."
