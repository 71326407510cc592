"""This site's own numbers: what its model has learned from, and one prediction in four parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

import numpy as np
from django.contrib.auth.models import AnonymousUser

from movies.models import Movie
from recommender.models import TrainingRun
from recommender.serving.model_cache import Model, model_of_run
from recommender.serving.users import FoldedInUser, fold_in_ratings, fold_in_user

if TYPE_CHECKING:
    from accounts.models import User

HUNDREDTH = Decimal("0.01")
# How many of the best known movies are looked at for one that the person has not put away.
LOOKED_AT = 300


@dataclass(frozen=True)
class Parts:
    """One predicted rating in hundredths that add up as written."""

    movie: Movie
    average: Decimal
    standing: Decimal  # how much better liked than that the movie is
    tendency: Decimal  # how much more generous the person is
    product: Decimal  # the dot product
    total: Decimal
    is_own: bool  # of the person who looks; else of the mean person


@dataclass(frozen=True)
class Here:
    """The run that serves."""

    run: TrainingRun
    n_factors: int
    parts: Parts | None


def here(user: User | AnonymousUser) -> Here | None:
    """None for a site that has learned nothing yet. Three queries at most."""
    run = TrainingRun.objects.active()
    model = model_of_run(run.pk) if run else None
    if run is None or model is None or not model.items.n_items:
        return None
    return Here(run, model.items.vectors.shape[1], _parts(model, user))


def _parts(model: Model, user: User | AnonymousUser) -> Parts | None:
    """Of the best known movie that the person has not rated, hidden or seen."""
    is_own = user.is_authenticated
    folded_in = fold_in_user(model, user) if is_own else fold_in_ratings(model, {})
    best_known = np.argsort(-model.items.n_ratings, kind="stable")[:LOOKED_AT]
    free = best_known[~np.isin(model.items.item_ids[best_known], folded_in.excluded)]
    for row in free[:1]:
        movie = Movie.objects.filter(pk=int(model.items.item_ids[row])).first()
        if movie is not None:
            return Parts(movie, *_written(model, folded_in, int(row)), is_own=is_own)
    return None


def _written(model: Model, folded_in: FoldedInUser, row: int) -> list[Decimal]:
    items, vector = model.items, folded_in.vector
    product = float(vector.vector.astype(np.float64) @ items.vectors[row].astype(np.float64))
    parts, total = add_up([items.global_mean, float(items.bias[row]), vector.bias, product])
    return [*parts, total]


def add_up(parts: Sequence[float]) -> tuple[list[Decimal], Decimal]:
    """Parts and their sum in hundredths, such that the parts as written make the sum as written.

    The sum is rounded as usual; each part is rounded down or up, those with the most behind the
    second decimal up.
    """
    exact = [Decimal(part) for part in parts]
    total = sum(exact, Decimal(0)).quantize(HUNDREDTH)
    floors = [part.quantize(HUNDREDTH, ROUND_FLOOR) for part in exact]
    n_up = int((total - sum(floors, Decimal(0))) / HUNDREDTH)
    rest = sorted(range(len(exact)), key=lambda k: floors[k] - exact[k])
    return [
        floor + HUNDREDTH if k in rest[:n_up] else floor for k, floor in enumerate(floors)
    ], total
