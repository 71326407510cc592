"""What shall I watch tonight: one page of short rows, each with a reason of its own.

All rows come from the same solved person and one scoring of the catalogue. A movie stands in one
row only, and nothing that lists must not bring back stands in any.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import numpy as np
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from movies.cards import cards
from movies.models import Genre, Mark, Movie
from recommender import reasons
from recommender.core import BOLDNESS_STOPS, score_items, similar_items, top_n
from recommender.genres import genres_of_run
from recommender.people import Person, boldness_of, model_and_person
from recommender.predictions import stars_of
from recommender.recommending import Recommendation, Recommendations
from recommender.serving import Model

if TYPE_CHECKING:
    from accounts.models import User

PER_SHELF = 6
# Movies deleted since the run are still in its arrays.
SPARE = 2
GENRES, LOVED = 2, 2
# A genre starts as if so many ratings in it had shown no leaning.
DAMPING = 5


@dataclass
class Shelf:
    """One row: a heading, movies, and where there are more of the kind."""

    key: str
    title: str | Promise
    rows: np.ndarray  # of the run, best first
    more: str = ""
    movies: list[Movie] = field(default_factory=list)


@dataclass(frozen=True)
class Shelves:
    shelves: Sequence[Shelf]
    predicted: dict[int, Any]  # stars by movie id
    because: dict[int, reasons.OwnRating]


def shelves_for(user: User, beside: Sequence[int] = (), day: date | None = None) -> Shelves:
    """The rows below this person's top picks; none for who has no list of their own.

    beside: ids of movies that the page shows already. day: the rows about single movies change
    from day to day.
    """
    model, person = model_and_person(user)
    if model is None or person is None or not person.is_known:
        return Shelves([], {}, {})
    board = _Board(model, person, user, beside, day or date.today())
    shelves = [shelf for shelf in board.shelves() if len(shelf.rows) > 1]
    rows = np.concatenate([np.empty(0, np.int64), *(shelf.rows for shelf in shelves)])
    found = cards(Movie.objects.all(), user).in_bulk(model.items.item_ids[rows].tolist())
    for shelf in shelves:
        ids = model.items.item_ids[shelf.rows].tolist()
        shelf.movies = [found[pk] for pk in ids if pk in found][:PER_SHELF]
    return _with_reasons(model, person, [shelf for shelf in shelves if shelf.movies])


def _with_reasons(model: Model, person: Person, shelves: list[Shelf]) -> Shelves:
    movies = [movie for shelf in shelves for movie in shelf.movies]
    stars = stars_of(model, person, model.rows(movie.pk for movie in movies)) if movies else []
    predicted = {movie.pk: star for movie, star in zip(movies, stars, strict=True)}
    picks = Recommendations(
        items=[Recommendation(pk, star, None) for pk, star in predicted.items()],
        run_id=model.run_id,
        source="personal",
        model=model,
        person=person,
    )
    return Shelves(shelves, predicted, reasons.in_short(picks))


class _Board:
    """Takes movies for one row after the other, each once."""

    def __init__(
        self, model: Model, person: Person, user: User, beside: Sequence[int], day: date
    ) -> None:
        self.model, self.person, self.user = model, person, user
        self.scores = score_items(model.items, person.vector, boldness_of(user))
        self.beside = model.known_rows(beside)
        self.taken = set(model.known_rows([*person.excluded.tolist(), *beside]).tolist())
        self.dice = np.random.default_rng([user.pk, day.toordinal()])

    def shelves(self) -> Iterator[Shelf]:
        yield from self._watchlist()
        loved = self._loved()
        yield from (self._more_like(row) for row in loved[:1])
        yield from self._of_genres()
        yield from self._of_decade()
        yield from (self._more_like(row) for row in loved[1:LOVED])
        yield self._off_the_track()

    def _take(self, scores: np.ndarray, n: int = PER_SHELF + SPARE) -> np.ndarray:
        rows = top_n(scores, n, np.fromiter(self.taken, np.int64))
        self.taken.update(rows.tolist())
        return rows

    def _only(self, chosen: np.ndarray) -> np.ndarray:
        return np.where(chosen, self.scores, np.nan)

    def _watchlist(self) -> Iterator[Shelf]:
        """By the stars they would get, not by the list's order: they were chosen already."""
        marks = Mark.objects.filter(user=self.user).values_list("movie_id", "kind")
        away = {pk for pk, kind in marks if kind in Mark.PUT_AWAY} | set(self.person.rated.tolist())
        rows = self.model.known_rows(
            sorted({pk for pk, kind in marks if kind == Mark.Kind.WATCHLIST} - away)
        )
        if not len(rows):
            return
        stars = np.full(len(self.scores), np.nan, np.float32)
        stars[rows] = stars_of(self.model, self.person, rows)
        # What the picks show already stays there.
        stars[np.fromiter(self.beside, np.int64)] = np.nan
        best = top_n(stars, PER_SHELF + SPARE)
        self.taken.update(best.tolist())
        yield Shelf("watchlist", _("From your watchlist"), best, reverse("movies:watchlist"))

    def _loved(self) -> list[int]:
        """Rows of the movies with this person's most stars, other ones from day to day."""
        stars = self.person.evidence.stars
        if not len(stars) or stars.max() < 3.5:
            return []
        few = (stars == stars.max()).sum() < 2 * LOVED
        best = np.flatnonzero(stars >= stars.max() - (0.5 if few else 0))
        chosen = self.dice.permutation(best)[:LOVED]
        return self.person.evidence.item_index[chosen].tolist()

    def _more_like(self, row: int) -> Shelf:
        excluded = np.fromiter(self.taken, np.int64)
        rows, _closeness = similar_items(self.model.items, row, PER_SHELF + SPARE, excluded)
        self.taken.update(rows.tolist())
        movie = Movie.objects.filter(pk=self.model.items.item_ids[row]).first()
        if movie is None:
            return Shelf("like", "", rows[:0])
        title = _("More like %(title)s") % {"title": movie.title}
        return Shelf(f"like-{movie.pk}", title, rows, f"{movie.get_absolute_url()}#similar")

    def _leanings(self, groups: np.ndarray) -> np.ndarray:
        """(n_groups,) stars given above one's own mean, damped; groups: (n_ratings, n_groups)."""
        evidence = self.person.evidence
        given = evidence.stars - evidence.stars.mean() if len(evidence.stars) else evidence.stars
        return (groups * given[:, None]).sum(0) / (groups.sum(0) + DAMPING)

    def _of_genres(self) -> Iterator[Shelf]:
        genres = genres_of_run(self.model)
        if not len(genres.genre_ids):
            return
        leaning = self._leanings(genres.matrix[self.person.evidence.item_index])
        best = np.argsort(-leaning, kind="stable")[:GENRES]
        names = Genre.objects.in_bulk(genres.genre_ids[best].tolist())
        for place in best.tolist():
            genre = names.get(int(genres.genre_ids[place]))
            if genre is not None and leaning[place] > 0:
                rows = self._take(self._only(genres.matrix[:, place]))
                yield Shelf(f"genre-{genre.slug}", genre.name, rows, _browse(genre=genre.slug))

    def _of_decade(self) -> Iterator[Shelf]:
        decades = _decades_of_run(self.model)
        known = np.unique(decades[decades > 0])
        if len(known) < 2:
            return
        own = decades[self.person.evidence.item_index]
        leaning = self._leanings((own[:, None] == known).astype(np.float32))
        decade = int(known[leaning.argmax()])
        if leaning.max() <= 0:
            return
        title = _("The best of the %(decade)ss for you") % {"decade": decade}
        rows = self._take(self._only(decades == decade))
        yield Shelf(f"decade-{decade}", title, rows, _browse(decade=decade))

    def _off_the_track(self) -> Shelf:
        scores = score_items(self.model.items, self.person.vector, BOLDNESS_STOPS[-1])
        return Shelf("off-the-track", _("Off the beaten track"), self._take(scores))


def _browse(**asked: Any) -> str:
    return f"{reverse('movies:browse')}?{urlencode({'order': 'for_you', **asked})}"


def _decades_of_run(model: Model) -> np.ndarray:
    """(n_items,) first year of each movie's decade, 0 where unknown; read once for each run."""
    if "decades" not in model.beside:
        years = dict(Movie.objects.exclude(year=None).values_list("pk", "year"))
        ids = model.items.item_ids.tolist()
        model.beside["decades"] = np.array([years.get(pk, 0) // 10 * 10 for pk in ids])
    return model.beside["decades"]
