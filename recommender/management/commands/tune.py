"""manage.py tune: search hyperparameters, and choose which ones refits use."""

import argparse
import json
import math
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from recommender.models import HyperparameterSearch
from recommender.training import hyperparameters
from recommender.training.hyperparameter_space import RefusedValues
from recommender.tuning import lifecycle
from recommender.tuning.run import MAX_TRIALS, OptunaMissing, outcome_sentence, run_search

State = HyperparameterSearch.State
MAX_MINUTES = 7 * 24 * 60


class Command(BaseCommand):
    help = (
        "Search for better hyperparameters on the site's own ratings. Resumes a paused search. "
        "Later refits use the values if they prove better than the defaults. Needs Optuna: pip "
        "install -r requirements-tuning.txt"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--minutes",
            type=_minutes,
            help="time budget from now on (default: what a paused search has left, or "
            f"{settings.TUNE_MINUTES})",
        )
        parser.add_argument("--trials", type=_trials, help="maximum number of trials per stage")
        parser.add_argument(
            "--new", action="store_true", help="start a new search instead of resuming"
        )
        parser.add_argument(
            "--apply",
            action=argparse.BooleanOptionalAction,
            default=True,
            help="use the values found in the next refits",
        )
        parser.add_argument(
            "--use",
            metavar="NUMBER|defaults",
            help="don't search; make refits use this finished search, or the defaults",
        )
        parser.add_argument("--quiet", action="store_true", help="don't show progress on stderr")
        parser.add_argument(
            "--json", action="store_true", help="print the search as JSON on stdout"
        )

    def handle(self, **options: Any) -> None:
        if options["use"] is not None:
            self.stdout.write(_use(options["use"]))
            return
        search = self._search(options)
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(search)))
        if search.state == State.FAILED:
            raise CommandError(f"Search {search.pk} failed: {search.reason}.")
        if not options["json"]:
            self.stdout.write(_sentences(search))

    def _search(self, options: dict[str, Any]) -> HyperparameterSearch:
        try:
            return run_search(
                seconds=None if options["minutes"] is None else 60 * options["minutes"],
                new=options["new"],
                apply=options["apply"],
                max_trials=options["trials"] or MAX_TRIALS,
                show="none" if options["quiet"] else "bar" if sys.stderr.isatty() else "lines",
            )
        except (lifecycle.AlreadySearching, OptunaMissing) as error:
            raise CommandError(f"Nothing done: {error}.") from error
        except KeyboardInterrupt:
            raise CommandError("Paused. Run `manage.py tune` to continue.") from None


def _minutes(text: str) -> float:
    minutes = float(text)
    if not (math.isfinite(minutes) and 0 < minutes <= MAX_MINUTES):
        raise argparse.ArgumentTypeError(f"more than 0 and at most {MAX_MINUTES}")
    return minutes


def _trials(text: str) -> int:
    trials = int(text)
    if trials < 1:
        raise argparse.ArgumentTypeError("1 or more")
    return trials


def _use(which: str) -> str:
    if which == "defaults":
        was = hyperparameters.use_defaults()
        return (
            "Refits will use the defaults from now on."
            if was
            else "Refits already use the defaults."
        )
    search = HyperparameterSearch.objects.filter(pk=int(which) if which.isdecimal() else 0).first()
    if search is None:
        raise CommandError(f"There is no search {which}.")
    try:
        hyperparameters.use_search(search)
    except RefusedValues as error:
        raise CommandError(f"Search {search.pk} cannot be used: {error}.") from error
    return f"Refits will use search {search.pk}: {_named(search.values)}."


def _as_json(search: HyperparameterSearch) -> dict[str, Any]:
    return {
        "search": search.pk,
        "state": search.state,
        "reason": search.reason,
        "in_use": search.is_in_use,
        "seconds": round(search.spent_seconds, 1),
        "budget": search.budget_seconds,
        "trials": search.trials.count(),
        "data": search.data,
        "scores": search.scores,
        "values": search.values,
    }


def _sentences(search: HyperparameterSearch) -> str:
    lines = [f"{stage}: {outcome_sentence(result)}." for stage, result in search.scores.items()]
    lines.append(f"Search {search.pk}: {_outcome(search)}")
    return "\n".join(lines)


def _outcome(search: HyperparameterSearch) -> str:
    done = f"{search.trials.count()} trials in {search.spent_seconds:.0f} s"
    if search.state == State.PAUSED:
        return f"paused after {done} ({search.reason}); run `manage.py tune` to continue."
    if not search.values:
        return f"{done}; keeping the defaults."
    if search.is_in_use:
        return f"{done}; refits will use {_named(search.values)}."
    return f"{done}; `manage.py tune --use {search.pk}` makes refits use {_named(search.values)}."


def _named(values: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in sorted(values.items()))
