"""Finds the movies that built-in facts are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from movies.facts.movie_facts import MovieFacts
from movies.models import Movie
from movies.titles import title_key

YEARS_APART = 1  # data sets disagree by a year on when a movie came out


class Catalogue:
    """All movies by title and by IMDb id, from one query."""

    def __init__(self) -> None:
        self._by_title: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._by_imdb_id: dict[str, list[int]] = defaultdict(list)
        self._imdb_ids: dict[int, str] = {}
        rows = Movie.objects.order_by("pk").values_list("pk", "title_key", "year", "imdb_id")
        for pk, key, year, imdb_id in rows.iterator(chunk_size=2000):
            # The column holds title and original title, folded.
            for part in key.split(" / ") if year else ():
                self._by_title[part].append((pk, year))
            if imdb_id:
                self._by_imdb_id[imdb_id].append(pk)
                self._imdb_ids[pk] = imdb_id

    def find(self, facts: MovieFacts) -> int | None:
        """The only movie that fits: by IMDb id, else by title and year, else within a year."""
        if facts.imdb_id and (known := self._by_imdb_id.get(facts.imdb_id)):
            return known[0] if len(known) == 1 else None
        alike = self._alike(facts)
        for apart in range(YEARS_APART + 1):
            near = {pk for pk, years in alike.items() if years == apart}
            if near:
                return near.pop() if len(near) == 1 else None
        return None

    def _alike(self, facts: MovieFacts) -> dict[int, int]:
        """Movies of that title -> years apart; those with another IMDb id are other movies."""
        if facts.year is None:
            return {}
        keys = {title_key(title) for title in (facts.title, facts.original_title) if title}
        return {
            pk: abs(year - facts.year)
            for key in keys
            for pk, year in self._by_title.get(key, ())
            if not (facts.imdb_id and pk in self._imdb_ids)
        }


def match(facts: Iterable[MovieFacts]) -> dict[int, MovieFacts]:
    """Primary key of a movie -> its facts. A movie that two of them fit gets neither's."""
    catalogue = Catalogue()
    found: dict[int, list[MovieFacts]] = defaultdict(list)
    for one in facts:
        if pk := catalogue.find(one):
            found[pk].append(one)
    return {pk: some[0] for pk, some in sorted(found.items()) if len(some) == 1}
