"""Why a prediction is what it is: its exact parts, as a page or the API tells them."""

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
# A card names one of so many.
OF_STRONGEST = 3
# A share that rounds to nothing is no reason.
SMALLEST_REASON = 0.02


@dataclass(frozen=True)
class OwnRating:
    """One of the person's ratings and what it adds to a prediction."""

    movie: Movie
    stars: float
    share: float  # in stars; below 0 when it takes away
    without: float | None = None  # predicted stars had it never been given, on the scale


@dataclass(frozen=True)
class Reasons:
    """One predicted rating and its parts; they sum to `prediction`."""

    run_id: int
    movie: Movie
    stars: PredictedStars  # `prediction` on the scale
    prediction: float
    average: float  # of all ratings
    standing: float  # how much better or worse liked than that the movie is
    tendency: float  # how much more or less generous than others the person is
    typical: float  # what the typical taste adds; 0 from the first rating on
    ratings: Sequence[OwnRating]  # those that matter most, strongest first
    n_others: int
    others: float  # share of all the others together

    @property
    def top(self) -> Sequence[OwnRating]:
        """The three that matter most, to be said in words."""
        return [own for own in self.ratings[:3] if abs(own.share) >= SMALLEST_REASON / 4]


def explain(user: User | AnonymousUser, movie: Movie, n: int = SHOWN) -> Reasons | None:
    """The parts of what this person would give the movie; None where nothing can be predicted.

    n: how many of the person's ratings to show one by one, those that matter most.
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
    """The movies with what a reason says of them."""
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
        if movie_id in movies  # else deleted this very moment
    ]


def _varied(shares: np.ndarray) -> np.ndarray:
    """(n_movies,) which rating to name for each movie, from (n_ratings, n_movies) shares.

    One that was not named on this page yet, among the three that speak most for the movie, as long
    as it says at least half of what the strongest says; else the strongest.
    """
    named: Counter[int] = Counter()
    chosen = np.empty(shares.shape[1], np.int64)
    strongest = np.argsort(-shares, axis=0, kind="stable")[:OF_STRONGEST]
    for movie, places in enumerate(strongest.T.tolist()):
        most = shares[places[0], movie]
        worthy = [place for place in places if shares[place, movie] >= most / 2]
        chosen[movie] = min(worthy or places[:1], key=lambda place: named[place])
        named[int(chosen[movie])] += 1
    return chosen


def short_reasons(picks: Recommendations) -> dict[int, OwnRating]:
    """For each pick a rating of one's own that speaks for it; none where none does."""
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
    # A movie one disliked may speak for another, but reads oddly on a card.
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
