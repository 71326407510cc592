"""Compares a file of movies with the catalogue, and writes what is new or differs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from movies.facts.built_in import loading as built_in_facts
from movies.facts.provenance import COLUMNS
from movies.imports.catalogue_file.reader import CatalogueFile, CatalogueLine
from movies.models import FactSource, Genre, Movie
from movies.titles import title_key

CHUNK = 500
IDS = ("movielens_id", "imdb_id", "tmdb_id", "wikidata_id")
_COMPARED = (
    *("title", "original_title", "year", "description", "runtime", "countries", "languages"),
    *("movielens_id", "imdb_id", "tmdb_id", "wikidata_id"),
)


@dataclass(frozen=True)
class Change:
    """A field of a movie, before and after."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class ChangedMovie:
    movie: Movie
    changes: tuple[Change, ...]
    genres: tuple[str, ...] = ()  # to be set; none if they stay
    line: int = 0


@dataclass
class CataloguePlan:
    """What an import of the file would do."""

    file: CatalogueFile
    new: list[CatalogueLine] = field(default_factory=list)
    changed: list[ChangedMovie] = field(default_factory=list)
    n_unchanged: int = 0

    @property
    def is_possible(self) -> bool:
        return not self.file.n_rejected

    @property
    def changes_nothing(self) -> bool:
        return not self.new and not self.changed


def plan_changes(file: CatalogueFile, *, overwrite: bool = False) -> CataloguePlan:
    """
    Args:
        overwrite: The file's values replace others; otherwise only blank fields are filled in.
    """
    plan, catalogue = CataloguePlan(file), _Catalogue()
    taken: dict[int, int] = {}
    remaining = iter(file.lines)
    while lines := list(islice(remaining, CHUNK)):
        matches: dict[int, Movie | None] = catalogue.find(lines, file)
        for line in lines:
            if line.line not in matches:
                continue
            movie = matches[line.line]
            if movie is None:
                plan.new.append(line)
            elif (first := taken.setdefault(movie.pk, line.line)) != line.line:
                file.reject(line.line, f"the same movie here as that of line {first}")
            elif changed := _compare(movie, line, overwrite):
                plan.changed.append(changed)
            else:
                plan.n_unchanged += 1
    return plan


def _compare(movie: Movie, line: CatalogueLine, overwrite: bool) -> ChangedMovie | None:
    changes = []
    for name in _COMPARED:
        before, after = getattr(movie, name), line.fields.get(name)
        is_blank = before in (None, "")
        if after is not None and before != after and (is_blank or overwrite):
            changes.append(Change(name, before, after))
    have = tuple(sorted(movie.genre_names))
    genres: tuple[str, ...] = ()
    differ = line.genres and set(map(_slug, line.genres)) != set(map(_slug, have))
    if differ and (overwrite or not have):
        genres = line.genres
        changes.append(Change("genres", ", ".join(have), ", ".join(sorted(genres))))
    return ChangedMovie(movie, tuple(changes), genres, line.line) if changes else None


