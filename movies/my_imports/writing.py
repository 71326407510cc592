"""Writes the rows of an import in short batches, each with its outcome in the same transaction.

All rows of one movie are in one batch, so that the order of a file decides nothing. A killed import
goes on where it stopped: rows with an outcome are done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from cfsite.lib.transactions import in_transaction
from movies.lists import entries, lifecycle
from movies.lists.lifecycle import ListDeleted, ListLimitReached
from movies.models import (
    ImportedRow,
    ListEntry,
    Mark,
    Movie,
    MovieList,
    PersonalImport,
    Rating,
)
from movies.models.lists import LONGEST_NOTE
from movies.my_imports.diary import write_viewings
from movies.my_imports.matching import Facts, Matcher, Wanted

Kind, Match, Outcome = ImportedRow.Kind, ImportedRow.Match, ImportedRow.Outcome
Policy = PersonalImport.Policy
WRITTEN = (Outcome.ADDED, Outcome.CHANGED)
BATCH = 500
OF_LISTS = (Kind.LIST, Kind.LIST_ITSELF)
MARKS = {Kind.WATCHLIST, Kind.SEEN, Kind.NOT_INTERESTED}


class Writer:
    """Writes one import. Each method is one batch, and returns the number of rows it did."""

    def __init__(self, personal_import: PersonalImport) -> None:
        self.work = personal_import
        self.rows = ImportedRow.objects.accepted(personal_import).pending()
        self._matcher: Matcher | None = None
        # Ratings that imports wrote were given when the other site says, not when they came here.
        imports = PersonalImport.objects.of(personal_import.user_id)
        self._import_times = set(
            imports.exclude(started_at=None).values_list("started_at", flat=True)
        )

    def add_movies(self, n: int) -> int:
        """Add up to `n` movies that the catalogue lacks."""
        missing = ImportedRow.objects.filter(
            personal_import=self.work, match=Match.MISSING, year__isnull=False
        ).exclude(title="")
        fields = ("title", "year", "imdb_id", "tmdb_id", "movielens_id")
        wanted = list(missing.order_by(*fields).values_list(*fields).distinct()[:n])
        if not wanted:
            return 0
        self._matcher = self._matcher or Matcher()

        def work() -> list[int]:
            added = []
            for title, year, *ids in wanted:
                found = self._matcher.find(Wanted(title, year, *ids))
                movie_id, match = found.movie_id, found.match
                if match == Match.MISSING:
                    movie_id, match = self._add_movie(title, year, ids), Match.ADDED
                    added.append(movie_id)
                details = {"candidates": list(found.candidates)} if found.candidates else {}
                same = dict(zip(fields, (title, year, *ids), strict=True))
                missing.filter(**same).update(match=match, movie_id=movie_id)
                if details:
                    missing.filter(**same).update(details=details)
            self.work.added_movies = [*self.work.added_movies, *added]
            self.work.save(update_fields=["added_movies"])
            return added

        in_transaction(work, before_retry=self._forget)
        return len(wanted)

    def _forget(self) -> None:
        self._matcher = Matcher()
        self.work.refresh_from_db(fields=["added_movies"])

    def _add_movie(self, title: str, year: int, ids: Sequence[Any]) -> int:
        imdb_id, tmdb_id, movielens_id = ids
        movie = Movie(
            title=title, year=year, imdb_id=imdb_id, tmdb_id=tmdb_id, movielens_id=movielens_id
        )
        movie.save()
        self._matcher.add(movie.pk, title, "", Facts(year, *ids))
        return movie.pk

    def write_movies(self, n: int) -> int:
        """Write what the rows say of the next `n` movies, except of lists."""
        pending = self.rows.exclude(kind__in=OF_LISTS)
        ids = pending.order_by("movie").values_list("movie", flat=True).distinct()
        movie_ids = list(ids[:n])
        if not movie_ids:
            return 0

        def work() -> int:
            rows = list(pending.filter(movie__in=movie_ids).order_by("movie", "pk"))
            by_kind: dict[str, list[ImportedRow]] = defaultdict(list)
            for row in rows:
                by_kind[row.kind].append(row)
            rated = self._write_ratings(by_kind.pop(Kind.RATING, []), movie_ids)
            for kind, some in by_kind.items():
                if kind in MARKS:
                    self._write_marks(kind, some, rated)
                elif kind == Kind.VIEWING:
                    write_viewings(self.work, some)
            save_outcomes(rows)
            return len(rows)

        return in_transaction(work)

    def _write_ratings(self, rows: list[ImportedRow], movie_ids: list[int]) -> set[int]:
        """Returns the movies that are rated now."""
        own = Rating.objects.of(self.work.user).filter(movie__in=movie_ids)
        current = {one.movie_id: one for one in own.order_by("movie").select_for_update()}
        new, changed = [], []
        for row in _latest_of_each_movie(rows):
            rating = current.get(row.movie_id)
            row.outcome = self._decide(row, rating)
            if row.outcome == Outcome.CHANGED:
                row.before = _snapshot(rating)
                changed.append(self._rating(row, rating))
            elif row.outcome == Outcome.ADDED:
                new.append(self._rating(row))
        # A rating given at this moment in another window makes the batch start again.
        Rating.objects.bulk_create(new)
        Rating.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["user", "movie"],
            update_fields=["half_stars", "rated_at", "updated_at", "prediction_shown"],
        )
        return current.keys() | {one.movie_id for one in new}

    def _decide(self, row: ImportedRow, rating: Rating | None) -> str:
        if rating is None:
            return Outcome.ADDED
        if rating.half_stars == row.half_stars:
            return Outcome.SAME
        if self.work.policy == Policy.THEIRS:
            return Outcome.CHANGED
        if self.work.policy == Policy.MINE or row.at is None:
            return Outcome.KEPT
        return Outcome.CHANGED if row.at > self._given_at(rating) else Outcome.KEPT

    def _given_at(self, rating: Rating) -> datetime:
        """When the user last said so, here or on the site that it was imported from."""
        is_imported = rating.updated_at in self._import_times
        return rating.rated_at if is_imported else max(rating.rated_at, rating.updated_at)

    def _rating(self, row: ImportedRow, before: Rating | None = None) -> Rating:
        """A rating of unknown date counts as given when the file was uploaded."""
        known = row.at or (before.rated_at if before else self.work.created_at)
        return Rating(
            user_id=self.work.user_id,
            movie_id=row.movie_id,
            half_stars=row.half_stars,
            rated_at=known,
            updated_at=self.work.started_at,
            prediction_shown=False,
        )

    def _write_marks(self, kind: str, rows: list[ImportedRow], rated: set[int]) -> None:
        marks = Mark.objects.filter(user=self.work.user, kind=kind)
        marked = set(
            marks.filter(movie__in={row.movie_id for row in rows}).values_list("movie", flat=True)
        )
        new = []
        for row in _latest_of_each_movie(rows):
            # Who rated it has seen it.
            if row.movie_id in marked or (kind == Kind.SEEN and row.movie_id in rated):
                row.outcome = Outcome.SAME
                continue
            row.outcome = Outcome.ADDED
            when = row.at or self.work.created_at
            new.append(
                Mark(user_id=self.work.user_id, movie_id=row.movie_id, kind=kind, created_at=when)
            )
        Mark.objects.bulk_create(new, ignore_conflicts=True)

    def write_list(self) -> int:
        """Write the next list; one of the same name is added to."""
        pending = self.rows.filter(kind__in=OF_LISTS)
        name = pending.order_by("list_name").values_list("list_name", flat=True).first()
        if name is None:
            return 0

        def work() -> int:
            rows = list(pending.filter(list_name=name).order_by("pk"))
            rows.sort(key=lambda row: row.details.get("place") or 0)
            try:
                self._write_entries(name, rows)
            except (ListLimitReached, ListDeleted):
                _all(rows, Outcome.FULL)
            save_outcomes(rows)
            return len(rows)

        return in_transaction(work)

    def _write_entries(self, name: str, all_rows: list[ImportedRow]) -> None:
        rows = [row for row in all_rows if row.kind == Kind.LIST]
        about = [row for row in all_rows if row.kind == Kind.LIST_ITSELF]
        movie_list = MovieList.objects.of(self.work.user).filter(name=name).order_by("pk").first()
        is_new = movie_list is None
        if movie_list is None:
            settings = about[0].details if about else {}
            movie_list = lifecycle.create(self.work.user, name or "…", **settings)
        for row in about:
            row.outcome = Outcome.ADDED if is_new and row is about[0] else Outcome.SAME
            row.before = {"list": movie_list.pk, "is_new": is_new}
        room = entries.MAX_MOVIES - movie_list.entries.count()
        there = set(movie_list.entries.values_list("movie", flat=True))
        first = {row.movie_id: row for row in reversed(rows)}
        added = [pk for pk in first_of_each(rows) if pk not in there][:room]
        entries.add_many(movie_list, added)
        for row in rows:
            if row.movie_id in there or first[row.movie_id] is not row:
                row.outcome = Outcome.SAME
            elif row.movie_id not in added:
                row.outcome = Outcome.FULL
            else:
                row.outcome = Outcome.ADDED
                row.before = {"list": movie_list.pk, "is_new": is_new}
        self._complete(movie_list, [row for row in rows if row.outcome == Outcome.ADDED])

    @staticmethod
    def _complete(movie_list: MovieList, rows: list[ImportedRow]) -> None:
        """Notes and times of entries that were just added."""
        by_movie = {row.movie_id: row for row in rows}
        changed = list(movie_list.entries.filter(movie__in=by_movie))
        for entry in changed:
            row = by_movie[entry.movie_id]
            entry.note = row.details.get("note", "")[:LONGEST_NOTE]
            entry.added_at = row.at or entry.added_at
        ListEntry.objects.bulk_update(changed, ["note", "added_at"], batch_size=200)


def first_of_each(rows: Iterable[ImportedRow]) -> list[int]:
    """The movies of the rows, each once, in their order."""
    return list(dict.fromkeys(row.movie_id for row in rows))


def save_outcomes(rows: Sequence[ImportedRow]) -> None:
    """One statement for each outcome; only rows that replaced something need one of their own."""
    by_outcome: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        by_outcome[row.outcome].append(row.pk)
    for outcome, pks in by_outcome.items():
        for start in range(0, len(pks), BATCH):
            some = ImportedRow.objects.filter(pk__in=pks[start : start + BATCH])
            some.update(outcome=outcome)
    replaced = [row for row in rows if row.before is not None and row.outcome in WRITTEN]
    ImportedRow.objects.bulk_update(replaced, ["before"], batch_size=200)


def _latest_of_each_movie(rows: Iterable[ImportedRow]) -> list[ImportedRow]:
    """By movie, the row that was said last; the others are marked as repeated.

    Rows without a date come before all others; of two alike the later in the file counts.
    """
    latest: dict[int, ImportedRow] = {}
    for row in rows:
        known = latest.get(row.movie_id)
        if known is None or _said(row) >= _said(known):
            latest[row.movie_id] = row
        row.outcome = Outcome.REPEATED
    return [latest[movie_id] for movie_id in sorted(latest)]


def _said(row: ImportedRow) -> tuple[bool, float]:
    return row.at is not None, row.at.timestamp() if row.at else 0.0


def _all(rows: Iterable[ImportedRow], outcome: str) -> None:
    for row in rows:
        row.outcome = outcome


def _snapshot(rating: Rating) -> dict[str, Any]:
    return {
        "half_stars": rating.half_stars,
        "rated_at": rating.rated_at.isoformat(),
        "updated_at": rating.updated_at.isoformat(),
        "prediction_shown": rating.prediction_shown,
    }
