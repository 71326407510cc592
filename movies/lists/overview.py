"""Lists as an overview shows them: each with its first posters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Window
from django.db.models.functions import RowNumber

from movies.cards import cards_in_order
from movies.lists.models import ListEntry, MovieList
from movies.models import Movie

if TYPE_CHECKING:
    from accounts.models import User

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