class _Catalogue:
    """Finds the movies of lines: by their ids elsewhere, else by title and year."""

    def __init__(self) -> None:
        self._by_title: dict[tuple[str, int | None], list[int]] = defaultdict(list)
        titles = Movie.everything.filter(merged_into=None).values_list("pk", "title", "year")
        for pk, title, year in titles.iterator(chunk_size=2000):
            self._by_title[title_key(title), year].append(pk)

    def find(self, lines: list[CatalogueLine], file: CatalogueFile) -> dict[int, Movie | None]:
        """By number of the line: its movie, or None; ambiguous lines are rejected and left out."""
        by_id = {name: self._by(name, lines) for name in IDS}
        pks: dict[int, int | None] = {}
        for line in lines:
            try:
                pks[line.line] = self._pk(line, by_id)
            except ValueError as error:
                file.reject(line.line, str(error))
        movies = {
            movie.pk: movie
            for movie in Movie.everything.with_genres().filter(pk__in=filter(None, pks.values()))
        }
        return {line: movies.get(pk) if pk else None for line, pk in pks.items()}

    def _by(self, name: str, lines: list[CatalogueLine]) -> dict[Any, list[int]]:
        wanted = {line.fields[name] for line in lines if line.fields.get(name)}
        found: dict[Any, list[int]] = defaultdict(list)
        rows = Movie.everything.filter(**{f"{name}__in": wanted})
        rows = rows.values_list("pk", "merged_into", name)
        for pk, survivor, value in rows if wanted else ():
            if (survivor or pk) not in found[value]:
                found[value].append(survivor or pk)
        return found

    def _pk(self, line: CatalogueLine, by_id: dict[str, dict[Any, list[int]]]) -> int | None:
        """
        Raises:
            ValueError: The line means two movies.
        """
        fields = line.fields
        # Two movies of MovieLens share a TMDB id, so that alone decides nothing then.
        candidates = [by_id[name].get(fields.get(name), []) for name in by_id]
        decided = {pks[0] for pks in candidates if len(pks) == 1}
        if len(decided) > 1:
            raise ValueError("its ids belong to different movies here")
        if decided:
            return decided.pop()
        alike = self._by_title.get((title_key(fields["title"]), fields.get("year")), [])
        if len(alike) > 1:
            raise ValueError("there are several movies of this title and year here; add an id")
        return alike[0] if alike else None


def write_changes(plan: CataloguePlan) -> list[Movie]:
    """Write everything or, after an error, nothing; returns the new movies in their order."""
    created: list[Movie] = []
    with transaction.atomic():
        genres = _genres(plan)
        for lines in _chunks(plan.new):
            movies = [
                Movie(
                    **line.fields,
                    title_key=title_key(
                        line.fields["title"], line.fields.get("original_title", "")
                    ),
                )
                for line in lines
            ]
            created += Movie.objects.bulk_create(movies)
            _link(zip(movies, (line.genres for line in lines), strict=True), genres)
        for changed in plan.changed:
            _save(changed)
        with_genres = [each for each in plan.changed if each.genres]
        for some in _chunks(with_genres):
            Movie.genres.through.objects.filter(
                movie_id__in=[each.movie.pk for each in some]
            ).delete()
            _link(((each.movie, each.genres) for each in some), genres)
    built_in_facts.load()
    return created


def _save(changed: ChangedMovie) -> None:
    names = [change.name for change in changed.changes if change.name != "genres"]
    for change in changed.changes:
        if change.name != "genres":
            setattr(changed.movie, change.name, change.after)
    if names:
        changed.movie.note_source([name for name in names if name in COLUMNS], FactSource.DATA_SET)
        changed.movie.save(update_fields=[*names, "title_key", "fact_sources"])


def _link(rows: Any, genres: dict[str, int]) -> None:
    through = Movie.genres.through
    pairs = {(movie.pk, genres[_slug(name)]) for movie, names in rows for name in names}
    through.objects.bulk_create(
        through(movie_id=movie, genre_id=genre) for movie, genre in sorted(pairs)
    )


def _genres(plan: CataloguePlan) -> dict[str, int]:
    """Primary keys by slug; missing genres are created."""
    names = [name for line in plan.new for name in line.genres]
    names += [name for changed in plan.changed for name in changed.genres]
    wanted = {_slug(name): name for name in names}
    missing = wanted.keys() - set(Genre.objects.values_list("slug", flat=True))
    Genre.objects.bulk_create(
        [Genre(name=wanted[slug], slug=slug) for slug in sorted(missing)], ignore_conflicts=True
    )
    return dict(Genre.objects.values_list("slug", "pk"))


def _slug(name: str) -> str:
    return slugify(name, allow_unicode=True) or "genre"


def _chunks(rows: list) -> Iterator[list]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))
