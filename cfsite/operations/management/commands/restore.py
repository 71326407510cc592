"""manage.py restore: bring a backup back."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from cfsite.operations.backups.failures import BackupFailed
from cfsite.operations.backups.restore import Restored, restore
from movies.models import Movie, Rating


class Command(BaseCommand):
    help = "Bring a backup back into an empty site. Stop the site's processes before."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "source",
            nargs="?",
            default=str(settings.BACKUP_TO),
            help="a file, or a folder or s3:// address for its newest backup"
            f" (default: {settings.BACKUP_TO})",
        )
        parser.add_argument(
            "--check", action="store_true", help="look at all of it and change nothing"
        )
        parser.add_argument("--force", action="store_true", help="replace a site that is not empty")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = restore(options["source"], force=options["force"], check=options["check"])
        except BackupFailed as failed:
            raise CommandError(str(failed)) from failed
        self._write(found, is_only_checked=options["check"])

    def _write(self, found: Restored, *, is_only_checked: bool) -> None:
        counts = (
            f"{found.rows(User)} accounts, {found.rows(Movie)} movies, {found.rows(Rating)} ratings"
        )
        self.stdout.write(
            f"{found.name}: version {found.manifest.version}, {found.manifest.made_at}, {counts}."
        )
        if is_only_checked:
            self.stdout.write("It is whole, and fits this site. Nothing was changed.")
            if found.replaces:
                self.stdout.write(f"Restoring it needs --force: here are {found.replaces}.")
        else:
            self.stdout.write("Restored. Start the site's processes, and erase again the accounts")
            self.stdout.write("that were erased since that time.")
        if found.key_differs_from_environment:
            self.stdout.write(
                self.style.WARNING(
                    "Its secret key is another than CFSITE_SECRET_KEY. Remove that variable:"
                    f" {settings.DATA_DIR}/secret_key has the right one. Otherwise everybody has to"
                    " log in again, and codes of two-step logins are lost."
                )
            )
