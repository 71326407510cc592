"""How generous people are and how far from the others, worked out by hand."""

import numpy as np
import pytest

from recommender.core import Ratings
from recommender.core.evaluation.rating_habits import quantiles, rating_habits, share_below

# Person 1 gives a star more than the others, person 3 a star less.
USERS = [1, 2, 3, 1, 2, 3, 2]
MOVIES = [10, 10, 10, 20, 20, 20, 30]
STARS = [4.0, 3.0, 2.0, 5.0, 4.0, 3.0, 5.0]


def test_it_works() -> None:
    found = rating_habits(Ratings.from_triples(USERS, MOVIES, STARS), min_others=2, min_ratings=2)
    np.testing.assert_allclose(found.generosity, [1.5, 0.0, -1.5])
    np.testing.assert_allclose(found.distance, [1.5, 0.0, 1.5])


def test_a_movie_nobody_else_rated_says_nothing() -> None:
    found = rating_habits(Ratings.from_triples(USERS, MOVIES, STARS), min_others=0, min_ratings=1)
    np.testing.assert_allclose(found.generosity, [1.5, 0.0, -1.5])


def test_people_and_movies_with_too_little_are_left_out() -> None:
    ratings = Ratings.from_triples(USERS, MOVIES, STARS)
    assert len(rating_habits(ratings, min_others=3, min_ratings=1).generosity) == 0
    assert len(rating_habits(ratings, min_others=2, min_ratings=3).generosity) == 0


def test_many_pieces_are_one_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    from recommender.core.evaluation import rating_habits as module

    ratings = Ratings.from_triples(USERS, MOVIES, STARS)
    whole = rating_habits(ratings, min_others=2, min_ratings=2)
    monkeypatch.setattr(module, "_CHUNK", 2)
    np.testing.assert_allclose(rating_habits(ratings, 2, 2).generosity, whole.generosity)


def test_a_share_is_read_from_the_table() -> None:
    table = quantiles(np.arange(101.0))
    assert len(table) == 21
    assert share_below(50, table) == pytest.approx(0.5)
    assert share_below(-9, table) == 0
    assert share_below(1000, table) == 1
    assert len(quantiles([])) == 0
