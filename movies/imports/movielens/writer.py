"""Writes the site's movies and ratings as a MovieLens data set: movies.csv, links.csv, ratings.csv.

Raters get random numbers, and their lines stand in the order of these, so that neither tells who
joined when. Left out are people who do not want their ratings to train the model, inactive
accounts, and raters of imported data sets unless they are asked for.
"""

from __future__ import annotations

import csv
import io
import random
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO, TypeAlias

from django.db.models import Q, QuerySet

from accounts.models import User
from movies.imports.dataset import SourceError
from movies.models import Movie, Rating

# Movies without a MovieLens number get one that no MovieLens set will use.
FIRST_OWN_NUMBER = 1_000_000_000
RATERS_AT_ONCE = 500
NO_GENRES = "(no genres listed)"

OpenFile: TypeAlias = Callable[[str], AbstractContextManager[TextIO]]


@dataclass
class Written:
    movies: int = 0
    raters: int = 0
    ratings: int = 0


def write_data_set(
    target: Path,
    *,
    with_data_sets: bool = False,
    on_progress: Callable[[Written], None] = lambda written: None,
) -> Written:
    """Write a zip, if the name ends with .zip, or a folder; it appears only when it is complete.

    Raises:
        SourceError: The target exists or cannot be written.
    """
    if target.exists():
        raise SourceError(f"{target} exists already.")
    try:
        part = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        raise SourceError(f"{target} cannot be written: {error.strerror}.") from error
    try:
        whole = part / target.name
        opener = _zip_opener if target.suffix.lower() == ".zip" else _folder_opener
        written = Written()
        with opener(whole, target.stem) as open_file:
            numbers = _write_movies(open_file, written)
            _write_ratings(open_file, numbers, with_data_sets, written, on_progress)
        whole.rename(target)
    except OSError as error:
        raise SourceError(f"{target} cannot be written: {error.strerror}.") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return written


@contextmanager
def _folder_opener(path: Path, name: str) -> Iterator[OpenFile]:
    path.mkdir()
    yield lambda file: (path / file).open("w", encoding="utf-8", newline="")


@contextmanager
def _zip_opener(path: Path, name: str) -> Iterator[OpenFile]:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:

        @contextmanager
        def open_member(file: str) -> Iterator[TextIO]:
            with (
                archive.open(f"{name}/{file}", "w", force_zip64=True) as member,
                io.TextIOWrapper(member, encoding="utf-8", newline="") as text,
            ):
                yield text

        yield open_member


def _write_movies(open_file: OpenFile, written: Written) -> dict[int, int]:
    """Write movies.csv and links.csv. Returns the number of each movie by its primary key."""
    numbers: dict[int, int] = {}
    links: list[tuple[int, str, int | str]] = []
    with open_file("movies.csv") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["movieId", "title", "genres"])
        movies = Movie.everything.filter(merged_into=None).with_genres()
        for movie in movies.order_by("pk").iterator(chunk_size=2000):
            number = movie.movielens_id or FIRST_OWN_NUMBER + movie.pk
            numbers[movie.pk] = number
            genres = "|".join(movie.genre_names) or NO_GENRES
            writer.writerow([number, title_with_year(movie), genres])
            imdb = movie.imdb_id.removeprefix("tt")
            links.append((number, imdb if imdb.isdigit() else "", movie.tmdb_id or ""))
    with open_file("links.csv") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["movieId", "imdbId", "tmdbId"])
        writer.writerows(links)
    written.movies = len(numbers)
    return numbers


def title_with_year(movie: Movie) -> str:
    """As `parse_title` reads it: 'Seven Samurai (Shichinin no samurai) (1954)'."""
    parts = [movie.title]
    if movie.original_title:
        parts.append(f"({movie.original_title})")
    if movie.year:
        parts.append(f"({movie.year})")
    return " ".join(parts)


def exported_users(*, with_data_sets: bool) -> QuerySet[User]:
    included = Q(is_active=True, is_dataset_member=False)
    if with_data_sets:
        included |= Q(is_dataset_member=True)
    return User.objects.filter(included, trains_model=True)


def _write_ratings(
    open_file: OpenFile,
    numbers: dict[int, int],
    with_data_sets: bool,
    written: Written,
    on_progress: Callable[[Written], None],
) -> None:
    users = exported_users(with_data_sets=with_data_sets)
    rated = Rating.objects.order_by().values("user")
    pks = list(users.filter(pk__in=rated).values_list("pk", flat=True))
    random.SystemRandom().shuffle(pks)
    with open_file("ratings.csv") as file:
        file.write("userId,movieId,rating,timestamp\n")
        for start in range(0, len(pks), RATERS_AT_ONCE):
            chunk = {pk: start + n for n, pk in enumerate(pks[start : start + RATERS_AT_ONCE], 1)}
            # Whoever opts out while this runs is out of what is still to be written.
            staying = users.filter(pk__in=chunk)
            lines = _lines(Rating.objects.filter(user__in=staying), chunk, numbers)
            file.writelines(
                f"{rater},{movie},{half_stars / 2},{second}\n"
                for rater, movie, half_stars, second in lines
            )
            written.ratings += len(lines)
            written.raters += len({line[0] for line in lines})
            on_progress(written)


def _lines(
    ratings: QuerySet[Rating], raters: dict[int, int], numbers: dict[int, int]
) -> list[tuple[int, int, int, int]]:
    rows: Any = ratings.order_by().values_list("user_id", "movie_id", "half_stars", "rated_at")
    return sorted(
        (raters[user], numbers[movie], half_stars, max(0, int(rated_at.timestamp())))
        for user, movie, half_stars, rated_at in rows.iterator(chunk_size=20_000)
        if movie in numbers  # added meanwhile
    )
