"""Merging two rows of the catalogue that are one movie, and undoing that for a day.

Everything that people did with the merged movie follows to the surviving one; where both have it,
the newer stays and the other is set aside. The merged movie stays as a retired row with its ids and
factors: its address redirects, an import of its ids finds the survivor, and the factors in use are
those of the better known of the two (recommender/merged_movies.py).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from cfsite.lib.transactions import in_transaction
from movies import published_figures
from movies.catalogue_care.merged_facts import give_back, take_over
from movies.catalogue_care.movie_rows import (
    FOLLOWING,
    MovieRows,
    as_json,
    chunks,
    from_json,
    point_to,
)
from movies.models import (
    AvailabilityVersion,
    EarlierRating,
    ListEntry,
    Movie,
    MovieMerge,
    Rating,
    SetAsideRow,
)

PUBLISHED = sorted(Movie.PUBLISHED)


class MergeError(Exception):
    """The movies cannot be merged, or the merge not undone; says why, for people."""


def merge(survivor_id: int, merged_id: int) -> MovieMerge:
    """
    Raises:
        MergeError
    """
    return in_transaction(lambda: _merge(survivor_id, merged_id))


def undo(merge_id: int) -> MovieMerge:
    """Bring the merged movie back, with everything that was its own and was not changed since.

    Raises:
        MergeError
    """
    return in_transaction(lambda: _undo(merge_id))


def forget_what_undo_needed() -> int:
    """After a day. Returns how many merges."""
    now = timezone.now()
    old = MovieMerge.objects.past_undo(now)
    SetAsideRow.objects.filter(merge__in=old).delete()
    return old.exclude(before={}).update(before={}, moved={}, made={})


def move_late_rows() -> int:
    """Rows that a request in flight wrote for a movie while it was being merged; returns how many.

    Where the survivor has the like, the newer stays.
    """
    n = 0
    for rows in FOLLOWING:
        late = rows.model._base_manager.filter(movie__merged_into__isnull=False)
        pairs = list(late.values_list("movie", "movie__merged_into").distinct())
        for merged_id, survivor_id in pairs:
            n += in_transaction(lambda ids=(survivor_id, merged_id), rows=rows: _move(rows, *ids))
    return n


def _merge(survivor_id: int, merged_id: int) -> MovieMerge:
    survivor, merged = _locked(survivor_id, merged_id)
    if survivor_id == merged_id:
        raise MergeError(_("Choose two different movies."))
    if survivor is None or merged is None:
        raise MergeError(_("One of the two movies isn't there any more."))
    if survivor.merged_into_id or merged.merged_into_id or survivor.retired_at:
        raise MergeError(_("One of the two was merged or retired in the meantime."))
    done = MovieMerge.objects.create(
        survivor=survivor, merged=merged, change=MovieMerge.objects.version() + 1
    )
    taken = take_over(survivor, merged)
    moved = {rows.label: _move_rows(rows, survivor_id, merged_id, done) for rows in FOLLOWING}
    followers = list(Movie.everything.filter(merged_into=merged).values_list("pk", flat=True))
    retired_at = merged.retired_at
    Movie.everything.filter(pk=merged_id).update(
        merged_into=survivor, retired_at=retired_at or done.made_at
    )
    Movie.everything.filter(pk__in=followers).update(merged_into=survivor)
    done.moved = moved
    done.made = {"movies.EarlierRating": _keep_in_history(done)}
    done.before = {
        "facts": taken,
        "retired_at": retired_at and retired_at.isoformat(),
        "duplicates": followers,
        "published": _published(survivor),
    }
    published_figures.publish([survivor_id])
    AvailabilityVersion.advance()
    done.before["published_at_merge"] = _published(survivor)["published_at"]
    done.save()
    return done


def _undo(merge_id: int) -> MovieMerge:
    done = MovieMerge.objects.select_for_update().filter(pk=merge_id).first()
    if done is None or not done.can_be_undone:
        raise MergeError(_("This merge can't be undone any more."))
    survivor, merged = _locked(done.survivor_id, done.merged_id)
    if survivor is None or merged is None or merged.merged_into_id != survivor.pk:
        raise MergeError(
            _("The surviving movie was merged as well. Undo that merge first, then this one.")
        )
    before = done.before
    give_back(survivor, merged, before["facts"])
    # Winners leave the survivor before the rows that lost to them return.
    for rows in FOLLOWING:
        point_to(rows.of(survivor.pk), done.moved.get(rows.label, []), merged.pk)
    _restore_set_aside(done)
    EarlierRating.objects.filter(pk__in=done.made.get("movies.EarlierRating", [])).delete()
    Movie.everything.filter(pk__in=before["duplicates"], merged_into=survivor).update(
        merged_into=merged
    )
    Movie.everything.filter(pk=merged.pk).update(
        merged_into=None,
        retired_at=before["retired_at"] and parse_datetime(before["retired_at"]),
    )
    _restore_published(survivor, before)
    published_figures.publish([survivor.pk, merged.pk])
    AvailabilityVersion.advance()
    done.undone_at, done.change = timezone.now(), MovieMerge.objects.version() + 1
    done.save(update_fields=["undone_at", "change"])
    return done


def _locked(survivor_id: int, merged_id: int) -> tuple[Movie | None, Movie | None]:
    """Both movies; nobody can add a rating to either before the transaction ends."""
    rows = Movie.everything.filter(pk__in=[survivor_id, merged_id])
    found = {movie.pk: movie for movie in rows.order_by("pk").select_for_update()}
    return found.get(survivor_id), found.get(merged_id)


def _move(rows: MovieRows, survivor_id: int, merged_id: int) -> int:
    if None in _locked(survivor_id, merged_id):
        return 0
    return len(_move_rows(rows, survivor_id, merged_id))


def _move_rows(
    rows: MovieRows, survivor_id: int, merged_id: int, done: MovieMerge | None = None
) -> list[int]:
    """Give the survivor these rows of the merged movie; returns their primary keys.

    Of two rows with one key the newer stays. The other is kept for the undo of `done`.
    """
    moving = set(rows.of(merged_id).values_list("pk", flat=True))
    losers: dict[int, int] = {}  # primary key -> that of the row that stays
    if rows.key is not None:
        own, other = _by_key(rows, survivor_id), _by_key(rows, merged_id)
        for key in own.keys() & other.keys():
            (own_at, own_pk), (other_at, other_pk) = own[key], other[key]
            if other_at > own_at:
                losers[own_pk] = other_pk
            else:
                losers[other_pk] = own_pk
    _set_aside(rows, losers, done)
    moved = sorted(moving - losers.keys())
    point_to(rows.of(merged_id), moved, survivor_id)
    return moved


def _by_key(rows: MovieRows, movie_id: int) -> dict[tuple, tuple[datetime, int]]:
    columns = (*(rows.key or ()), rows.newest_by, "pk")
    found = rows.of(movie_id).values_list(*columns)
    return {tuple(key): (at, pk) for *key, at, pk in found}


def _set_aside(rows: MovieRows, losers: dict[int, int], done: MovieMerge | None) -> None:
    for pks in chunks(losers):
        lost = rows.model._base_manager.filter(pk__in=pks)
        if done is not None:
            SetAsideRow.objects.bulk_create(
                SetAsideRow(
                    merge=done,
                    user_id=rows.user_id_of(row),
                    model=rows.label,
                    winner_id=losers[row.pk],
                    row=as_json(row),
                )
                for row in lost
            )
        lost.delete()


def _restore_set_aside(done: MovieMerge) -> None:
    """Insert the rows that lost, unless the row that they lost to was removed since."""
    by_label: dict[str, list[SetAsideRow]] = defaultdict(list)
    for kept in SetAsideRow.objects.filter(merge=done).order_by("pk"):
        by_label[kept.model].append(kept)
    for rows in FOLLOWING:
        model = rows.model
        kept_rows = by_label[rows.label]
        winners: set[int] = set()
        for some in chunks(kept.winner_id for kept in kept_rows):
            winners |= set(model._base_manager.filter(pk__in=some).values_list("pk", flat=True))
        lost = [kept.row for kept in kept_rows if kept.winner_id in winners]
        restored = [from_json(model, row) for row in lost]
        if rows.label == "movies.ListEntry":
            restored = [_with_free_place(entry) for entry in restored]
        model._base_manager.bulk_create(restored, ignore_conflicts=True, batch_size=500)
    SetAsideRow.objects.filter(merge=done).delete()


def _with_free_place(entry: models.Model) -> models.Model:
    """At its old place on the list or, if that was taken since, at the end."""
    entries = ListEntry.objects.filter(movie_list=entry.movie_list_id)
    if entries.filter(position=entry.position).exists():
        entry.position = 1 + (entries.aggregate(last=models.Max("position"))["last"] or 0)
    return entry


def _keep_in_history(done: MovieMerge) -> list[int]:
    """Stars that lost to newer ones of the same member become earlier ratings."""
    lost = SetAsideRow.objects.filter(
        merge=done, model="movies.Rating", user__is_dataset_member=False
    )
    fields = {kept.winner_id: kept.row for kept in lost}
    made = []
    for pks in chunks(fields):
        for winner in Rating.objects.filter(pk__in=pks):
            older = fields[winner.pk]
            if older["half_stars"] != winner.half_stars:
                made.append(
                    EarlierRating(
                        user_id=winner.user_id,
                        movie_id=done.survivor_id,
                        half_stars=older["half_stars"],
                        rated_at=parse_datetime(older["rated_at"]),
                        replaced_at=winner.updated_at,
                    )
                )
    return [row.pk for row in EarlierRating.objects.bulk_create(made, batch_size=500)]


def _published(movie: Movie) -> dict[str, Any]:
    """The published figures, JSON-safe."""
    row = Movie.everything.filter(pk=movie.pk).values(*PUBLISHED).get()
    at = row["published_at"]
    return {**row, "published_at": at and at.isoformat()}


def _restore_published(survivor: Movie, before: dict[str, Any]) -> None:
    """The figures of before the merge, unless others were published since."""
    if _published(survivor)["published_at"] != before["published_at_merge"]:
        return
    old = before["published"]
    at = old["published_at"] and parse_datetime(old["published_at"])
    Movie.everything.filter(pk=survivor.pk).update(**{**old, "published_at": at})
