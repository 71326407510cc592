"""Movies as a page shows them to somebody: with that person's own stars and marks on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db.models import CharField, Exists, IntegerField, OuterRef, Subquery, Value

from movies.models import Mark, Movie, MovieQuerySet, Rating

if TYPE_CHECKING:
    from accounts.models import User


def cards(movies: MovieQuerySet, user: User | AnonymousUser) -> MovieQuerySet:
    """`movies` with `own_half_stars` and `put_away`, in the query that reads them anyway.

    `put_away` is the kind of mark that keeps the movie out of this person's lists, or None.
    """
    movies = movies.for_cards()
    if not user.is_authenticated:
        return movies.annotate(
            own_half_stars=Value(None, IntegerField()), put_away=Value(None, CharField())
        )
    here = {"user": user, "movie": OuterRef("pk")}
    return movies.annotate(
        own_half_stars=Subquery(Rating.objects.filter(**here).values("half_stars")[:1]),
        put_away=Subquery(
            Mark.objects.filter(**here, kind__in=Mark.PUT_AWAY).order_by("kind").values("kind")[:1]
        ),
    )


def with_marks(movies: MovieQuerySet, user: User | AnonymousUser) -> MovieQuerySet:
    """`movies` with all marks of this person on them, in the same query: see `marks_on`."""
    if not user.is_authenticated:
        return movies
    here = Mark.objects.filter(user=user, movie=OuterRef("pk"))
    return movies.annotate(
        **{f"is_{kind}": Exists(here.filter(kind=kind)) for kind in Mark.Kind.values}
    )


def marks_on(movie: Movie) -> set[str]:
    """The kinds of mark that this person set on a movie of `with_marks`."""
    return {kind for kind in Mark.Kind.values if getattr(movie, f"is_{kind}", False)}


def cards_in_order(movie_ids: Sequence[int], user: User | AnonymousUser) -> list[Movie]:
    """The cards of these movies in this order, without those that are gone."""
    found = cards(Movie.objects.all(), user).in_bulk(movie_ids)
    return [found[pk] for pk in movie_ids if pk in found]
