"""manage.py import_catalogue: movies from a file of one's own."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from movies.imports.catalogue_file.changes import CataloguePlan, plan_changes, write_changes
from movies.imports.catalogue_file.reader import read_catalogue_file
from movies.imports.catalogue_file.tables import MAX_BYTES
from movies.imports.dataset import SourceError

SHOWN = 20


class Command(BaseCommand):
    help = (
        "Add movies from a CSV, JSON or XLSX file, all or none. It needs a title column; year, "
        "genres, original_title, runtime, countries, languages, description, imdb_id, tmdb_id, "
        "wikidata_id and movieId (MovieLens) are optional. "
        "Exit code 0: written or nothing to do, 2: nothing written."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--overwrite",
            action="store_true",
            help="also replace existing values that differ; blank cells never do",
        )
        parser.add_argument("--dry-run", action="store_true", help="only show what would change")

    def handle(self, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with path.open("rb") as file:
                content = file.read(MAX_BYTES + 1)
            found = read_catalogue_file(path.name, content)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.", returncode=2) from error
        except SourceError as error:
            raise CommandError(str(error), returncode=2) from error
        plan = plan_changes(found, overwrite=options["overwrite"])
        if not plan.is_possible:
            for reject in found.rejects:
                self.stderr.write(str(reject))
            raise CommandError(
                f"{found.n_rejected:,} lines can't be imported; nothing was written.", returncode=2
            )
        if options["dry_run"]:
            self._show(plan)
        else:
            write_changes(plan)
        would = "would be " if options["dry_run"] else ""
        self.stdout.write(
            f"{path.name}: {len(plan.new):,} movies {would}new, {len(plan.changed):,}"
            f" {would}changed, {plan.n_unchanged:,} unchanged."
        )
        if found.ignored_columns:
            self.stdout.write(f"Ignored columns: {', '.join(found.ignored_columns)}.")

    def _show(self, plan: CataloguePlan) -> None:
        for line in plan.new[:SHOWN]:
            self.stdout.write(f"+ {line.fields['title']} ({line.fields.get('year', '-')})")
        for changed in plan.changed[:SHOWN]:
            said = "; ".join(
                f"{change.name}: {change.before or '-'} -> {change.after}"
                for change in changed.changes
            )
            self.stdout.write(f"~ {changed.movie}: {said}")
