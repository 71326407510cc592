"""manage.py rollback: serve an earlier run, and keep to it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recommender.model_room import control
from recommender.models import TrainingRun


class Command(BaseCommand):
    help = (
        "Serve the previous run, or the one with the given number, until `unpin`. "
        "Refits go on, and wait."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", nargs="?", type=int, help="number of the run to serve")

    def handle(self, **options: Any) -> None:
        run = _named(options["run"]) if options["run"] is not None else control.previous()
        if run is None:
            raise CommandError("No earlier run with stored factors is left.")
        try:
            is_pinned = control.serve(run)
        except control.NotPossible as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Run {run.pk} is now live.")
        if is_pinned:
            self.stdout.write("It stays live until `manage.py unpin`; new runs wait.")


def _named(number: int) -> TrainingRun:
    try:
        return TrainingRun.objects.get(pk=number)
    except TrainingRun.DoesNotExist as error:
        raise CommandError(f"There is no run {number}.") from error
