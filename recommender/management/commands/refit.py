"""manage.py refit: learn all factors now, in the foreground."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recommender.models import TrainingRun
from recommender.training import refit
from recommender.training.run_lock import AlreadyRunning


class Command(BaseCommand):
    help = "Learn the factors of users and movies from all ratings and serve them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, help="of the random start (default: drawn)")
        parser.add_argument(
            "--if-needed", action="store_true", help="do nothing when a model is already serving"
        )
        parser.add_argument(
            "--force", action="store_true", help="serve the result even if the gate refuses it"
        )
        parser.add_argument("--quiet", action="store_true", help="no progress on stderr")
        parser.add_argument("--json", action="store_true", help="the run as JSON on stdout")

    def handle(self, **options: Any) -> None:
        if options["if_needed"] and TrainingRun.objects.active():
            self._say("A model is already serving.", options)
            return
        try:
            run = refit.refit(
                seed=options["seed"],
                force=options["force"],
                progress="none" if options["quiet"] else "bar" if sys.stderr.isatty() else "lines",
            )
        except AlreadyRunning as error:
            raise CommandError(f"Nothing done: {error}.") from error
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(run)))
        if run.state != TrainingRun.State.READY:
            raise CommandError(f"Run {run.pk} was {run.state}: {run.reason}")
        self._say(_sentence(run), options)

    def _say(self, sentence: str, options: dict[str, Any]) -> None:
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
    sentence = f"Run {run.pk} serves: learned from {run.data['ratings']:,} ratings"
    if metrics.get("rmse") is None:
        return f"{sentence}; too few to hold some out and measure."
    return (
        f"{sentence}; RMSE {metrics['rmse']:.4f} on {metrics['n_held_out']:,} held out "
        f"(biases alone {metrics['bias_rmse']:.4f})."
    )
