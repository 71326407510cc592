"""What list pages show: the movies of a list with its notes, and lists with their first movies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, OuterRef, Subquery, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from accounts.models import name_of, shows_ratings_to
from movies import scales
from movies.cards import cards, cards_by_id
from movies.models import ListEntry, Movie, MovieList, MovieQuerySet, Rating

if TYPE_CHECKING:
    from accounts.models import User

PER_PAGE = 12  # lists
N_FIRST_MOVIES = 3


@dataclass(frozen=True)
class GivenStars:
    """What another user gave a movie."""

    name: str
    stars: str  # "4½", on the reader's scale
    sentence: str  # for screen readers


@dataclass(frozen=True)
class ListNote:
    """What a page says below the card of one movie of a list."""

    template: ClassVar[str] = "movies/lists/_list_note.html"

    number: str = ""  # in numbered lists
    given: GivenStars | None = None
    note: str = ""


def movies_of(movie_list: MovieList, viewer: User | AnonymousUser) -> MovieQuerySet:
    """The cards of the list's movies in their order, with `entry_id` and `note`.

    Also with `owners_half_stars`, if the owner is somebody else and lets the viewer see them.
    """
    movies = cards(Movie.objects.filter(list_entries__movie_list=movie_list), viewer)
    movies = movies.annotate(entry_id=F("list_entries__pk"), note=F("list_entries__note"))
    if shows_owners_stars(movie_list, viewer):
        given = Rating.objects.filter(user=movie_list.owner_id, movie=OuterRef("pk"))
        movies = movies.annotate(owners_half_stars=Subquery(given.values("half_stars")[:1]))
    return movies.order_by("list_entries__position")


def shows_owners_stars(movie_list: MovieList, viewer: User | AnonymousUser) -> bool:
    return viewer.pk != movie_list.owner_id and shows_ratings_to(movie_list.owner, viewer)


def list_notes(movie_list: MovieList, movies: Iterable[Movie], first: int) -> dict[int, ListNote]:
    """Number, owner's stars and note of each of these movies, by movie id.

    first: the number of the first of them.
    """
    owner = name_of(movie_list.owner)
    return {
        movie.pk: ListNote(
            number=str(number) if movie_list.is_numbered else "",
            given=given_stars(owner, getattr(movie, "owners_half_stars", None)),
            note=movie.note,
        )
        for number, movie in enumerate(movies, start=first)
    }


def given_stars(name: str, half_stars: int | None) -> GivenStars | None:
    """What the user of this name gave a movie; None for nothing."""
    if half_stars is None:
        return None
    scale, stars = scales.active(), half_stars / 2
    words = {"name": name, "stars": scale.in_words(stars)}
    return GivenStars(name, scale.given(stars), _("%(name)s gave %(stars)s") % words)


def with_first_movies(
    lists: Iterable[MovieList], viewer: User | AnonymousUser, n: int = N_FIRST_MOVIES
) -> list[MovieList]:
    """The lists, each with its `first_movies`. Takes two queries for any number of lists."""
    lists = list(lists)
    rank = Window(RowNumber(), partition_by=[F("movie_list")], order_by=F("position").asc())
    entries = ListEntry.objects.filter(movie_list__in=[one.pk for one in lists])
    first = entries.annotate(rank=rank).filter(rank__lte=n)
    ids = list(first.order_by("movie_list", "position").values_list("movie_list", "movie"))
    movies = cards_by_id(sorted({movie_id for _list_id, movie_id in ids}), viewer)
    first_movies: dict[int, list[Movie]] = defaultdict(list)
    for list_id, movie_id in ids:
        if movie_id in movies:
            first_movies[list_id].append(movies[movie_id])
    for movie_list in lists:
        movie_list.first_movies = first_movies[movie_list.pk]
    return lists
