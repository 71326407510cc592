"""Similar movies on the movie page, and the links that steer them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from movies.cards import cards_by_id
from movies.genres import by_label
from movies.models import Genre, Movie
from recommender.serving.cards import cards_for
from recommender.serving.similar import similar_movies
from recommender.serving.similar_steering import DIRECTIONS, FAMES, Steer

SHOWN = 12
GENRES_OFFERED = 4

NAMES: dict[str, str | Promise] = {
    "older": gettext_lazy("Older"),
    "newer": gettext_lazy("Newer"),
    "better-known": gettext_lazy("Better known"),
    "less-known": gettext_lazy("Less known"),
}


class SteeringLink(NamedTuple):
    """A link that steers the similar movies one way, or takes that back."""

    key: str
    label: str | Promise
    is_on: bool
    page: str
    fragment: str


def similar_section(request: HttpRequest, movie: Movie) -> dict[str, Any]:
    """Context of `_similar.html`; unknown words in the query string are ignored."""
    asked = steer_asked(request)
    find = partial(cards_by_id, user=request.user)
    similar = similar_movies(movie, SHOWN, request.user, asked, find)
    # Nothing to steer where nothing is similar, unless steering itself left nothing.
    links = list(_links(movie, asked)) if similar or asked else []
    return {"similar": cards_for(request.user, similar), "steering": links}


def steer_asked(request: HttpRequest) -> Steer:
    slug = request.GET.get("more_of", "").replace("\0", "")
    genre = Genre.objects.filter(slug=slug).first() if slug else None
    return Steer.towards(request.GET.getlist("steer"), genre)


def _links(movie: Movie, asked: Steer) -> Iterator[SteeringLink]:
    page, fragment = movie.get_absolute_url(), reverse("similar", args=[movie.pk])

    def link(key: str, label: str | Promise, is_on: bool, steer: Steer) -> SteeringLink:
        query = f"?{steer.query}" if steer else ""
        return SteeringLink(key, label, is_on, f"{page}{query}#similar", f"{fragment}{query}")

    for direction in DIRECTIONS if movie.year else FAMES:
        steer = asked.toggled(direction)
        yield link(direction, NAMES[direction], asked.has(direction), steer)
    for genre in _genres_offered(movie, asked):
        label = _("More %(genre)s") % {"genre": genre.label}
        steer = asked.toggled_genre(genre)
        yield link(f"genre-{genre.pk}", label, genre == asked.genre, steer)


def _genres_offered(movie: Movie, asked: Steer) -> list[Genre]:
    """The movie's own genres, and the one asked for."""
    offered = movie.genre_list[:GENRES_OFFERED]
    if asked.genre and asked.genre not in offered:
        offered = [*offered[: GENRES_OFFERED - 1], asked.genre]
    return by_label(offered)
