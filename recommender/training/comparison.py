"""How lists and predictions change from the live run to a new one, for some members."""

from __future__ import annotations

from typing import Any

import numpy as np

from accounts.models import User
from recommender import store
from recommender.core import Factors, ItemFactors, UserVector, recommend, score_items
from recommender.core.ranking import predicted_stars, top_n
from recommender.core.ratings import find_rows
from recommender.models import TrainingRun, UserFactors
from recommender.store import VECTOR

N_PEOPLE = 200
LENGTH = 20


def compare(before: TrainingRun | None, factors: Factors) -> dict[str, Any]:
    """Overlap of top-20 lists and movement of predicted stars; empty without a run before.

    Both runs rank what the person has not rated by now, so a new rating alone changes no overlap.
    """
    if before is None or not store.has_rows(before):
        return {}
    items = store.load_items(before)
    people = _sample(factors, before)
    found = [_of_one_person(factors, items, user_id, vector) for user_id, vector in people.items()]
    if not found:
        return {}
    overlaps, moves = (np.array(column) for column in zip(*found, strict=True))
    return {
        "run": before.pk,
        "n_people": len(found),
        "overlap": round(float(overlaps.mean()), 4),
        "overlap_of_lowest_tenth": round(float(np.quantile(overlaps, 0.1)), 4),
        "stars_moved": round(float(moves.mean()), 4),
    }


def _sample(factors: Factors, before: TrainingRun) -> dict[int, UserVector]:
    """Users of both runs as the run before stored them: members, else raters of data sets."""
    draw = np.random.default_rng(factors.seed)
    is_of_set = User.objects.filter(is_dataset_member=True).values_list("pk", flat=True)
    fitted_before = UserFactors.objects.filter(run=before).values_list("user_id", flat=True)
    in_both = np.intersect1d(factors.user_ids, np.fromiter(fitted_before.iterator(), np.int64))
    members = np.setdiff1d(in_both, np.fromiter(is_of_set.iterator(), np.int64))
    candidates = members if len(members) else in_both
    drawn = draw.permutation(candidates)[:N_PEOPLE].tolist()
    rows = UserFactors.objects.filter(run=before, user_id__in=drawn).order_by("user_id")
    columns = ("user_id", "bias", "vector", "interest", "n_ratings")
    return {
        user_id: UserVector(
            bias,
            np.frombuffer(vector, VECTOR),
            np.frombuffer(interest, VECTOR),
            n_ratings,
        )
        for user_id, bias, vector, interest, n_ratings in rows.values_list(*columns)
    }


def _of_one_person(
    factors: Factors, items_before: ItemFactors, user_id: int, before: UserVector
) -> tuple[float, float]:
    """(share of the list that stays, mean absolute change of stars over the new list)"""
    items = factors.items
    new_ids, _scores = recommend(factors, user_id, LENGTH)
    rated = items_before.index_of(items.item_ids[factors.rated_by(user_id)])
    best = top_n(score_items(items_before, before), LENGTH, exclude=rated[rated >= 0])
    old_ids = items_before.item_ids[best]
    overlap = len(np.intersect1d(new_ids, old_ids)) / max(len(new_ids), 1)
    in_both = new_ids[items_before.index_of(new_ids) >= 0]
    if not len(in_both):
        return overlap, 0.0
    user = factors.user_vector(int(find_rows(factors.user_ids, [user_id])[0]))
    now = predicted_stars(items, user, items.index_of(in_both))
    then = predicted_stars(items_before, before, items_before.index_of(in_both))
    return overlap, float(np.abs(now - then).mean())
