import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    help = "Wait until the database answers, as it may start later than the site."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seconds", type=int, default=60, help="give up after (default 60)")
        parser.add_argument(
            "--migrated", action="store_true", help="and has all migrations of this version"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        end = time.monotonic() + options["seconds"]
        while missing := self._missing(options["migrated"]):
            if time.monotonic() >= end:
                raise CommandError(f"Gave up after {options['seconds']} seconds: {missing}")
            time.sleep(0.5)

    def _missing(self, migrated: bool) -> str:
        """What is waited for; empty if nothing."""
        try:
            connection.ensure_connection()
            if not migrated:
                return ""
            executor = MigrationExecutor(connection)
            plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        except Error as error:
            return str(error).strip().partition("\n")[0]
        finally:
            connection.close()
        return f"{len(plan)} migrations are not applied" if plan else ""
