"""Gives the movies of the catalogue the facts of a dump of Wikidata."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from cfsite.lib.transactions import in_transaction
from movies.facts.fetching import record_fetched
from movies.facts.movie_facts import MovieFacts
from movies.facts.sources import SOURCES
from movies.facts.wikidata.dump import Progress, read_dump
from movies.facts.writing import BATCH, write_batch
from movies.models import FactSource


def load_dump(path: Path, on_progress: Progress = lambda share: None) -> Counter[str]:
    """Safe to repeat, also after it was killed.

    Raises:
        DumpError: the file cannot be read to its end; nothing was written.
    """
    wikidata, counts = SOURCES[FactSource.WIKIDATA], Counter[str]()
    facts = _by_movie(path, on_progress)
    while batch := dict(islice(facts, BATCH)):

        def write(batch: dict[int, MovieFacts] = batch) -> Counter[str]:
            counts = write_batch(FactSource.WIKIDATA, batch)
            record_fetched(wikidata, list(batch))
            return counts

        counts += in_transaction(write)
    return counts


def _by_movie(path: Path, on_progress: Progress) -> Iterator[tuple[int, MovieFacts]]:
    movies: dict[str, list[int]] = defaultdict(list)
    rows = SOURCES[FactSource.WIKIDATA].askable().order_by("pk").values_list("imdb_id", "pk")
    for imdb_id, pk in rows.iterator(chunk_size=2000):
        movies[imdb_id].append(pk)
    for facts in read_dump(path, movies.keys(), on_progress):
        # Of two items with one IMDb id, the first has it.
        for pk in movies.pop(facts.imdb_id, ()):
            yield pk, facts
