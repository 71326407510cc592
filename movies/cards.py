"""Movies as a page shows them to somebody: with that person's own stars and marks on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db.models import CharField, Exists, IntegerField, OuterRef, Subquery, Value

from accounts.prepared import Prepared
from movies.models import Mark, Movie, MovieQuerySet, Rating

if TYPE_CHECKING:
    from accounts.models import User


# More movies than a page shows are asked for as any other query.
PREPARED = 120


def cards(movies: MovieQuerySet, user: User | AnonymousUser) -> MovieQuerySet:
    """`movies` with `own_half_stars` and `hidden_as`, in the query that reads them anyway.

    `hidden_as` is the kind of mark that keeps the movie out of this person's lists, or None.
    """
    return _cards_for(movies, user.pk)


def _cards_for(movies: MovieQuerySet, user_id: int | None) -> MovieQuerySet:
    movies = movies.for_cards()
    if user_id is None:
        return movies.annotate(
            own_half_stars=Value(None, IntegerField()), hidden_as=Value(None, CharField())
        )
    here = {"user": user_id, "movie": OuterRef("pk")}
    return movies.annotate(
        own_half_stars=Subquery(Rating.objects.filter(**here).values("half_stars")[:1]),
        hidden_as=Subquery(
            Mark.objects.filter(**here, kind__in=Mark.HIDING_KINDS)
            .order_by("kind")
            .values("kind")[:1]
        ),
    )


def _with_marks(movies: MovieQuerySet, user_id: int | None) -> MovieQuerySet:
    if user_id is None:
        return movies
    here = Mark.objects.filter(user=user_id, movie=OuterRef("pk"))
    return movies.annotate(
        **{f"is_{kind}": Exists(here.filter(kind=kind)) for kind in Mark.Kind.values}
    )


def marks_on(movie: Movie) -> set[str]:
    """The kinds of mark that this person set on a movie of `movie_of_page`."""
    return {kind for kind in Mark.Kind.values if getattr(movie, f"is_{kind}", False)}


_BY_IDS = Prepared(lambda user, ids: _cards_for(Movie.objects.filter(pk__in=ids), user))
_WHOLE = Prepared(
    lambda user, pk: _with_marks(_cards_for(Movie.objects.filter(pk=pk), user), user).defer(None)
)


def cards_by_id(movie_ids: Sequence[int], user: User | AnonymousUser) -> dict[int, Movie]:
    """The cards of those of these movies that exist, by movie id."""
    if not movie_ids:
        return {}
    if len(movie_ids) > PREPARED:
        return cards(Movie.objects.all(), user).in_bulk(movie_ids)
    found = _BY_IDS.ask(user.pk, movie_ids)
    return {movie.pk: movie for movie in found}


def cards_in_order(movie_ids: Sequence[int], user: User | AnonymousUser) -> list[Movie]:
    """The cards of these movies in this order, without those that are gone."""
    found = cards_by_id(movie_ids, user)
    return [found[pk] for pk in movie_ids if pk in found]


def movie_of_page(pk: int, user: User | AnonymousUser) -> Movie | None:
    """A movie whole, as a card of this person, with all of their marks on it: see `marks_on`."""
    found = _WHOLE.ask(user.pk, pk)
    return found[0] if found else None


def movie_of_card(pk: int, user: User | AnonymousUser) -> Movie | None:
    """One movie as a card of this person."""
    return cards_by_id([pk], user).get(pk)
