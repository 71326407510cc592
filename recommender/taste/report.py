"""What the taste page and its API answer: one person's taste on the map of the run that serves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from movies.models import Movie
from recommender.core import UserVector, fold_in
from recommender.serving.model_cache import Model, current_model
from recommender.serving.users import user_ratings_in_run
from recommender.taste.map import MovieMap, Standing
from recommender.taste.rated_movies import Shelf
from recommender.taste.statistics import Figures, figures

if TYPE_CHECKING:
    from accounts.models import User

# Own movies that are not among the best known ones, on the map beside them.
MOST_OWN_BESIDE = 60
FEWEST_RATINGS_TO_PLACE = 5


@dataclass(frozen=True)
class NamedAxis:
    """An axis with the movies at its ends, and where the person stands on it."""

    number: int
    share: float
    low: Sequence[Movie]
    high: Sequence[Movie]
    standing: Standing | None

    @property
    def leans(self) -> bool:
        """Whether the person's ratings say to which side they lean at all."""
        return self.standing is not None and abs(self.standing.place) > self.standing.uncertainty

    @property
    def towards(self) -> Sequence[Movie]:
        """The movies at the end that the person leans to."""
        if self.standing is None:
            return ()
        return self.high if self.standing.place >= 0 else self.low

    @property
    def further_than(self) -> float | None:
        """Part of the site's people who lean less far that way; None for a site of few."""
        if self.standing is None or self.standing.below is None:
            return None
        return self.standing.below if self.standing.place >= 0 else 1 - self.standing.below


@dataclass(frozen=True)
class Taste:
    shelf: Shelf
    figures: Figures
    atlas: MovieMap | None  # None before the first run, and for a run stored without one
    axes: Sequence[NamedAxis]
    standing: Sequence[Standing] | None  # None for a person without ratings
    beside: tuple[Sequence[int], np.ndarray] = field(default=((), np.empty((0, 0))))

    def placed(self) -> list[tuple[Movie, list[float]]]:
        """The map's movies that still exist, with their places in deviations along each axis."""
        if self.atlas is None or not self.atlas.n_axes:
            return []
        places = (self.atlas.places / self.atlas.spreads).round(3).tolist()
        pairs = zip(self.atlas.movie_ids.tolist(), places, strict=True)
        return [(self.shelf.movies[pk], place) for pk, place in pairs if pk in self.shelf.movies]


def taste_of(user: User) -> Taste:
    """Everything the page shows, from the ratings as they are now."""
    model = current_model()
    atlas = MovieMap.of_run(model.run_id) if model else None
    shelf = Shelf.of(user, () if atlas is None else atlas.movie_ids.tolist())
    standing, beside = None, ((), np.empty((0, 0)))
    if model is not None and atlas is not None and atlas.n_axes:
        beside = _beside(model, atlas, shelf)
        if shelf.rated:
            standing = atlas.standing_of(_vector(model, user, shelf))
    return Taste(
        shelf=shelf,
        figures=figures(shelf, atlas.everyone if atlas else {}),
        atlas=atlas,
        axes=_named(atlas, shelf, standing),
        standing=standing,
        beside=beside,
    )


def _vector(model: Model, user: User, shelf: Shelf) -> UserVector:
    rated = sorted(shelf.rated, key=lambda one: one.movie.pk)
    ids = np.array([one.movie.pk for one in rated], np.int64)
    stars = np.array([one.stars for one in rated], np.float32)
    return fold_in(model.items, **user_ratings_in_run(model, user, ids, stars).arguments())


def _beside(model: Model, atlas: MovieMap, shelf: Shelf) -> tuple[Sequence[int], np.ndarray]:
    """Rated movies that the map does not show anyway, the best known first."""
    known = set(atlas.movie_ids.tolist())
    own = [one.movie for one in shelf.rated if one.movie.pk not in known]
    own.sort(key=lambda movie: (-movie.n_ratings, movie.pk))
    rows = model.known_rows(movie.pk for movie in own)
    rows = rows[model.items.n_ratings[rows] >= FEWEST_RATINGS_TO_PLACE][:MOST_OWN_BESIDE]
    return model.items.item_ids[rows].tolist(), atlas.places_of(model.items, rows)


def _named(
    atlas: MovieMap | None, shelf: Shelf, standing: Sequence[Standing] | None
) -> list[NamedAxis]:
    def movies(ids: Sequence[int]) -> list[Movie]:
        return [shelf.movies[movie_id] for movie_id in ids if movie_id in shelf.movies]

    return [
        NamedAxis(
            number=axis.number,
            share=axis.share,
            low=movies(axis.low),
            high=movies(axis.high),
            standing=standing[place] if standing else None,
        )
        for place, axis in enumerate(atlas.axes if atlas else ())
    ]
