"""The tables of this app in a user's data export: ratings, diary, marks and lists."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.data_export import Table
from accounts.kept_data import Kept
from accounts.models import User
from movies.models import (
    BulkEdit,
    EarlierRating,
    ImportedRow,
    ListEntry,
    Mark,
    MemberChange,
    Movie,
    MovieList,
    PersonalImport,
    Provider,
    Rating,
    RequestAsker,
    SetAsideRow,
    Viewing,
)

MOVIE = ("movie_id", "title", "year", "imdb_id", "tmdb_id", "movielens_id")
LIST = (
    *("list_id", "name", "description", "is_numbered", "visibility", "key"),
    *("created_at", "updated_at"),
)
_MOVIE_FIELDS = ("movie_id", *(f"movie__{name}" for name in MOVIE[1:]))


def _ratings(user: User) -> QuerySet:
    rows = Rating.objects.of(user).annotate(stars=F("half_stars") / 2.0).order_by("rated_at", "pk")
    fields = ("stars", "rated_at", "updated_at", "prediction_shown")
    return rows.values_list(*_MOVIE_FIELDS, *fields)


def _earlier_ratings(user: User) -> QuerySet:
    rows = EarlierRating.objects.of(user).annotate(stars=F("half_stars") / 2.0)
    fields = ("stars", "rated_at", "replaced_at")
    return rows.order_by("replaced_at", "pk").values_list(*_MOVIE_FIELDS, *fields)


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


def _marks(user: User) -> QuerySet:
    rows = Mark.objects.filter(user=user).order_by("created_at", "pk")
    return rows.values_list(*_MOVIE_FIELDS, "kind", "created_at")


def _lists(user: User) -> QuerySet:
    rows = MovieList.objects.of(user).order_by("created_at", "pk")
    return rows.values_list("pk", *LIST[1:])


def _list_entries(user: User) -> QuerySet:
    rows = ListEntry.objects.filter(movie_list__owner=user).order_by("movie_list", "position")
    fields = ("movie_list_id", "movie_list__name", "position")
    return rows.values_list(*fields, *_MOVIE_FIELDS, "note", "added_at")


def _bulk_edits(user: User) -> QuerySet:
    rows = BulkEdit.objects.filter(user=user).order_by("made_at", "pk")
    return rows.values_list("made_at", "kind", "half_stars", "n", "before", "undone_at")


def _imports(user: User) -> QuerySet:
    rows = PersonalImport.objects.of(user).order_by("created_at", "pk")
    fields = ("source", "state", "created_at", "finished_at", "counts")
    return rows.values_list("pk", *fields)


def _imported_rows(user: User) -> QuerySet:
    rows = ImportedRow.objects.filter(personal_import__user=user).order_by("pk")
    fields = ("file", "line", "kind", "title", "year", "half_stars", "at", "list_name", "details")
    return rows.values_list("personal_import_id", *fields, "outcome")


def _services(user: User) -> Iterator[tuple]:
    """A row without a service for somebody who chose only a country."""
    names = dict(Provider.objects.filter(pk__in=user.services).values_list("pk", "name"))
    for pk in sorted(user.services):
        yield user.country, pk, names.get(pk, "")
    if user.country and not user.services:
        yield user.country, None, ""


def _letterboxd(user: User) -> Iterator[tuple]:
    """What was watched, as Letterboxd's importer reads it: the diary, then movies not in it."""
    half_stars = dict(Rating.objects.of(user).values_list("movie_id", "half_stars"))
    in_diary = set()
    viewings = Viewing.objects.of(user).select_related("movie").with_tags().earliest_first()
    for viewing in viewings.iterator(chunk_size=500):
        in_diary.add(viewing.movie_id)
        watched = viewing.watched
        yield (
            *_letterboxd_film(viewing.movie, half_stars.get(viewing.movie_id)),
            str(watched) if watched and watched.day else "",
            "true" if viewing.is_rewatch else "",
            ", ".join(viewing.tag_names),
            viewing.note,
        )
    seen = Mark.objects.filter(user=user, kind=Mark.Kind.SEEN).values("movie")
    rated = Rating.objects.of(user).values("movie")
    movies = Movie.everything.filter(Q(pk__in=rated) | Q(pk__in=seen))
    for movie in movies.order_by("pk").iterator():
        if movie.pk not in in_diary:
            yield (*_letterboxd_film(movie, half_stars.get(movie.pk)), "", "", "", "")


def _letterboxd_film(movie: Movie, half_stars: int | None) -> tuple:
    stars = "" if half_stars is None else f"{half_stars / 2:g}"
    return movie.title, movie.year, movie.imdb_id, movie.tmdb_id, stars


def _changes(user: User) -> QuerySet:
    rows = MemberChange.objects.of(user).order_by("number", "pk")
    return rows.values_list("kind", "key", "at", "logged_at")


def _set_aside(user: User) -> QuerySet:
    rows = SetAsideRow.objects.filter(user=user).order_by("pk")
    return rows.values_list("model", "row", "merge__made_at")


