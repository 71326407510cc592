"""This site's own model: what it was fitted with, and one prediction in four parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

import numpy as np
from django.contrib.auth.models import AnonymousUser

from movies.models import Movie
from recommender.models import TrainingRun
from recommender.serving.model_cache import Model, current_model
from recommender.serving.users import FoldedInUser, fold_in_ratings, fold_in_user

if TYPE_CHECKING:
    from accounts.models import User

HUNDREDTH = Decimal("0.01")
# The best known movies, among which one is chosen that is not in the user's lists.
N_CANDIDATES = 300


@dataclass(frozen=True)
class PredictionParts:
    """One predicted rating, in hundredths that add up as written."""

    movie: Movie
    global_mean: Decimal
    movie_bias: Decimal
    user_bias: Decimal
    product: Decimal  # the dot product
    total: Decimal
    is_own: bool  # predicted for the signed-in user, not for the mean user


@dataclass(frozen=True)
class ThisSite:
    """The active run."""

    run: TrainingRun
    n_factors: int
    parts: PredictionParts | None


def this_site(user: User | AnonymousUser) -> ThisSite | None:
    """None before the first run. At most three queries."""
    run, model = TrainingRun.objects.active(), current_model()
    if run is None or model is None or not model.items.n_items:
        return None
    return ThisSite(run, model.items.vectors.shape[1], _parts(model, user))


def _parts(model: Model, user: User | AnonymousUser) -> PredictionParts | None:
    """Of the best known movie that the user has not rated, hidden or watched."""
    is_own = user.is_authenticated
    person = fold_in_user(model, user) if is_own else fold_in_ratings(model, {})
    best_known = np.argsort(-model.items.n_ratings, kind="stable")[:N_CANDIDATES]
    free = best_known[~np.isin(model.items.item_ids[best_known], person.excluded)]
    for row in free[:1]:
        movie = Movie.objects.filter(pk=int(model.items.item_ids[row])).first()
        if movie is not None:
            return PredictionParts(movie, *_rounded_parts(model, person, int(row)), is_own=is_own)
    return None


def _rounded_parts(model: Model, person: FoldedInUser, row: int) -> list[Decimal]:
    items, vector = model.items, person.vector
    product = float(vector.vector.astype(np.float64) @ items.vectors[row].astype(np.float64))
    parts, total = add_up([items.global_mean, float(items.bias[row]), vector.bias, product])
    return [*parts, total]


def add_up(parts: Sequence[float]) -> tuple[list[Decimal], Decimal]:
    """Round parts and their sum to hundredths so that the rounded parts make the rounded sum.

    The sum is rounded as usual. Each part is rounded down or up; those with the largest remainder
    are rounded up.
    """
    exact = [Decimal(part) for part in parts]
    total = sum(exact, Decimal(0)).quantize(HUNDREDTH)
    floors = [part.quantize(HUNDREDTH, ROUND_FLOOR) for part in exact]
    n_up = int((total - sum(floors, Decimal(0))) / HUNDREDTH)
    by_remainder = sorted(range(len(exact)), key=lambda k: floors[k] - exact[k])
    return [
        floor + HUNDREDTH if k in by_remainder[:n_up] else floor for k, floor in enumerate(floors)
    ], total
