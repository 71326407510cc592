"""The movies of one list, as a page shows them to somebody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, OuterRef, Subquery, Window
from django.db.models.functions import RowNumber
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import name_of, shows_ratings_to
from movies import scales
from movies.cards import cards, cards_in_order
from movies.models import ListEntry, Movie, MovieList, MovieQuerySet, Rating

if TYPE_CHECKING:
    from accounts.models import User


def movies_of(movie_list: MovieList, viewer: User | AnonymousUser) -> MovieQuerySet:
    """The list's movies in their order, as cards, with `entry_id` and `note`.

    And with `owners_half_stars`, if the owner lets this viewer see them and is somebody else.
    """
    movies = cards(Movie.objects.filter(list_entries__movie_list=movie_list), viewer)
    movies = movies.annotate(entry_id=F("list_entries__pk"), note=F("list_entries__note"))
    if shows_owners_stars(movie_list, viewer):
        given = Rating.objects.filter(user=movie_list.owner_id, movie=OuterRef("pk"))
        movies = movies.annotate(owners_half_stars=Subquery(given.values("half_stars")[:1]))
    return movies.order_by("list_entries__position")


def shows_owners_stars(movie_list: MovieList, viewer: User | AnonymousUser) -> bool:
    return viewer.pk != movie_list.owner_id and shows_ratings_to(movie_list.owner, viewer)


def beside_cards(movie_list: MovieList, movies: list[Movie], first: int) -> dict[int, SafeString]:
    """What a card of the list says more than others, by movie id: number, owner's stars, note.

    first: the number of the first of these movies.
    """
    owner = name_of(movie_list.owner)
    return {
        movie.pk: SafeString(
            _number(number if movie_list.is_numbered else None)
            + gave(owner, getattr(movie, "owners_half_stars", None))
            + _note(movie.note)
        )
        for number, movie in enumerate(movies, start=first)
    }


def gave(name: str, half_stars: int | None) -> str:
    """'Alice: ★ 4½', in words for who listens."""
    if half_stars is None:
        return ""
    scale = scales.active()
    words = _("%(name)s gave %(stars)s") % {"name": name, "stars": scale.in_words(half_stars / 2)}
    return format_html(
        '<p class="they-gave"><span aria-hidden="true"><bdi>{}</bdi> ★ {}</span>'
        '<span class="visually-hidden">{}</span></p>',
        name,
        scale.given(half_stars / 2),
        words,
    )


def _number(number: int | None) -> str:
    # The list itself is numbered for who listens.
    return format_html('<span class="place" aria-hidden="true">{}</span>', number) if number else ""


def _note(note: str) -> str:
    return format_html('<p class="list-note" dir="auto">{}</p>', note) if note else ""


PER_PAGE = 12
FAN = 3


def with_fans(
    lists: Iterable[MovieList], viewer: User | AnonymousUser, n: int = FAN
) -> list[MovieList]:
    """The lists, each with `fan`: its first movies. In two queries, however many lists."""
    lists = list(lists)
    place = Window(RowNumber(), partition_by=[F("movie_list")], order_by=F("position").asc())
    entries = ListEntry.objects.filter(movie_list__in=[one.pk for one in lists])
    first = entries.annotate(place_shown=place).filter(place_shown__lte=n)
    ids = list(first.order_by("movie_list", "position").values_list("movie_list", "movie"))
    movies = {movie.pk: movie for movie in cards_in_order(sorted({pk for _l, pk in ids}), viewer)}
    fans: dict[int, list[Movie]] = defaultdict(list)
    for list_id, movie_id in ids:
        if movie_id in movies:
            fans[list_id].append(movies[movie_id])
    for movie_list in lists:
        movie_list.fan = fans[movie_list.pk]
    return lists
