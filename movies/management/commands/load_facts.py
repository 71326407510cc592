"""manage.py load_facts: fill in the facts of movies without waiting for the worker."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from movies.facts.built_in import loading as built_in_facts
from movies.facts.erasing import erase_expired, give_back
from movies.facts.fetching import FetchResult, fetch_due, statuses
from movies.facts.from_dump import load_dump
from movies.facts.provenance import ALL
from movies.facts.sources import SOURCES
from movies.facts.wikidata.dump import DumpError
from movies.models import FactSource, Movie

BUILT_IN = FactSource.BUILT_IN.value


class Command(BaseCommand):
    help = (
        "Fill in the facts of movies: from the files that come with cfsite (the default), from "
        "Wikidata or from TMDB. Safe to repeat, and to interrupt. Exit code 0: done, 1: stopped "
        "early, 2: nothing was written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--source", choices=[BUILT_IN, *SOURCES], default=BUILT_IN)
        parser.add_argument(
            "--limit", type=int, default=100_000, help="movies at most (default 100000)"
        )
        parser.add_argument(
            "--wikidata-dump",
            type=Path,
            metavar="FILE",
            help="a dump of Wikidata (.json, .json.gz, .json.bz2) instead of its query service",
        )
        parser.add_argument(
            "--give-back",
            nargs="+",
            metavar=("MOVIE", "FACT"),
            help="let sources fill in again what was typed in the admin: the movie's number and"
            f" any of {', '.join(ALL)}",
        )
        parser.add_argument(
            "--status", action="store_true", help="only tell how far each source is"
        )

    def handle(self, **options: Any) -> None:
        if options["status"]:
            self._tell_status()
        elif options["give_back"]:
            self._give_back(*options["give_back"])
        elif options["wikidata_dump"]:
            self._load_dump(options["wikidata_dump"])
        elif options["source"] == BUILT_IN:
            counts = built_in_facts.load()
            self.stdout.write(
                f"Built-in facts of {counts['movies']:,} movies, {counts['changed']:,} of them new"
                " or changed."
            )
        else:
            self._fetch(options["source"], max(0, options["limit"]))

    def _fetch(self, name: str, limit: int) -> None:
        if erased := erase_expired():
            self.stdout.write(f"Facts from TMDB of {erased:,} movies were too old and are erased.")
        source = SOURCES[name]
        result = fetch_due(source, limit, float("inf"), self._show_result)
        _end_line()
        self.stdout.write(
            f"{source.site.name}: {result.fetched:,} movies fetched, {result.changed:,} of them"
            f" changed, {result.unknown:,} unknown there, {result.failed:,} failed."
        )
        if result.stopped:
            # Nothing was asked, or the rest was not.
            raise CommandError(f"Stopped: {result.stopped}", returncode=1 if result.done else 2)

    def _load_dump(self, path: Path) -> None:
        try:
            counts = load_dump(path, lambda share: _show(f"{100 * share:.1f} % read"))
        except DumpError as error:
            raise CommandError(f"{error}. Nothing was written.", returncode=2) from error
        _end_line()
        self.stdout.write(
            f"Wikidata's facts of {counts['movies']:,} movies, {counts['changed']:,} of them new or"
            " changed."
        )

    def _show_result(self, result: FetchResult) -> None:
        _show(f"{result.done:,} of {result.due:,} movies, {result.failed:,} failed")

    def _give_back(self, movie: str, *names: str) -> None:
        unknown = sorted(set(names) - set(ALL))
        if unknown or not names:
            told = f"There is no fact {', '.join(unknown)}" if unknown else "Name the facts"
            raise CommandError(f"{told}: {', '.join(ALL)}.", returncode=2)
        if not (movie.isascii() and movie.isdigit() and Movie.objects.filter(pk=movie).exists()):
            raise CommandError(f"There is no movie {movie!r}.", returncode=2)
        done = give_back(int(movie), names)
        self.stdout.write("Given back." if done else "None of these was typed in the admin.")

    def _tell_status(self) -> None:
        for name, status in statuses().items():
            paused = f" ({status.paused})" if status.paused else ""
            self.stdout.write(
                f"{name}: {status.fetched:,} of {status.askable:,} movies fetched,"
                f" {status.due:,} due, {status.problems:,} with a problem{paused}"
            )


def _show(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{text}\033[K")
        sys.stderr.flush()


def _end_line() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\n")
