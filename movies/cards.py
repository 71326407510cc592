"""Movies as a reader meets them: with the reader's own rating and marks on each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, CharField, Exists, IntegerField, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce

from movies.models import Mark, Movie, MovieQuerySet, Rating, Viewing

if TYPE_CHECKING:
    from accounts.models import User

# `hidden_as` of a movie that is watched by a viewing alone, without a mark to take away.
IN_DIARY = "diary"


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
    own = {"user": user.pk, "movie": OuterRef("pk")}
    hiding = Mark.objects.filter(**own, kind__in=Mark.HIDING_KINDS).order_by("kind")
    viewings = Viewing.objects.filter(**own)
    in_diary = Case(When(Exists(viewings), then=Value(IN_DIARY)), output_field=CharField())
    return movies.annotate(
        own_half_stars=Subquery(Rating.objects.filter(**own).values("half_stars")[:1]),
        hidden_as=Coalesce(Subquery(hiding.values("kind")[:1]), in_diary),
    )


def cards_by_id(movie_ids: Sequence[int], user: User | AnonymousUser) -> dict[int, Movie]:
    """The cards of those of these movies that exist, by movie id."""
    return cards(Movie.objects.all(), user).in_bulk(movie_ids) if movie_ids else {}


def cards_in_order(movie_ids: Sequence[int], user: User | AnonymousUser) -> list[Movie]:
    """The cards of these movies in this order, without deleted ones."""
    found = cards_by_id(movie_ids, user)
    return [found[pk] for pk in movie_ids if pk in found]


def movie_of_page(pk: int, user: User | AnonymousUser) -> Movie | None:
    """A movie with all of its fields, and with the user's rating."""
    return cards(Movie.objects.filter(pk=pk), user).defer(None).first()


def movie_of_card(pk: int, user: User | AnonymousUser) -> Movie | None:
    """One movie as a card."""
    return cards(Movie.objects.filter(pk=pk), user).first()
