"""manage.py refit: refit the model now, in the foreground."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from recommender.models import TrainingRun
from recommender.training import refit
from recommender.training.fit_engine import NAMES
from recommender.training.run_lock import AlreadyRunning


class Command(BaseCommand):
    help = "Fit the factors of users and movies to all ratings and activate them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, help="random seed (default: a random one)")
        parser.add_argument(
            "--if-needed", action="store_true", help="do nothing if there is an active run"
        )
        parser.add_argument(
            "--force", action="store_true", help="activate the run even if the gate rejects it"
        )
        parser.add_argument(
            "--engine",
            choices=NAMES,
            help="fit in this process or on a Dask cluster (default: CFSITE_FIT_ENGINE)",
        )
        parser.add_argument("--quiet", action="store_true", help="don't show progress on stderr")
        parser.add_argument("--json", action="store_true", help="print the run as JSON on stdout")

    def handle(self, **options: Any) -> None:
        if options["if_needed"] and TrainingRun.objects.active():
            self._print("A model is already live.", options)
            return
        try:
            run = refit.refit(
                seed=options["seed"],
                force=options["force"],
                engine=options["engine"],
                progress="none" if options["quiet"] else "bar" if sys.stderr.isatty() else "lines",
            )
        except AlreadyRunning as error:
            raise CommandError(f"Nothing done: {error}.") from error
        except DatabaseError as error:  # not even the end of the run could be stored
            raise CommandError(
                f"The database takes nothing: {error}. The run that was live stays live."
            ) from error
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(run)))
        if run.state != TrainingRun.State.READY:
            raise CommandError(f"Run {run.pk} was {run.state}: {run.reason}")
        self._print(_sentence(run), options)

    def _print(self, sentence: str, options: dict[str, Any]) -> None:
        if not options["json"]:
            self.stdout.write(sentence)


def _as_json(run: TrainingRun) -> dict[str, Any]:
    return {
        "run": run.pk,
        "state": run.state,
        "reason": run.reason,
        "seed": run.seed,
        "data": run.data,
        "metrics": run.metrics,
        "curve": run.curve,
    }


def _sentence(run: TrainingRun) -> str:
    metrics = run.metrics
    sentence = f"Run {run.pk} is live: it learned from {run.data['ratings']:,} ratings"
    if metrics.get("rmse") is None:
        return f"{sentence}; too few to hold any out for a test."
    return (
        f"{sentence}; RMSE {metrics['rmse']:.4f} on {metrics['n_held_out']:,} held out "
        f"(biases alone {metrics['bias_rmse']:.4f})."
    )
