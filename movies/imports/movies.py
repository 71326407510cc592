"""Imports the movies of a data set: finds them in the catalogue or adds them.

Existing movies keep their data; only blank fields are filled in.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeAlias

from django.utils.text import slugify

from cfsite.lib.transactions import in_transaction
from movies.facts.provenance import source_of
from movies.imports.dataset import MovieLine
from movies.imports.movie_rows import insert_genres, insert_movies
from movies.models import FactSource, Genre, Movie
from movies.titles import fold, title_key

CHUNK = 2000
_FILLED = ("movielens_id", "catalogue_key", "year", "original_title", "imdb_id", "tmdb_id")

# Title key and year, to match movies of catalogues that share no number.
_TitleAndYear: TypeAlias = tuple[str, int]


class MovieImport:
    """Imports movies in chunks, and returns the row of each number."""

    def __init__(self, counts: Counter[str]) -> None:
        self._counts = counts
        self._genre_pks: dict[str, int] = {}
        self._keyless: dict[str, dict[_TitleAndYear, list[int]]] = {}

    def run(
        self, movies: Iterable[MovieLine], after_chunk: Callable[[], None] = lambda: None
    ) -> dict[int, int]:
        """Returns number in the data set -> primary key."""
        pks: dict[int, int] = {}
        remaining = iter(movies)
        while chunk := list(islice(remaining, CHUNK)):
            added, counts = in_transaction(lambda lines=chunk: self._write(lines))
            pks.update(added)
            self._counts.update(counts)
            after_chunk()
        return pks

    def _write(self, lines: list[MovieLine]) -> tuple[dict[int, int], Counter[str]]:
        found = self._find(lines)
        counts = Counter(movies_new=len(lines) - len(found))
        completed = {
            movie.pk
            for line in lines
            if (movie := found.get(line.number)) and _fill_blanks(movie, line)
        }
        old = {number: movie.pk for number, movie in found.items()}
        new = _add([line for line in lines if line.number not in found])
        self._load_genres({name for line in lines for name in line.genres})
        insert_genres(self._links(lines, new))
        completed |= self._add_genres(lines, old)
        counts["movies_completed"] = len(completed)
        counts["movies_unchanged"] = len(found) - len(completed)
        return old | new, counts

    def _find(self, lines: list[MovieLine]) -> dict[int, Movie]:
        """The existing rows of these lines: by key, else the only keyless one that looks alike."""
        field = _key_field(lines)
        by_key = {getattr(line, field): line.number for line in lines}
        movies = Movie.objects.select_for_update()
        found = {
            by_key[getattr(movie, field)]: movie
            for movie in movies.filter(**{f"{field}__in": by_key}).order_by("pk")
        }
        adopted: dict[int, int] = {}
        for line in lines:
            if line.number not in found and (pk := self._find_keyless(field, line)):
                adopted.setdefault(pk, line.number)
        still_keyless = movies.filter(pk__in=adopted, **{f"{field}__isnull": True}).order_by("pk")
        found.update((adopted[movie.pk], movie) for movie in still_keyless)
        return found

    def _find_keyless(self, field: str, line: MovieLine) -> int | None:
        """The only movie without such a key that has this title and year; None if there are two."""
        if line.year is None:
            return None
        if field not in self._keyless:
            self._keyless[field] = _keyless(field)
        if not self._keyless[field]:
            return None
        alike = self._keyless[field].get((title_key(line.title), line.year), [])
        return alike[0] if len(alike) == 1 else None

    def _add_genres(self, lines: list[MovieLine], movies: dict[int, int]) -> set[int]:
        """Add genres to stored movies without any. Returns the ids of those movies."""
        through = Movie.genres.through
        rows = through.objects.filter(movie__in=movies.values())
        have = set(rows.values_list("movie_id", flat=True))
        bare = {number: pk for number, pk in movies.items() if pk not in have}
        links = self._links(lines, bare)
        through.objects.bulk_create(
            (through(movie_id=movie_id, genre_id=genre_id) for movie_id, genre_id in links),
            ignore_conflicts=True,
        )
        return {movie_id for movie_id, _genre_id in links}

    def _links(self, lines: list[MovieLine], movies: dict[int, int]) -> list[tuple[int, int]]:
        """Primary keys of a movie and a genre, each pair once."""
        return sorted(
            {
                (movies[line.number], self._genre_pks[name])
                for line in lines
                for name in line.genres
                if line.number in movies and name in self._genre_pks
            }
        )

    def _load_genres(self, names: set[str]) -> None:
        """Find genres by slug ('Sci Fi' is 'Sci-Fi') and create missing ones."""
        slugs = {name: slugify(name, allow_unicode=True) for name in names}
        wanted = {slug: name for name, slug in sorted(slugs.items()) if slug}
        known = Genre.objects.filter(slug__in=wanted)
        missing = set(wanted) - set(known.values_list("slug", flat=True))
        Genre.objects.bulk_create(
            (Genre(name=wanted[slug], slug=slug) for slug in sorted(missing)),
            ignore_conflicts=True,
        )
        pks = dict(known.values_list("slug", "pk"))
        self._genre_pks = {name: pks[slug] for name, slug in slugs.items() if slug in pks}


def _keyless(field: str) -> dict[_TitleAndYear, list[int]]:
    """The movies without a key of this kind, by title and year."""
    alike: dict[_TitleAndYear, list[int]] = defaultdict(list)
    movies = Movie.objects.filter(**{f"{field}__isnull": True, "year__isnull": False})
    for pk, title, year in _in_chunks(movies.values_list("pk", "title", "year")):
        alike[title_key(title), year].append(pk)
    return alike


def _in_chunks(rows: object) -> Iterator[tuple[int, str, int]]:
    return rows.iterator(chunk_size=2000)  # type: ignore[attr-defined]


def _key_field(lines: list[MovieLine]) -> str:
    """The field of Movie that identifies the movies of this data set."""
    return "movielens_id" if lines[0].movielens_id is not None else "catalogue_key"


def _add(lines: list[MovieLine]) -> dict[int, int]:
    """Add movies. Returns number in the data set -> primary key."""
    if not lines:
        return {}
    insert_movies(lines)
    field = _key_field(lines)
    numbers = {getattr(line, field): line.number for line in lines}
    rows = Movie.objects.filter(**{f"{field}__in": numbers}).values_list(field, "pk")
    return {numbers[key]: pk for key, pk in rows}


def _fill_blanks(movie: Movie, line: MovieLine) -> bool:
    """Fill in blank fields. Returns whether there were any."""
    blanks = {
        name: value
        for name in _FILLED
        if getattr(movie, name) in (None, "")
        and (value := getattr(line, name)) not in (None, "")
        and source_of(movie, name) != FactSource.OPERATOR  # who left it blank on purpose
    }
    if fold(blanks.get("original_title", "")) == fold(movie.title):
        blanks.pop("original_title", None)
    if not blanks:
        return False
    for name, value in blanks.items():
        setattr(movie, name, value)
    movie.save(update_fields=[*blanks, "title_key"])
    return True
