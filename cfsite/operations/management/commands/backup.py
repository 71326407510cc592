"""manage.py backup: database, uploaded pictures and secret key into one verified file."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.defaultfilters import filesizeformat

from cfsite.operations.backups.backup import back_up
from cfsite.operations.backups.failures import BackupFailed


class Command(BaseCommand):
    help = (
        "Back up database, uploaded pictures and secret key into one file, and read it back. The"
        " site may run, refit and import meanwhile."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--to",
            metavar="PLACE",
            help="a folder or s3://bucket/prefix; there no old backups are deleted"
            f" (default: {settings.BACKUP_TO}, with the newest {settings.BACKUP_KEEP})",
        )
        parser.add_argument("--json", action="store_true", help="print a JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = back_up(options["to"])
        except BackupFailed as failed:
            raise CommandError(f"No backup was made. {failed}") from failed
        if options["json"]:
            self.stdout.write(
                json.dumps({"name": made.name, "place": made.place, "bytes": made.size})
            )
        else:
            size = filesizeformat(made.size).replace("\xa0", " ")
            self.stdout.write(f"{made.place}/{made.name} ({size}), read back and compared.")
