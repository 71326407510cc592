"""A Letterboxd export made of a catalogue, spelled as other sites spell titles.

Every row knows its movie, so that wrong matches can be counted.
"""

from __future__ import annotations

import csv
import io
import random
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from cfsite.lib.text import one_line
from movies.models import Movie
from movies.my_imports.matching import exact_key, loose_key
from tests.movies.my_imports import exports

ABSENT = 0.03  # share of films that the catalogue lacks


class Film(NamedTuple):
    title: str
    year: int
    movie_id: int | None  # None: not in the catalogue


class Export(NamedTuple):
    films: list[Film]
    zip: io.BytesIO


def letterboxd(movies: Sequence[Movie], n: int, seed: int = 1) -> Export:
    """`n` rated films; two thirds are in watched.csv too, a fifth in the diary."""
    rng = random.Random(seed)
    years = _years_by_title(movies)
    chosen = rng.sample(list(movies), n - round(ABSENT * n))
    films = [_spelled(movie, years, rng) for movie in chosen]
    while len(films) < n:
        films.append(_absent(rng.choice(movies), years, rng, len(films)))
    rng.shuffle(films)
    return Export(films, exports.zip_file(_files(films, rng)))


def _years_by_title(movies: Iterable[Movie]) -> dict[str, set[int]]:
    years: dict[str, set[int]] = {}
    for movie in movies:
        for title in (movie.title, movie.original_title):
            years.setdefault(loose_key(exact_key(title)), set()).add(movie.year)
    return years


def _spelled(movie: Movie, years: dict[str, set[int]], rng: random.Random) -> Film:
    change = rng.choices(list(CHANGES), weights=list(CHANGES.values()))[0]
    title = change(movie.title, movie.original_title) or movie.title
    year = movie.year
    # A festival a year before the release; not where another film of that title is as near.
    others = years[loose_key(exact_key(movie.title))] - {year}
    if rng.random() < 0.03 and not any(abs(other - year) < 4 for other in others):
        year += rng.choice((-1, 1))
    return Film(title, year, movie.pk)


def _absent(movie: Movie, years: dict[str, set[int]], rng: random.Random, n: int) -> Film:
    """A sequel that nobody made, a remake of another year, or a film under part of the title."""
    words = movie.title.split()
    title = rng.choice([f"{movie.title} {n}", movie.title, " ".join(words[:-1]) or f"No {n}"])
    known = years.get(loose_key(exact_key(title)), set())
    year = rng.randint(1920, 2026)
    while any(abs(year - other) < 3 for other in known):
        year = rng.randint(1920, 2026)
    return Film(title, year, None)


def _without_accents(title: str, _original: str) -> str:
    parts = unicodedata.normalize("NFKD", title)
    return "".join(char for char in parts if not unicodedata.combining(char))


def _article_behind(title: str, _original: str) -> str:
    return re.sub(r"^(The|A|An|Le|La|Les|Der|Die|Das) (.+)$", r"\2, \1", title)


Change = Callable[[str, str], str]
CHANGES: dict[Change, float] = {
    lambda title, _original: title: 60,
    _without_accents: 6,
    _article_behind: 6,
    lambda title, _original: re.sub(r"^(The|A|An) ", "", title): 3,
    lambda title, _original: title.replace(" and ", " & ").replace(" And ", " & "): 4,
    lambda title, _original: title.replace("'", "’").replace(" - ", ": "): 4,
    lambda title, _original: title.replace("'", "").replace("-", " "): 4,
    lambda title, _original: title.upper(): 2,
    lambda title, _original: f"  {title.replace(' ', '  ')} ": 2,
    lambda title, original: f"{title} ({original})" if original else title: 3,
    lambda title, original: f"{title} a.k.a. {original}" if original else title: 2,
    lambda _title, original: original: 2,
    lambda title, _original: title.replace("ss", "ß").replace("ae", "æ").replace("oe", "œ"): 2,
}


def _files(films: list[Film], rng: random.Random) -> dict[str, str]:
    rows = [(f"20{rng.randint(10, 25)}-0{rng.randint(1, 9)}-15", film) for film in films]
    stars = ["0.5", "1", "1.5", "2", "2.5", "3", "3.5", "4", "4.5", "5"]
    shared = ["Date", "Name", "Year", "Letterboxd URI"]
    return {
        "ratings.csv": _table(
            [*shared, "Rating"],
            ([day, film.title, film.year, "u", rng.choice(stars)] for day, film in rows),
        ),
        "watched.csv": _table(
            shared,
            ([day, film.title, film.year, "u"] for day, film in rows[: len(rows) * 2 // 3]),
        ),
        "diary.csv": _table(
            [*shared, "Rating", "Rewatch", "Tags", "Watched Date"],
            ([day, film.title, film.year, "u", "", "", "", day] for day, film in rows[::5]),
        ),
    }


def _table(header: list[str], rows: Iterable[list]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue()


def counted(export: Export, made: dict[tuple[str, int], int | None]) -> tuple[float, int]:
    """Share of the catalogue's films that were found, and the number of wrong matches.

    `made` has the movie by title and year as the export writes them.
    """
    known = [film for film in export.films if film.movie_id is not None]
    matched = {film: made.get((one_line(film.title), film.year)) for film in export.films}
    found = sum(matched[film] == film.movie_id for film in known)
    wrong = sum(matched[film] not in (None, film.movie_id) for film in export.films)
    return found / len(known), wrong
