"""How much the ratings of a teacher count: the people of a data set that a site begins with.

    w = (1 + share) / 2        share = the teacher's ratings / all ratings

A site with few ratings of its own has w = 1, so that it knows a movie as well as the teacher does.
As its own ratings grow, each of the teacher's counts for less: 3/4 when both have as many, never
less than 1/2. Less costs accuracy even where the site has most of the ratings
(`benchmarks/teacher.py`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from recommender.core.ratings import Bool, Ratings

LEAST = 0.5


def teacher_weight(ratings: Ratings, is_teacher: Bool) -> float:
    """w, 1 with no teacher or nobody else; is_teacher: (n_users,).

    To the hundredth: a first handful of ratings changes nothing, and costs no memory.

    >>> few = Ratings.from_triples([1, 1, 2, 2], [10, 20, 10, 20], [4, 3, 5, 1])
    >>> teacher_weight(few, np.array([True, False]))
    0.75
    """
    n_teacher = int(np.count_nonzero(is_teacher[ratings.user_index]))
    share = n_teacher / len(ratings) if n_teacher else 1.0
    return round(LEAST + (1.0 - LEAST) * share, 2)


def weigh_teacher(ratings: Ratings, is_teacher: Bool, weight: float) -> Ratings:
    """The same ratings with `weight` for each of the teacher's and 1 for the others.

    Where that makes no difference, as with no teacher or nobody else, they come back as they are.
    """
    of_teacher = is_teacher[ratings.user_index]
    if weight == 1 or not of_teacher.any() or of_teacher.all():
        return ratings
    return replace(ratings, weights=np.where(of_teacher, weight, 1.0).astype(np.float32))
