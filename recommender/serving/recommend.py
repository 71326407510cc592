"""The unrated movies that a user will most likely like, best first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from django.contrib.auth.models import AnonymousUser

from movies.models import Mark, Movie, MovieQuerySet
from recommender.core import predicted_stars, score_items, top_n
from recommender.core.fold_in import own_mean
from recommender.core.ranking import page_order
from recommender.serving.model_cache import Model, current_model
from recommender.serving.predictions import PredictedStars, clipped, predict_rows
from recommender.serving.similar import SPARE, Find
from recommender.serving.users import (
    FoldedInUser,
    boldness_of,
    chosen_boldness,
    model_and_user,
    model_and_user_state,
)

if TYPE_CHECKING:
    from accounts.models import User


class Within(Protocol):
    """What a list is limited to, such as `movies.watching.tonight.Tonight`."""

    @property
    def movie_ids(self) -> np.ndarray: ...

    def only(self, movies: MovieQuerySet) -> MovieQuerySet: ...


@dataclass(frozen=True)
class Recommendation:
    movie_id: int
    stars: PredictedStars | None  # None without a model
    score: float | None  # for order only


@dataclass(frozen=True)
class Recommendations:
    items: Sequence[Recommendation]  # as a page shows them
    run_id: int | None
    source: str  # "personal", or "popular" if nothing is known of the user
    # The movies of `items` in that order, as `find` returned them.
    movies: Sequence[Movie] = field(default=(), compare=False, repr=False)
    # What a personal list was computed from, for its reasons.
    model: Model | None = field(default=None, compare=False, repr=False)
    folded_in: FoldedInUser | None = field(default=None, compare=False, repr=False)


def recommend(
    user: User | AnonymousUser,
    n: int = 24,
    what_if_ratings: Mapping[int, float] | None = None,
    find: Find = Movie.objects.in_bulk,
    within: Within | None = None,
    boldness: int | None = None,
    leaves_out_watchlist: bool = False,
) -> Recommendations:
    """The `n` unrated movies that this user will most likely like, in the order of `page_order`.

    Rated, hidden and watched movies are left out, and those on the watchlist of a user who wants
    it left out. Without a model, or for a user without a rating or an onboarding answer: the
    movies with the highest damped mean.

    what_if_ratings: stars by movie id, to be added to the user's ratings or to replace them.
    find: returns movies by id, with whatever the caller wants to show of them.
    within: what the list is limited to.
    boldness: by default what the user chose in their settings.
    leaves_out_watchlist: even if the user wants it in lists.
    """
    if not user.is_authenticated:
        return popular(user, n, current_model(), find, within)
    model, folded_in = model_and_user(user, what_if_ratings)
    if model is None or folded_in is None or not folded_in.is_known:
        return popular(user, n, model, find, within, leaves_out_watchlist)
    if leaves_out_watchlist:
        _model, state = model_and_user_state(user)
        excluded = np.append(folded_in.excluded, np.array(state.watchlist, np.int64))
        folded_in = replace(folded_in, excluded=excluded)
    chosen = chosen_boldness(user) if boldness is None else boldness_of(boldness)
    return recommend_to(model, folded_in, n, chosen, find, within)


def recommend_to(
    model: Model,
    folded_in: FoldedInUser,
    n: int,
    boldness: float = 0.0,
    find: Find = Movie.objects.in_bulk,
    within: Within | None = None,
) -> Recommendations:
    """As `recommend`, for a user or a visitor who is folded in already."""
    scores = score_items(model.items, folded_in.vector, boldness)
    if within is not None:
        scores[rows_outside(model, within)] = np.nan
    rows, movies = _best(model, folded_in, scores, n, find)
    stars = predict_rows(model, folded_in, rows)
    order = page_order(stars).tolist()
    rows, movies, stars = ([some[place] for place in order] for some in (rows, movies, stars))
    return Recommendations(
        items=[
            Recommendation(movie.pk, star, float(scores[row]))
            for row, star, movie in zip(rows, stars, movies, strict=True)
        ],
        run_id=model.run_id,
        source="personal",
        movies=movies,
        model=model,
        folded_in=folded_in,
    )


def best_rows(
    model: Model, folded_in: FoldedInUser, scores: np.ndarray, n: int, excluded: np.ndarray
) -> np.ndarray:
    """The n rows with the highest scores, best first.

    Those with fewer predicted stars than this user's own mean come last: a list shows one only
    where three times as many candidates do not have n others.
    """
    rows = top_n(scores, 3 * n, exclude=excluded)
    stars = predicted_stars(model.items, folded_in.vector, rows)
    is_below = clipped(stars) < own_mean(model.items, folded_in.user_ratings.stars)
    return rows[np.argsort(is_below, kind="stable")][:n]


def rows_outside(model: Model, within: Within) -> np.ndarray:
    """Rows of the other movies."""
    return np.flatnonzero(~np.isin(model.items.item_ids, within.movie_ids))


def _best(
    model: Model, folded_in: FoldedInUser, scores: np.ndarray, n: int, find: Find
) -> tuple[np.ndarray, list[Movie]]:
    """The n best rows whose movies still exist, and the movies.

    Movies deleted since the run are still in its arrays, so a few more than n are looked up, and
    many more if those are not enough.
    """
    wanted, excluded = n + SPARE, model.known_rows(folded_in.excluded)
    while True:
        rows = best_rows(model, folded_in, scores, wanted, excluded)
        ids = model.items.item_ids[rows].tolist()
        found = find(ids)
        existing = [place for place, movie_id in enumerate(ids) if movie_id in found][:n]
        if len(existing) == n or len(rows) < wanted:
            return rows[existing], [found[ids[place]] for place in existing]
        wanted *= 4


def popular(
    user: User | AnonymousUser,
    n: int,
    model: Model | None,
    find: Find,
    within: Within | None = None,
    leaves_out_watchlist: bool = False,
    excluded: Collection[int] = (),
) -> Recommendations:
    """The movies with the highest damped mean, without those that the user rated or hid.

    excluded: ids of movies that a visitor's list leaves out.
    """
    best_loved = Movie.objects.best_loved()
    if user.is_authenticated:
        best_loved = best_loved.not_excluded_for(user)
        if leaves_out_watchlist:
            watchlist = Mark.objects.filter(user=user, kind=Mark.Kind.WATCHLIST)
            best_loved = best_loved.exclude(pk__in=watchlist.values("movie"))
    if within is not None:
        best_loved = within.only(best_loved)
    ids = list(best_loved.values_list("pk", flat=True)[: n + len(excluded)])
    ids = [pk for pk in ids if pk not in excluded][:n]
    found = find(ids)
    movies = [found[movie_id] for movie_id in ids if movie_id in found]
    return Recommendations(
        items=[Recommendation(movie.pk, None, None) for movie in movies],
        run_id=model.run_id if model else None,
        source="popular",
        movies=movies,
    )
