"""Finds the movies of the catalogue that rows of other sites are about.

Ids come first; then title and year. A wrong match is worse than none: several movies that fit are
left to the user, and so is a title without a year.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from movies.imports.movielens.titles import parse_title
from movies.models import ImportedRow, Movie
from movies.titles import article_in_front, fold

Match = ImportedRow.Match
MAX_CANDIDATES = 10

# Letters that Unicode does not take apart into a plain letter and an accent.
_ARTICLE = re.compile(
    r"^(?:the|a|an|le|la|les|l|un|une|el|los|las|il|gli|lo|der|die|das|ein|eine|den|det) (?=\S)"
)
_ALSO_KNOWN_AS = re.compile(r"\s+\(?a\.?k\.?a\.?\s+", re.IGNORECASE)


class Found(NamedTuple):
    match: str
    movie_id: int | None = None
    candidates: tuple[int, ...] = ()


class Facts(NamedTuple):
    """What is known of a movie of the catalogue besides its title."""

    year: int | None
    imdb_id: str
    tmdb_id: int | None
    movielens_id: int | None


class Wanted(NamedTuple):
    """What a row says of its movie."""

    title: str = ""
    year: int | None = None
    imdb_id: str = ""
    tmdb_id: int | None = None
    movielens_id: int | None = None
    original_title: str = ""


NOTHING = Found(Match.MISSING)


def exact_key(title: str) -> str:
    """The title without case, accents and punctuation."""
    return fold(article_in_front(title))


def loose_key(key: str) -> str:
    """The same without a leading article and without spaces: 'WALL-E' is 'Wall·E'."""
    return _ARTICLE.sub("", key).replace(" ", "")


def spellings(title: str) -> Iterator[str]:
    """The title, its parts around 'a.k.a.', and the names in parentheses after it."""
    yield title
    if "(" in title:
        parsed = parse_title(title)
        yield parsed.title
        if parsed.original_title:
            yield parsed.original_title
    if len(parts := _ALSO_KNOWN_AS.split(title)) > 1:
        yield from (part.strip("() ") for part in parts)


class Matcher:
    """The catalogue by ids and titles, as it is when the matcher is made."""

    def __init__(self) -> None:
        self._facts: dict[int, Facts] = {}
        self._by_id: dict[str, dict[object, list[int]]] = {
            "imdb_id": defaultdict(list),
            "tmdb_id": defaultdict(list),
            "movielens_id": defaultdict(list),
        }
        self._exact: dict[str, list[int]] = defaultdict(list)
        self._loose: dict[str, list[int]] = defaultdict(list)
        columns = ("pk", "merged_into", "title", "original_title", *Facts._fields)
        rows = Movie.everything.values_list(*columns).order_by("pk")
        for pk, survivor, title, original_title, *facts in rows.iterator(chunk_size=5000):
            self.add(survivor or pk, title, original_title, Facts(*facts), is_merged=bool(survivor))

    def add(
        self, pk: int, title: str, original_title: str, facts: Facts, *, is_merged: bool = False
    ) -> None:
        """is_merged: these are the title and ids of a duplicate that was merged into the movie."""
        if not is_merged:
            self._facts[pk] = facts
        for name, by_id in self._by_id.items():
            value = getattr(facts, name)
            if value and pk not in by_id[value]:
                by_id[value].append(pk)
        keys = {exact_key(one) for text in (title, original_title) for one in spellings(text)}
        for known, found in ((self._exact, keys), (self._loose, {loose_key(key) for key in keys})):
            for key in found - {""}:
                if pk not in known[key]:
                    known[key].append(pk)

    def find(self, wanted: Wanted) -> Found:
        return self._by_ids(wanted) or self._by_title(wanted) or NOTHING

    def _by_ids(self, wanted: Wanted) -> Found | None:
        for name in ("movielens_id", "imdb_id", "tmdb_id"):
            value = getattr(wanted, name)
            found = self._by_id[name].get(value, []) if value else []
            if len(found) > 1:  # MovieLens has two movies with one TMDB id
                found = self._with_title(found, wanted) or found
            if found:
                return _decide(found, Match.FOUND)
        return None

    def _with_title(self, found: list[int], wanted: Wanted) -> list[int]:
        keys = self._keys(wanted)
        return [pk for pk in found if any(pk in self._exact.get(key, ()) for key in keys)]

    @staticmethod
    def _keys(wanted: Wanted) -> list[str]:
        titles = [wanted.title, wanted.original_title]
        keys = (exact_key(one) for title in titles if title for one in spellings(title))
        return list(dict.fromkeys(filter(None, keys)))

    def _by_title(self, wanted: Wanted) -> Found | None:
        keys = self._keys(wanted)
        exact = self._with_keys(self._exact, keys, wanted)
        loose = self._with_keys(self._loose, [loose_key(key) for key in keys], wanted)
        if wanted.year is None:
            return _decide(exact, Match.TITLE) or _decide(loose, Match.TITLE)
        for alike in (exact, loose):
            if same := self._of_years(alike, wanted.year, 0):
                return _decide(same, Match.FOUND)
        if near := self._of_years(exact, wanted.year, 1):
            # Two movies of one title a year apart are as likely as a year that is off by one.
            others = self._of_years(exact, wanted.year, 2)
            return _decide(near if len(others) == len(near) else others, Match.NEAR)
        undated = [pk for pk in exact if self._facts[pk].year is None]
        return _decide(undated, Match.TITLE)

    def _with_keys(
        self, by_key: dict[str, list[int]], keys: Iterable[str], wanted: Wanted
    ) -> list[int]:
        """Movies under any of these keys whose ids do not say that they are others."""
        found = dict.fromkeys(pk for key in keys for pk in by_key.get(key, ()))
        return [pk for pk in found if not self._is_another(self._facts[pk], wanted)]

    @staticmethod
    def _is_another(facts: Facts, wanted: Wanted) -> bool:
        return any(
            known and asked and known != asked
            for known, asked in (
                (facts.imdb_id, wanted.imdb_id),
                (facts.tmdb_id, wanted.tmdb_id),
                (facts.movielens_id, wanted.movielens_id),
            )
        )

    def _of_years(self, found: list[int], year: int, off: int) -> list[int]:
        known = ((pk, self._facts[pk].year) for pk in found)
        return [pk for pk, of in known if of is not None and abs(of - year) <= off]


def _decide(found: list[int], match: str) -> Found | None:
    if not found:
        return None
    if len(found) == 1:
        return Found(match, found[0])
    return Found(Match.AMBIGUOUS, None, tuple(found[:MAX_CANDIDATES]))
