import json
from dataclasses import asdict
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from cfsite.operations.doctor import ERROR, OK, WARNING, Finding, examine

MARKS = {OK: "ok     ", WARNING: "warning", ERROR: "ERROR  "}


class Command(BaseCommand):
    help = "Look at the whole installation: what is wrong, and what to do. Ends with 1 on errors."
    requires_system_checks = []  # they are part of it

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print a JSON object")
        parser.add_argument("--mail-to", default="", metavar="ADDRESS", help="send a mail there")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["mail_to"]:
            try:
                validate_email(options["mail_to"])
            except ValidationError as error:
                raise CommandError("--mail-to is not a mail address.") from error
        found = examine(options["mail_to"])
        errors = sum(finding.status == ERROR for finding in found)
        if options["json"]:
            report = {"ok": not errors, "findings": [asdict(finding) for finding in found]}
            self.stdout.write(json.dumps(report, indent=2))
        else:
            self._write(found)
        if errors:
            raise SystemExit(1)

    def _write(self, found: list[Finding]) -> None:
        styles = {OK: str, WARNING: self.style.WARNING, ERROR: self.style.ERROR}
        for finding in found:
            line = f"{MARKS[finding.status]}  {finding.topic}: {finding.message}"
            self.stdout.write(styles[finding.status](line))
            if finding.fix and finding.status != OK:
                self.stdout.write(f"         {finding.fix}")
        counts = {status: sum(one.status == status for one in found) for status in MARKS}
        said = [f"{counts[each]} {each}{'s' * (counts[each] != 1)}" for each in (ERROR, WARNING)]
        self.stdout.write(f"{', '.join(said)}.")
