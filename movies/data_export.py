"""The tables of this app in a user's data export: ratings, diary, marks and lists."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F

from accounts.data_export import Table
from accounts.models import User
from movies.models import EarlierRating, ListEntry, Mark, MovieList, Rating, Viewing

MOVIE = ("movie_id", "title", "year", "imdb_id", "tmdb_id", "movielens_id")
LIST = (
    *("list_id", "name", "description", "is_numbered", "visibility", "key"),
    *("created_at", "updated_at"),
)
_MOVIE_FIELDS = ("movie_id", *(f"movie__{name}" for name in MOVIE[1:]))


def _ratings(user: User) -> Iterator[tuple]:
    rows = Rating.objects.of(user).annotate(stars=F("half_stars") / 2.0).order_by("rated_at", "pk")
    fields = ("stars", "rated_at", "updated_at", "prediction_shown")
    return rows.values_list(*_MOVIE_FIELDS, *fields).iterator()


def _earlier_ratings(user: User) -> Iterator[tuple]:
    rows = EarlierRating.objects.of(user).annotate(stars=F("half_stars") / 2.0)
    fields = ("stars", "rated_at", "replaced_at")
    return rows.order_by("replaced_at", "pk").values_list(*_MOVIE_FIELDS, *fields).iterator()


def _viewings(user: User) -> Iterator[tuple]:
    rows = Viewing.objects.of(user).select_related("movie").with_tags().earliest_first()
    for viewing in rows.iterator(chunk_size=500):
        movie = viewing.movie
        yield (
            *(movie.pk, *(getattr(movie, name) for name in MOVIE[1:])),
            str(viewing.watched or ""),
            viewing.is_rewatch,
            ", ".join(viewing.tag_names),
            viewing.note,
            viewing.created_at,
            viewing.updated_at,
        )


def _marks(user: User) -> Iterator[tuple]:
    rows = Mark.objects.filter(user=user).order_by("created_at", "pk")
    return rows.values_list(*_MOVIE_FIELDS, "kind", "created_at").iterator()


def _lists(user: User) -> Iterator[tuple]:
    rows = MovieList.objects.of(user).order_by("created_at", "pk")
    return rows.values_list("pk", *LIST[1:]).iterator()


def _list_entries(user: User) -> Iterator[tuple]:
    rows = ListEntry.objects.filter(movie_list__owner=user).order_by("movie_list", "position")
    fields = ("movie_list_id", "movie_list__name", "position")
    return rows.values_list(*fields, *_MOVIE_FIELDS, "note", "added_at").iterator()


TABLES = (
    Table(
        "ratings",
        "your ratings, oldest first",
        (*MOVIE, "stars", "rated_at", "updated_at", "prediction_shown"),
        _ratings,
    ),
    Table(
        "earlier_ratings",
        "stars that you changed or removed, and when",
        (*MOVIE, "stars", "rated_at", "replaced_at"),
        _earlier_ratings,
    ),
    Table(
        "viewings",
        "your diary: watched on a day, in a month (2026-03) or year (2026), or unknown",
        (*MOVIE, "watched", "is_rewatch", "tags", "note", "created_at", "updated_at"),
        _viewings,
    ),
    Table(
        "marks",
        "your watchlist, and what you put away",
        (*MOVIE, "kind", "created_at"),
        _marks,
    ),
    Table("lists", "the lists you made", LIST, _lists),
    Table(
        "list_entries",
        "the movies of your lists in their order",
        ("list_id", "list", "place", *MOVIE, "note", "added_at"),
        _list_entries,
    ),
)
