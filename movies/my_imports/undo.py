"""Takes an import back in short batches, except what was changed since."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.utils import timezone

from cfsite.lib.transactions import in_transaction
from movies.lists import entries, lifecycle
from movies.lists.lifecycle import ListDeleted
from movies.models import (
    EarlierRating,
    ImportedRow,
    ListEntry,
    Mark,
    Movie,
    MovieList,
    PersonalImport,
    Rating,
    Viewing,
)
from movies.my_imports.writing import MARKS, OF_LISTS, WRITTEN, save_outcomes

Kind, Outcome = ImportedRow.Kind, ImportedRow.Outcome


def written(personal_import: PersonalImport) -> Any:
    """The rows that changed something."""
    return ImportedRow.objects.filter(personal_import=personal_import, outcome__in=WRITTEN)


def undo_rows(personal_import: PersonalImport, n: int) -> int:
    """Take back up to `n` rows; returns how many there were."""

    def work() -> int:
        rows = list(written(personal_import).order_by("movie", "pk")[:n])
        by_kind: dict[str, list[ImportedRow]] = defaultdict(list)
        for row in rows:
            by_kind[row.kind].append(row)
        for kind, some in by_kind.items():
            if kind == Kind.RATING:
                _undo_ratings(personal_import, some)
            elif kind in MARKS:
                _undo_marks(personal_import, kind, some)
            elif kind == Kind.VIEWING:
                _undo_viewings(personal_import, some)
            elif kind in OF_LISTS:
                _undo_entries(some)
        save_outcomes(rows)
        return len(rows)

    return in_transaction(work)


def _undo_ratings(work: PersonalImport, rows: list[ImportedRow]) -> None:
    own = Rating.objects.of(work.user).filter(movie__in={row.movie_id for row in rows})
    current = {one.movie_id: one for one in own.order_by("movie").select_for_update()}
    removed, restored = [], []
    for row in rows:
        rating = current.get(row.movie_id)
        is_ours = (
            rating is not None
            and rating.updated_at == work.started_at
            and rating.half_stars == row.half_stars
        )
        row.outcome = Outcome.UNDONE if is_ours else Outcome.LEFT
        if is_ours and row.before is None:
            removed.append(rating.pk)
        elif is_ours:
            restored.append(_as_before(rating, row.before))
    Rating.objects.filter(pk__in=removed).delete()
    _restore(work, restored)


def _restore(work: PersonalImport, ratings: list[Rating]) -> None:
    """Restore them with their times, and drop what the history kept of the import."""
    times = {rating.pk: rating.updated_at for rating in ratings}
    now = timezone.now()
    for rating in ratings:
        rating.updated_at = now
    fields = ["half_stars", "rated_at", "updated_at", "prediction_shown"]
    Rating.objects.bulk_update(ratings, fields, batch_size=200)
    movie_ids = [rating.movie_id for rating in ratings]
    EarlierRating.objects.forget_since(work.user, movie_ids, work.started_at)
    for rating in ratings:
        rating.updated_at = times[rating.pk]
    Rating.objects.bulk_update(ratings, ["updated_at"], batch_size=500)


def _as_before(rating: Rating, before: dict[str, Any]) -> Rating:
    rating.half_stars = before["half_stars"]
    rating.prediction_shown = before["prediction_shown"]
    rating.rated_at = datetime.fromisoformat(before["rated_at"])
    rating.updated_at = datetime.fromisoformat(before["updated_at"])
    return rating


def _undo_marks(work: PersonalImport, kind: str, rows: list[ImportedRow]) -> None:
    marks = Mark.objects.filter(user=work.user, kind=kind)
    found = marks.filter(movie__in={row.movie_id for row in rows})
    current = {
        movie_id: (pk, at) for movie_id, pk, at in found.values_list("movie", "pk", "created_at")
    }
    removed = []
    for row in rows:
        pk, at = current.get(row.movie_id, (None, None))
        is_ours = at == (row.at or work.created_at)
        row.outcome = Outcome.UNDONE if is_ours else Outcome.LEFT
        if is_ours:
            removed.append(pk)
    marks.filter(pk__in=removed).delete()


def _undo_viewings(work: PersonalImport, rows: list[ImportedRow]) -> None:
    ours = Viewing.objects.filter(
        user=work.user,
        pk__in=[row.before["viewing"] for row in rows],
        updated_at=work.started_at,
    )
    removed = set(ours.values_list("pk", flat=True))
    for row in rows:
        row.outcome = Outcome.UNDONE if row.before["viewing"] in removed else Outcome.LEFT
    ours.delete()


def _undo_entries(rows: list[ImportedRow]) -> None:
    """Take movies off their lists; lists that the import made and that are empty then go too."""
    by_list: dict[int, list[ImportedRow]] = defaultdict(list)
    for row in rows:
        by_list[row.before["list"]].append(row)
    for pk, some in by_list.items():
        movie_list = MovieList.objects.filter(pk=pk).first()
        there = set(ListEntry.objects.filter(movie_list=pk).values_list("movie", flat=True))
        for row in some:
            is_there = row.movie_id in there or row.kind == Kind.LIST_ITSELF
            row.outcome = Outcome.UNDONE if is_there else Outcome.LEFT
        if movie_list is None:
            continue
        try:
            entries.remove_many(movie_list, [row.movie_id for row in some if row.movie_id])
        except ListDeleted:
            continue
        if some[0].before["is_new"] and not movie_list.entries.exists():
            lifecycle.delete(movie_list)


def remove_added_movies(personal_import: PersonalImport) -> int:
    """Remove movies that the import added and that nobody has done anything with since."""

    def work() -> int:
        movies = Movie.objects.filter(pk__in=personal_import.added_movies)
        for relation in Movie._meta.get_fields(include_hidden=True):
            if not _is_use(relation):
                continue
            field = relation.field.name
            users = relation.related_model._default_manager.filter(**{f"{field}__isnull": False})
            if relation.related_model is ImportedRow:
                users = users.exclude(personal_import=personal_import)
            movies = movies.exclude(pk__in=users.values(field))
        ids = list(movies.values_list("pk", flat=True))
        rows = ImportedRow.objects.filter(personal_import=personal_import, movie__in=ids)
        rows.update(movie=None, match=ImportedRow.Match.MISSING)
        Movie.objects.filter(pk__in=ids).delete()
        personal_import.added_movies = []
        personal_import.save(update_fields=["added_movies"])
        return len(ids)

    return in_transaction(work)


def _is_use(relation: Any) -> bool:
    """Whether rows of another table are about movies, except those that a refit writes."""
    return (relation.one_to_many and relation.field.db_constraint) or relation.one_to_one
