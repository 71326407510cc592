"""manage.py evaluate: measure the model and the baselines."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recommender.accuracy import datasets, evaluate
from recommender.accuracy.datasets import NothingToEvaluate
from recommender.accuracy.evaluate import DEFAULT_PROTOCOL, AlreadyEvaluating
from recommender.accuracy.report import as_json, as_text
from recommender.core.evaluation.splits import PROTOCOLS


class Command(BaseCommand):
    help = (
        "Measure the model and the baselines on held-out ratings and store the result. Uses the "
        "hyperparameters of the active run and leaves that run unchanged."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--site", action="store_true", help="evaluate the site's ratings (default)"
        )
        parser.add_argument(
            "--data",
            metavar="PATH|NAME",
            help="evaluate a MovieLens data set: name, zip or folder",
        )
        parser.add_argument(
            "--protocol",
            default=DEFAULT_PROTOCOL,
            help=f"{', '.join(PROTOCOLS)} (default {DEFAULT_PROTOCOL}; 5fold and u1-u5, the five "
            "parts of ml-100k, are optimistic)",
        )
        parser.add_argument(
            "--peers",
            action="store_true",
            help="include item neighbours, EASE and SLIM, which take time and memory",
        )
        parser.add_argument(
            "--left-out",
            type=int,
            default=0,
            metavar="N",
            help="measure the cost of being left out of the fit on everybody, N people at a "
            "time, with one fit per group (default: on the new users only, without another "
            "fit)",
        )
        parser.add_argument("--seed", type=int, default=0, help="random seed (default 0)")
        parser.add_argument("--quiet", action="store_true", help="don't show progress on stderr")
        parser.add_argument(
            "--json", action="store_true", help="print the result as JSON on stdout"
        )

    def handle(self, **options: Any) -> None:
        protocol = options["protocol"]
        if protocol not in PROTOCOLS:
            raise CommandError(
                f"There is no protocol {protocol!r}. Choose from {', '.join(PROTOCOLS)}."
            )
        if options["site"] and options["data"]:
            raise CommandError("Use either --site or --data, not both.")
        if options["left_out"] < 0:
            raise CommandError("--left-out must be a number of people.")
        try:
            source = datasets.data_set(options["data"]) if options["data"] else datasets.site()
            evaluation = evaluate.evaluate(
                source,
                protocol,
                peers=options["peers"],
                left_out_at_a_time=options["left_out"],
                seed=options["seed"],
                progress="none" if options["quiet"] else "bar" if sys.stderr.isatty() else "lines",
            )
        except (NothingToEvaluate, AlreadyEvaluating) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            json.dumps(as_json(evaluation)) if options["json"] else as_text(evaluation)
        )
