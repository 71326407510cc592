"""What a page or the API asks: which movies, how many stars, what is similar.

Every answer is worked out from the ratings as they are at this moment: the person's vectors are
solved against the active run's movie factors (fold-in), so a rating counts from the next request
on, before any refit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from django.contrib.auth.models import AnonymousUser

from movies.models import Movie
from recommender.core import score_items, top_n
from recommender.neighbours import similar
from recommender.people import Person, boldness_of, person_of
from recommender.predictions import PredictedStars, stars_of
from recommender.serving import Model, current_model

if TYPE_CHECKING:
    from accounts.models import User

__all__ = [
    "Recommendation",
    "Recommendations",
    "predict",
    "recommend",
    "similar",
]

SPARE = 12


@dataclass(frozen=True)
class Recommendation:
    movie_id: int
    stars: PredictedStars | None  # None without a model
    score: float | None  # for order only


@dataclass(frozen=True)
class Recommendations:
    items: Sequence[Recommendation]  # best first
    run_id: int | None
    source: str  # "personal", or "popular" when nothing is known of the person
    # What a personal list was worked out from, for its reasons.
    model: Model | None = field(default=None, compare=False, repr=False)
    person: Person | None = field(default=None, compare=False, repr=False)


def recommend(
    user: User | AnonymousUser, n: int = 24, supposing: Mapping[int, float] | None = None
) -> Recommendations:
    """The `n` unrated movies this person will most likely like, best first.

    As well known as the person's boldness says. Rated, hidden and seen movies never come back,
    nor those on the watchlist of a person who wants it left out. Without a model, or without a
    single rating, the well-loved movies by damped mean. `supposing` as for `person_of`.
    """
    model = current_model()
    if model is None or not user.is_authenticated:
        return _popular(user, n, model)
    person = person_of(model, user, supposing)
    if not person.is_known:
        return _popular(user, n, model)
    scores = score_items(model.items, person.vector, boldness_of(user))
    # Some more than asked for: movies deleted since the run are still in its arrays.
    rows = top_n(scores, n + SPARE, exclude=model.known_rows(person.excluded))
    rows = model.existing(rows)[:n]
    return Recommendations(
        items=[
            Recommendation(int(model.items.item_ids[row]), stars, float(scores[row]))
            for row, stars in zip(rows, stars_of(model, person, rows), strict=True)
        ],
        run_id=model.run_id,
        source="personal",
        model=model,
        person=person,
    )


def predict(user: User | AnonymousUser, movie_ids: Sequence[int]) -> dict[int, PredictedStars]:
    """Predicted stars, 0.5 to 5, of those movies that the model knows; none for a visitor."""
    if not movie_ids or not user.is_authenticated:
        return {}
    model = current_model()
    if model is None:
        return {}
    rows = model.rows(movie_ids)
    known = rows >= 0
    person = person_of(model, user)
    stars = stars_of(model, person, rows[known])
    return dict(zip(np.asarray(movie_ids)[known].tolist(), stars, strict=True))


def _popular(user: User | AnonymousUser, n: int, model: Model | None) -> Recommendations:
    """Well-loved movies; with predicted stars for a member whom the model can say them to."""
    movies = Movie.objects.best_loved()
    if user.is_authenticated:
        movies = movies.not_excluded_for(user)
    ids = list(movies.values_list("pk", flat=True)[:n])
    return Recommendations(
        items=[Recommendation(movie_id, None, None) for movie_id in ids],
        run_id=model.run_id if model else None,
        source="popular",
    )
