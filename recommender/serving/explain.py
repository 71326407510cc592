"""Explanations of predicted ratings: their exact parts, for pages and the API."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from django.contrib.auth.models import AnonymousUser

from movies.models import Movie
from recommender.core import Explanation, contributions
from recommender.core import explain as core_explain
from recommender.serving.model_cache import Model
from recommender.serving.predictions import PredictedStars, clipped, predict_rows
from recommender.serving.recommend import Recommendations
from recommender.serving.users import FoldedInUser, model_and_user

if TYPE_CHECKING:
    from accounts.models import User

SHOWN = 10
# A card names one of this many ratings with the largest share.
OF_STRONGEST = 3
# In stars; a smaller share is not worth naming.
SMALLEST_REASON = 0.02


@dataclass(frozen=True)
class OwnRating:
    """One of the user's ratings and its share in a prediction."""

    movie: Movie
    stars: float
    share: float  # in stars; below 0 when it takes away
    without: float | None = None  # predicted stars without this rating


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
    typical: float  # from the average user's taste; 0 from the first rating on
    ratings: Sequence[OwnRating]  # those with the largest shares, largest first
    n_others: int
    others: float  # sum of the shares of all other ratings

    @property
    def top(self) -> Sequence[OwnRating]:
        """The three largest shares, to be named in a sentence."""
        return [own for own in self.ratings[:3] if abs(own.share) >= SMALLEST_REASON / 4]


def explain(user: User | AnonymousUser, movie: Movie, n: int = SHOWN) -> Reasons | None:
    """The parts of this user's predicted rating; None if there is no prediction.

    n: how many of the user's ratings to list one by one, by size of share.
    """
    if not user.is_authenticated:
        return None
    model, folded_in = model_and_user(user)
    row = int(model.rows([movie.pk])[0]) if model else -1
    if model is None or folded_in is None or row < 0:
        return None
    parts = core_explain(
        model.items,
        target_index=row,
        **folded_in.user_ratings.arguments(),
        without=n,
        solution=folded_in.vector.solution,
    )
    strongest = np.argsort(-np.abs(parts.contributions), kind="stable")
    return Reasons(
        run_id=model.run_id,
        movie=movie,
        stars=predict_rows(model, folded_in, [row])[0],
        prediction=parts.prediction,
        average=parts.global_mean,
        standing=parts.item_bias,
        tendency=parts.user_bias,
        typical=parts.prior,
        ratings=_own_ratings(model, folded_in, parts, strongest[:n]),
        n_others=len(strongest[n:]),
        others=float(parts.contributions[strongest[n:]].sum()),
    )


def _titled(movie_ids: list[int]) -> dict[int, Movie]:
    """Movies by id, with title and year only."""
    return Movie.objects.only("title", "year").in_bulk(movie_ids)


def _own_ratings(
    model: Model, folded_in: FoldedInUser, parts: Explanation, places: np.ndarray
) -> list[OwnRating]:
    ids = model.items.item_ids[parts.item_index[places]].tolist()
    movies = _titled(ids)
    without = clipped(parts.prediction_without[places]).tolist()
    return [
        OwnRating(
            movies[movie_id], float(folded_in.user_ratings.stars[place]), float(share), instead
        )
        for movie_id, place, share, instead in zip(
            ids, places, parts.contributions[places], without, strict=True
        )
        if movie_id in movies  # deleted meanwhile otherwise
    ]


def _varied(shares: np.ndarray) -> np.ndarray:
    """(n_movies,) which rating to name for each movie, from (n_ratings, n_movies) shares.

    Of the three ratings with the largest shares the one that was named least on this page, if its
    share is at least half of the largest.
    """
    named: Counter[int] = Counter()
    chosen = np.empty(shares.shape[1], np.int64)
    strongest = np.argsort(-shares, axis=0, kind="stable")[:OF_STRONGEST]
    for movie, places in enumerate(strongest.T.tolist()):
        most = shares[places[0], movie]
        large = [place for place in places if shares[place, movie] >= most / 2]
        chosen[movie] = min(large or places[:1], key=lambda place: named[place])
        named[int(chosen[movie])] += 1
    return chosen


def short_reasons(picks: Recommendations) -> dict[int, OwnRating]:
    """By movie id, one of the user's ratings that raises its prediction, if any does."""
    model, folded_in = picks.model, picks.folded_in
    if (
        model is None
        or folded_in is None
        or not len(folded_in.user_ratings.stars)
        or not picks.items
    ):
        return {}
    ids = [item.movie_id for item in picks.items]
    user_ratings = folded_in.user_ratings
    shares = contributions(
        model.items,
        user_ratings.item_index,
        user_ratings.stars,
        model.rows(ids),
        in_fit=user_ratings.in_fit,
        user_implicit=user_ratings.user_implicit,
        solution=folded_in.vector.solution,
    )
    # A disliked movie may raise another's prediction, but reads oddly on a card.
    shares[user_ratings.stars < user_ratings.stars.mean()] = -np.inf
    places = _varied(shares)
    best = shares[places, np.arange(len(ids))]
    reasons = model.items.item_ids[user_ratings.item_index[places]].tolist()
    movies = _titled(list(set(reasons)))
    return {
        movie_id: OwnRating(movies[reason], float(user_ratings.stars[place]), float(share))
        for movie_id, reason, place, share in zip(ids, reasons, places, best, strict=True)
        if share >= SMALLEST_REASON and reason in movies
    }
