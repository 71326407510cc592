"""Explanations of predicted ratings and reasons for picks, for pages and the API.

Which ratings are named, and what is said of them, is decided here for all: the movie page, cards
and shelves, groups, and the API.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from django.contrib.auth.models import AnonymousUser

from movies.models import Movie
from recommender.core import Explanation, reasons_for
from recommender.core import explain as core_explain
from recommender.core.explain.reasons import Reason, ReasonKind
from recommender.core.unrated_items import with_placed
from recommender.serving.model_cache import Model
from recommender.serving.placement import place_movies
from recommender.serving.predictions import PredictedStars, clipped, predict_rows
from recommender.serving.recommend import Recommendations
from recommender.serving.users import FoldedInUser, model_and_user

if TYPE_CHECKING:
    from accounts.models import User

SHOWN = 10
# Reasons for the stars that a movie page names.
MOST_NAMED = 3


@dataclass(frozen=True)
class OwnRating:
    """One of the user's ratings and its share in a prediction."""

    movie: Movie
    stars: float
    share: float  # in stars; below 0 when it takes away
    without: float | None = None  # predicted stars without this rating


@dataclass(frozen=True)
class NamedReason(OwnRating):
    """One of the user's ratings that speaks for a movie, and what may be said of it."""

    kind: ReasonKind = ReasonKind.STARS


@dataclass(frozen=True)
class Reasons:
    """A predicted rating and its parts, which add up to `prediction`."""

    run_id: int
    movie: Movie
    stars: PredictedStars  # `prediction`, clipped to the scale
    prediction: float
    average: float  # global mean
    standing: float  # movie bias
    tendency: float  # user bias
    typical: float  # from the average user's taste; fades with every rating
    named: Sequence[NamedReason]  # what speaks for the movie; cards name the first
    ratings: Sequence[OwnRating]  # those with the largest shares, largest first
    n_others: int
    others: float  # sum of the shares of all other ratings

    @property
    def has_typical_taste(self) -> bool:
        """Is its part more than 0.00?"""
        return abs(self.typical) >= 0.005


def explain(user: User | AnonymousUser, movie: Movie, n: int = SHOWN) -> Reasons | None:
    """The parts of this user's predicted rating; None if there is no prediction.

    n: how many of the user's ratings to list one by one, by size of share.
    """
    if not user.is_authenticated:
        return None
    model, folded_in = model_and_user(user)
    if model is None or folded_in is None:
        return None
    model, row = _with_row_of(model, movie)
    if row < 0:
        return None
    parts = core_explain(model.items, folded_in.user_ratings, row, without=n)
    strongest = np.argsort(-np.abs(parts.contributions), kind="stable")
    [candidates] = reasons_for(model.items, folded_in.user_ratings, [row], MOST_NAMED)
    places = [*strongest[:n].tolist(), *(reason.place for reason in candidates)]
    movies = _rated_movies(model, folded_in, places)
    return Reasons(
        run_id=model.run_id,
        movie=movie,
        stars=predict_rows(model, folded_in, [row])[0],
        prediction=parts.prediction,
        average=parts.global_mean,
        standing=parts.item_bias,
        tendency=parts.user_bias,
        typical=parts.prior,
        named=_named(folded_in, candidates, movies),
        ratings=_own_ratings(folded_in, parts, strongest[:n], movies),
        n_others=len(strongest[n:]),
        others=float(parts.contributions[strongest[n:]].sum()),
    )


def _with_row_of(model: Model, movie: Movie) -> tuple[Model, int]:
    """The model and the movie's row in it; a movie added since the run gets a row of its own."""
    row = int(model.rows([movie.pk])[0])
    placed = place_movies(model, [movie.pk]) if row < 0 else None
    if placed is None:
        return model, row
    items = with_placed(model.items, placed)
    return Model(model.run_id, items, model.merges), items.n_items - 1


def first_reasons(
    model: Model, folded_in: FoldedInUser, movie_ids: Sequence[int]
) -> dict[int, NamedReason]:
    """By movie id, the first reason that the movie's page names, where there is one. One query."""
    return {pk: why[0] for pk, why in all_reasons(model, folded_in, movie_ids).items()}


def all_reasons(
    model: Model, folded_in: FoldedInUser, movie_ids: Sequence[int]
) -> dict[int, list[NamedReason]]:
    """By movie id, the reasons that the movie's page names, where there are any. One query."""
    if not movie_ids or not len(folded_in.user_ratings):
        return {}
    found = reasons_for(model.items, folded_in.user_ratings, model.rows(movie_ids), MOST_NAMED)
    movies = _rated_movies(model, folded_in, [reason.place for why in found for reason in why])
    return {
        movie_id: named
        for movie_id, why in zip(movie_ids, found, strict=True)
        if (named := _named(folded_in, why, movies))
    }


def short_reasons(picks: Recommendations) -> dict[int, NamedReason]:
    """The same for a list of recommendations; popular movies have none."""
    if picks.model is None or picks.folded_in is None:
        return {}
    return first_reasons(picks.model, picks.folded_in, [item.movie_id for item in picks.items])


def _named(
    folded_in: FoldedInUser, candidates: Sequence[Reason], movies: Mapping[int, Movie]
) -> list[NamedReason]:
    """The reasons for the stars or, if there are none, one movie with the same audience.

    movies: by place of the rating, those that still exist.
    """
    existing = [reason for reason in candidates if reason.place in movies]
    strong = [reason for reason in existing if reason.kind == ReasonKind.STARS]
    return [
        NamedReason(
            movies[reason.place],
            float(folded_in.user_ratings.stars[reason.place]),
            reason.share,
            None if reason.without is None else float(clipped(reason.without)),
            reason.kind,
        )
        for reason in strong or existing[:1]
    ]


def _own_ratings(
    folded_in: FoldedInUser, parts: Explanation, places: np.ndarray, movies: Mapping[int, Movie]
) -> list[OwnRating]:
    without = clipped(parts.prediction_without)
    return [
        OwnRating(
            movies[place],
            float(folded_in.user_ratings.stars[place]),
            float(parts.contributions[place]),
            float(without[place]),
        )
        for place in places.tolist()
        if place in movies
    ]


def _rated_movies(model: Model, folded_in: FoldedInUser, places: Sequence[int]) -> dict[int, Movie]:
    """By place of the rating, the movies that still exist, with title and year only."""
    ids = model.items.item_ids[folded_in.user_ratings.item_index[places]].tolist() if places else []
    movies = Movie.everything.only("title", "year").in_bulk(set(ids))
    return {place: movies[pk] for place, pk in zip(places, ids, strict=True) if pk in movies}
