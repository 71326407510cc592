"""The shelves below the top picks: short rows of movies, each with a title of its own.

All rows come from one fold-in and one scoring of the catalogue (`shelf_layout.py`). A movie is in
one row only; rated and hidden movies are in none. One query reads the movies of all rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _

from movies.cards import cards_by_id
from movies.models import Genre, Movie
from movies.watching.tonight import PARAMETER, Tonight
from recommender.core.ranking import page_order
from recommender.home.shelf_layout import Kind, Row, ShelfLayout
from recommender.onboarding.questions import candidates
from recommender.serving.explain import NamedReason, first_reasons
from recommender.serving.model_cache import Model
from recommender.serving.predictions import predict_rows
from recommender.serving.recommend import Find
from recommender.serving.users import FoldedInUser, model_and_user

if TYPE_CHECKING:
    from accounts.models import User

PER_SHELF = 6


@dataclass(frozen=True)
class Shelf:
    """One row: its subject, title and movies, and the page with more of them."""

    kind: Kind
    about: str  # a movie's id, a genre's slug, a decade's first year; "" for the others
    title: str
    more: str  # URL of that page
    movies: Sequence[Movie]

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.about}" if self.about else self.kind


@dataclass(frozen=True)
class Shelves:
    shelves: Sequence[Shelf] = ()
    predicted: Mapping[int, Any] = field(default_factory=dict)  # stars by movie id
    because: Mapping[int, NamedReason] = field(default_factory=dict)
    # The movies that are most worth asking about; none of them is on a shelf.
    to_rate: Sequence[Movie] = ()
    run_id: int | None = None


def shelves_for(
    user: User,
    already_shown: Sequence[int] = (),
    day: date | None = None,
    *,
    n: int = PER_SHELF,
    n_to_rate: int = 0,
    find: Find | None = None,
    within: Tonight | None = None,
    with_reasons: bool = True,
) -> Shelves:
    """The shelves of a user; none for users without a list of their own.

    already_shown: ids of movies to leave out. day: the shelves about single movies change daily.
    n: movies a shelf. find: as for `recommend`; by default the movies come as cards.
    within: nothing but what can be watched tonight on the shelves; asked about is any movie.
    """
    model, folded_in = model_and_user(user)
    if model is None or folded_in is None or not folded_in.is_known:
        return Shelves()
    day = day or date.today()
    rows = ShelfLayout(model, folded_in, user, already_shown, day, n, within).rows()
    asked = candidates(model, folded_in, n_to_rate + len(already_shown)) if n_to_rate else []
    wanted = [*_movies_of(rows, model), *(pk for pk in asked if pk not in already_shown)]
    found = (find or partial(cards_by_id, user=user))(list(dict.fromkeys(wanted)))
    shelves = [shelf for row in rows if (shelf := _shelf(row, model, found, n))]
    if within is not None:
        shelves = [replace(shelf, more=_tonight(shelf)) for shelf in shelves]
    shown = {movie.pk for shelf in shelves for movie in shelf.movies}
    to_rate = [found[pk] for pk in asked if pk in found and pk not in {*shown, *already_shown}]
    return _with_stars(model, folded_in, shelves, to_rate[:n_to_rate], with_reasons)


def _movies_of(rows: Sequence[Row], model: Model) -> list[int]:
    """Ids of the movies in the rows, and of those that a row is about."""
    places = np.concatenate([np.empty(0, np.int64), *(row.places for row in rows)])
    return [
        *model.items.item_ids[places].tolist(),
        *(row.about for row in rows if row.kind == Kind.LIKE),
    ]


def _shelf(row: Row, model: Model, found: Mapping[int, Movie], n: int) -> Shelf | None:
    """The row with its title and those of its movies that still exist; None if too few do."""
    ids = model.items.item_ids[row.places].tolist()
    movies = [found[pk] for pk in ids if pk in found][:n]
    if len(movies) < (1 if row.kind == Kind.WATCHLIST else 2):
        return None
    heading = _HEADINGS[row.kind](row, movies, found)
    return heading and Shelf(row.kind, *heading, movies)


# (about, title, URL) of a shelf; None if what it is about was deleted.
_Heading = tuple[str, str, str] | None


def _watchlist(row: Row, movies: Sequence[Movie], found: Mapping[int, Movie]) -> _Heading:
    return "", _("From your watchlist"), reverse("movies:watchlist")


def _like(row: Row, movies: Sequence[Movie], found: Mapping[int, Movie]) -> _Heading:
    movie = found.get(row.about)
    if movie is None:
        return None
    title = _("More like %(title)s") % {"title": movie.title}
    return str(movie.pk), title, f"{movie.get_absolute_url()}#similar"


def _genre(row: Row, movies: Sequence[Movie], found: Mapping[int, Movie]) -> _Heading:
    """The genre is taken from the movies, which have just been read."""
    genres: dict[int, Genre] = {genre.pk: genre for m in movies for genre in m.genre_list}
    genre = genres.get(row.about)
    return genre and (genre.slug, genre.label, _browse(genre=genre.slug))


def _decade(row: Row, movies: Sequence[Movie], found: Mapping[int, Movie]) -> _Heading:
    title = _("The best of the %(decade)ss for you") % {"decade": row.about}
    return str(row.about), title, _browse(decade=row.about)


def _off_the_track(row: Row, movies: Sequence[Movie], found: Mapping[int, Movie]) -> _Heading:
    return "", _("Off the beaten track"), _browse(order="off_the_track")


_HEADINGS = {
    Kind.WATCHLIST: _watchlist,
    Kind.LIKE: _like,
    Kind.GENRE: _genre,
    Kind.DECADE: _decade,
    Kind.OFF_THE_TRACK: _off_the_track,
}


def _browse(**asked: Any) -> str:
    return f"{reverse('movies:browse')}?{urlencode({'order': 'for_you', **asked})}"


def _tonight(shelf: Shelf) -> str:
    """The page with more of them, limited to tonight where it can be."""
    if shelf.kind == Kind.LIKE:
        return shelf.more
    return f"{shelf.more}{'&' if '?' in shelf.more else '?'}{PARAMETER}=1"


def _with_stars(
    model: Model,
    folded_in: FoldedInUser,
    shelves: list[Shelf],
    to_rate: list[Movie],
    with_reasons: bool,
) -> Shelves:
    movies = [movie for shelf in shelves for movie in shelf.movies]
    stars = (
        predict_rows(model, folded_in, model.rows(movie.pk for movie in movies)) if movies else []
    )
    predicted = {movie.pk: star for movie, star in zip(movies, stars, strict=True)}
    because = first_reasons(model, folded_in, list(predicted)) if with_reasons else {}
    shelves = [replace(shelf, movies=_as_shown(shelf.movies, predicted)) for shelf in shelves]
    return Shelves(shelves, predicted, because, to_rate, model.run_id)


def _as_shown(movies: Sequence[Movie], predicted: Mapping[int, Any]) -> list[Movie]:
    order = page_order([predicted[movie.pk] for movie in movies])
    return [movies[place] for place in order.tolist()]