def _requests(user: User) -> QuerySet:
    rows = RequestAsker.objects.filter(user=user).order_by("asked_at", "pk")
    fields = ("title", "year", "link", "imdb_id", "tmdb_id", "state", "reason")
    of_request = (f"request__{name}" for name in fields)
    return rows.values_list(*of_request, "asked_at", "told_at")


TABLES = (
    Table(
        "letterboxd",
        "what you watched, for letterboxd.com/import (notes become public reviews there)",
        (
            *("Title", "Year", "imdbID", "tmdbID", "Rating"),
            *("WatchedDate", "Rewatch", "Tags", "Review"),
        ),
        _letterboxd,
        in_json=False,
    ),
    Table(
        "ratings",
        "your ratings, oldest first",
        (*MOVIE, "stars", "rated_at", "updated_at", "prediction_shown"),
        _ratings,
    ),
    Table(
        "earlier_ratings",
        "ratings you changed or removed, and when",
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
        "your watchlist, what you marked as watched, and what you're not interested in",
        (*MOVIE, "kind", "created_at"),
        _marks,
    ),
    Table("lists", "the lists you made", LIST, _lists),
    Table(
        "list_entries",
        "the movies on your lists, in order",
        ("list_id", "list", "place", *MOVIE, "note", "added_at"),
        _list_entries,
    ),
    Table(
        "bulk_edits",
        "ratings you edited together, with their previous state for undo",
        ("made_at", "kind", "half_stars", "n", "before", "undone_at"),
        _bulk_edits,
    ),
    Table(
        "services",
        "the country and the streaming services you watch on",
        ("country", "service_id", "service"),
        _services,
    ),
    Table(
        "imports",
        "what you imported from other sites",
        ("import_id", "source", "state", "created_at", "finished_at", "counts"),
        _imports,
    ),
    Table(
        "imported_rows",
        "the rows of those imports, while they can be undone",
        (
            *("import_id", "file", "line", "kind", "title", "year", "half_stars", "at"),
            *("list_name", "details", "outcome"),
        ),
        _imported_rows,
    ),
    Table(
        "changes",
        "what you changed or removed in the last 180 days, so that your apps stay in step: "
        "the id of a movie, list or viewing, and when",
        ("kind", "id", "at", "saved_at"),
        _changes,
    ),
    Table(
        "set_aside",
        "what gave way to newer ratings or marks when two movies were merged, for a day",
        ("kind", "row", "merged_at"),
        _set_aside,
    ),
    Table(
        "movie_requests",
        "the movies you asked for",
        (
            *("title", "year", "link", "imdb_id", "tmdb_id", "state", "reason"),
            *("asked_at", "told_at"),
        ),
        _requests,
    ),
)

KEPT = (
    Kept(("movies.Rating",), _("Your ratings, and when you gave them"), files=("ratings.csv",)),
    Kept(
        ("movies.EarlierRating",),
        _("Ratings you have since changed or removed"),
        files=("earlier_ratings.csv",),
    ),
    Kept(
        ("movies.BulkEdit",),
        _("Ratings you edited together, so that you can undo it"),
        files=("bulk_edits.csv",),
    ),
    Kept(
        ("movies.Viewing", "movies.ViewingTag"),
        _("Your diary: when you watched a movie, your notes and tags"),
        files=("viewings.csv",),
    ),
    Kept(
        ("movies.Mark",),
        _("Your watchlist, the movies you marked as watched, and those you’re not interested in"),
        files=("marks.csv",),
    ),
    Kept(
        ("movies.MovieList", "movies.ListEntry"),
        _("Your lists and the movies on them"),
        files=("lists.csv", "list_entries.csv"),
    ),
    Kept(
        (),  # kept with the user
        _("Your country and the streaming services you watch on"),
        files=("services.csv",),
    ),
    Kept(
        ("movies.PersonalImport", "movies.ImportedRow"),
        _("What you imported from other sites"),
        _(
            "Each row for 30 days, so that you can undo the import; the rest until you erase "
            "your account."
        ),
        files=("imports.csv", "imported_rows.csv"),
    ),
    Kept(
        ("movies.ChangeCounter", "movies.MemberChange"),
        _(
            "What you changed or removed lately (only which movie, list or viewing, and when), "
            "so that your apps stay in step"
        ),
        _("For 180 days."),
        files=("changes.csv",),
    ),
    Kept(
        ("movies.StoredAnswer",),
        _("Answers to your apps, so that a request sent twice counts once"),
        _("For a day."),
    ),
    Kept(
        ("movies.SetAsideRow",),
        _("Older ratings, marks and list entries of a movie that was merged with its duplicate"),
        _("For a day, so that the merge can be undone."),
        files=("set_aside.csv",),
    ),
    Kept(
        ("movies.RequestAsker",),
        _("The movies you asked for"),
        files=("movie_requests.csv",),
    ),
)
