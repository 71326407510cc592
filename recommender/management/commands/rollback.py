"""manage.py rollback: activate an earlier run."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recommender import store
from recommender.models import TrainingRun
from recommender.training import refit


class Command(BaseCommand):
    help = "Activate the previous run, or the one with the given number."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", nargs="?", type=int, help="number of the run to activate")

    def handle(self, **options: Any) -> None:
        run = _named(options["run"]) if options["run"] is not None else _previous()
        try:
            refit.activate(run)
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Run {run.pk} is now live.")


def _named(number: int) -> TrainingRun:
    try:
        return TrainingRun.objects.get(pk=number)
    except TrainingRun.DoesNotExist as error:
        raise CommandError(f"There is no run {number}.") from error


def _previous() -> TrainingRun:
    active = TrainingRun.objects.active()
    ready = TrainingRun.objects.filter(state=TrainingRun.State.READY)
    earlier = ready.filter(pk__lt=active.pk) if active else ready
    run = store.with_rows(earlier).newest_first().first()
    if run is None:
        raise CommandError("No earlier run with stored factors is left.")
    return run
