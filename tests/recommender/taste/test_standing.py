"""Where a user stands on the axes."""

from collections.abc import Callable

import numpy as np
import pytest

from accounts.models import User
from movies.models import Movie, Rating
from recommender.models import TrainingRun
from recommender.serving import model_cache
from recommender.taste.report import taste_report


def test_the_first_axis_tells_the_two_tastes_apart_and_alice_stands_on_her_side(
    alices_taste: Callable[[], dict], numbers: Callable[[list[int]], list[int]]
) -> None:
    axis = alices_taste()["axes"][0]
    sides = [{n % 2 for n in numbers([m["id"] for m in axis[end]])} for end in ("low", "high")]
    assert sorted(map(tuple, sides)) == [(0,), (1,)]
    assert axis["share"] > 0.5
    place = axis["standing"]["place"]
    assert (place > 0) == (sides[1] == {0})
    assert abs(place) > axis["standing"]["uncertainty"]
    # Worth more stars to her than to the mean person, and further out than half of the people.
    assert (axis["standing"]["stars"] > 0) == (place > 0)
    assert (axis["standing"]["below"] > 0.5) == (place > 0)


def test_stars_along_an_axis_are_those_of_the_prediction(
    fitted: TrainingRun, even_fan: User
) -> None:
    """One deviation along each axis changes the prediction by what the page says."""
    report = taste_report(even_fan)
    movie_map, items = report.movie_map, model_cache.current_model().items
    person = np.array([one.place * one.axis.people_spread for one in report.standing])
    for number, standing in enumerate(report.standing):
        step = movie_map.loadings[:, number] * movie_map.spreads[number]
        assert movie_map.loadings.T @ step == pytest.approx(
            np.eye(movie_map.n_axes)[number] * movie_map.spreads[number], abs=1e-4
        )
        assert person[number] * movie_map.spreads[number] == pytest.approx(standing.stars)
    rows = model_cache.current_model().rows(movie_map.movie_ids)
    np.testing.assert_allclose(movie_map.places_of(items, rows), movie_map.places, atol=1e-4)


def test_a_new_rating_moves_the_user_at_once(
    alices_taste: Callable[[], dict], even_fan: User, two_tastes: list[Movie]
) -> None:
    before = alices_taste()
    for number in (0, 2, 4, 6, 8):
        Rating.objects.rate(even_fan, two_tastes[number], 0.5)
    for number in (1, 3):
        Rating.objects.rate(even_fan, two_tastes[number], 5)
    after = alices_taste()
    was, now = (answer["axes"][0]["standing"]["place"] for answer in (before, after))
    assert was * now < 0
    places = [
        [(one["movie"]["id"], one["places"]) for one in answer["map"]] for answer in (before, after)
    ]
    assert places[0] == places[1]
