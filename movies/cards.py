"""Movies as a reader meets them: with the reader's own rating and marks on each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.contrib.auth.models import AnonymousUser
from django.db.models import CharField, F, Func, IntegerField, Manager, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from movies.models import Mark, Movie, MovieQuerySet, Rating, Viewing

if TYPE_CHECKING:
    from accounts.models import User

# `hidden_as` of a movie that is watched by a viewing alone, without a mark to take away.
IN_DIARY = "diary"


# Written in SQL because every page of movies asks: Django takes longer to compose these subqueries
# than the database takes to answer them.
class _OwnHalfStars(Func):
    template = (
        f"(SELECT half_stars FROM {Rating._meta.db_table}"  # noqa: S608
        " WHERE user_id = %(expressions)s)"
    )
    arg_joiner = " AND movie_id = "
    output_field = IntegerField()


class _HiddenAs(Func):
    _kinds = ", ".join(f"'{kind}'" for kind in Mark.HIDING_KINDS)
    template = (
        f"(SELECT kind FROM {Mark._meta.db_table} WHERE kind IN ({_kinds})"  # noqa: S608
        " AND user_id = %(expressions)s ORDER BY kind LIMIT 1)"
    )
    arg_joiner = " AND movie_id = "
    output_field = CharField()


class _InDiary(Func):
    template = (
        f"(SELECT '{IN_DIARY}' FROM {Viewing._meta.db_table}"  # noqa: S608
        " WHERE user_id = %(expressions)s LIMIT 1)"
    )
    arg_joiner = " AND movie_id = "
    output_field = CharField()


def cards(movies: MovieQuerySet, user: User | AnonymousUser) -> MovieQuerySet:
    """`movies` with `own_half_stars` and `hidden_as`, read in the same query.

    `hidden_as` is what keeps the movie out of the user's lists: a kind of mark, a viewing
    (`IN_DIARY`), or None.
    """
    movies = movies.for_cards()
    if not user.is_authenticated:
        return movies.annotate(
            own_half_stars=Value(None, IntegerField()), hidden_as=Value(None, CharField())
        )
    own = Value(user.pk), F("pk")
    hidden_as = Coalesce(_HiddenAs(*own), _InDiary(*own))
    return movies.annotate(own_half_stars=_OwnHalfStars(*own), hidden_as=hidden_as)


def movie_urls() -> Callable[[Movie], str]:
    """`Movie.get_absolute_url` for many movies, which asks Django's resolver only once."""
    pattern = reverse("movies:detail", kwargs={"pk": 0, "slug": "slug"})
    before, after = pattern.split("0-slug")
    return lambda movie: f"{before}{movie.pk}-{quote(movie.slug)}{after}"


def rate_urls() -> Callable[[Movie], str]:
    """The URL of the page that rates a movie, for many movies."""
    before, after = reverse("movies:rate", kwargs={"pk": 0}).split("0")
    return lambda movie: f"{before}{movie.pk}{after}"


def cards_by_id(
    movie_ids: Sequence[int],
    user: User | AnonymousUser,
    movies: Manager[Movie] = Movie.objects,
) -> dict[int, Movie]:
    """The cards of those of these movies that exist, by movie id."""
    return cards(movies.all(), user).in_bulk(movie_ids) if movie_ids else {}


def cards_in_order(
    movie_ids: Sequence[int],
    user: User | AnonymousUser,
    movies: Manager[Movie] = Movie.objects,
) -> list[Movie]:
    """The cards of these movies in this order, without deleted ones.

    movies: `Movie.everything` on pages of what the user did, which retired movies stay on.
    """
    found = cards_by_id(movie_ids, user, movies)
    return [found[pk] for pk in movie_ids if pk in found]


def movie_of_page(pk: int, user: User | AnonymousUser) -> Movie | None:
    """A movie with all of its fields, and with the user's rating."""
    return _first_of(pk, user, lambda movies: cards(movies, user).defer(None))


def survivor_of(pk: int) -> int | None:
    """The movie that this one was merged into; None if it was not."""
    return Movie.everything.filter(pk=pk).values_list("merged_into", flat=True).first()


def movie_of_card(pk: int, user: User | AnonymousUser) -> Movie | None:
    """One movie as a card."""
    return _first_of(pk, user, lambda movies: cards(movies, user))


def _first_of(
    pk: int, user: User | AnonymousUser, shown: Callable[[MovieQuerySet], MovieQuerySet]
) -> Movie | None:
    """The movie; a retired one only for those who rated, watched or marked it."""
    found = shown(Movie.objects.filter(pk=pk)).first()
    if found is None and user.is_authenticated:
        found = shown(Movie.everything.retired().used_by(user).filter(pk=pk)).first()
    return found
