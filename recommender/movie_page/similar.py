"""The part of a movie's page with similar movies and the links that steer them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from movies.addresses import address
from movies.cards import cards_by_id
from movies.genres import by_label
from movies.models import Genre, Movie
from recommender.serving.similar import similar_movies
from recommender.serving.similar_steering import DIRECTIONS, Steer

SHOWN = 12
GENRES_OFFERED = 4

NAMES: dict[str, str | Promise] = {
    "older": gettext_lazy("Older"),
    "newer": gettext_lazy("Newer"),
    "better-known": gettext_lazy("Better known"),
    "less-known": gettext_lazy("Less known"),
}


class Choice(NamedTuple):
    """One link that steers."""

    key: str
    label: str | Promise
    on: bool
    page: str
    fragment: str


def similar_page(request: HttpRequest, movie: Movie) -> dict[str, Any]:
    """Context of `_similar.html`; unknown words in the query string are ignored."""
    asked = steer_asked(request)
    find = partial(cards_by_id, user=request.user)
    similar = similar_movies(movie, SHOWN, request.user, asked, find)
    # Nothing to steer where there is nothing; but a way back out of wishes that left nothing.
    steers = list(_choices(movie, similar, asked)) if similar or asked else []
    return {"request": request, "similar": similar, "steers": steers}


def steer_asked(request: HttpRequest) -> Steer:
    slug = request.GET.get("more_of", "").replace("\0", "")
    genre = Genre.objects.filter(slug=slug).first() if slug else None
    return Steer.towards(request.GET.getlist("steer"), genre)


def _choices(movie: Movie, similar: list[Movie], asked: Steer) -> Iterator[Choice]:
    page, fragment = movie.get_absolute_url(), address("similar", movie.pk)

    def choice(key: str, label: str | Promise, on: bool, steer: Steer) -> Choice:
        query = f"?{steer.query}" if steer else ""
        return Choice(key, label, on, f"{page}{query}#similar", f"{fragment}{query}")

    for direction in DIRECTIONS:
        steer = asked.toggled(direction)
        yield choice(direction, NAMES[direction], asked.has(direction), steer)
    for genre in _genres_offered(movie, similar, asked):
        label = _("More %(genre)s") % {"genre": genre.label}
        steer = asked.toggled_genre(genre)
        yield choice(f"genre-{genre.pk}", label, genre == asked.genre, steer)


def _genres_offered(movie: Movie, similar: list[Movie], asked: Steer) -> list[Genre]:
    """Those of the movie, then those its neighbours have most; always the one asked for."""
    own = {genre.pk: genre for genre in movie.genre_list}
    near = [genre for other in similar for genre in other.genre_list]
    known = {genre.pk: genre for genre in near} | own
    around = Counter(genre.pk for genre in near).most_common()
    others = [pk for pk, _n in around if pk not in own]
    offered = [known[pk] for pk in [*own, *others][:GENRES_OFFERED]]
    if asked.genre and asked.genre not in offered:
        offered[-1:] = [asked.genre]
    return by_label(offered)
