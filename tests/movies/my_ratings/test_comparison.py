"""A user's ratings compared with the published averages, column by column."""

from collections.abc import Callable

import numpy as np
import pytest

from accounts.models import User
from movies import published_figures
from movies.models import Movie, Rating
from movies.my_ratings.comparison import FIGURES, ComparedRatings, is_published


def compared(user: User) -> ComparedRatings:
    rows = Rating.objects.of(user).order_by("movie_id").annotate(is_published=is_published())
    figures = (f"movie__{name}" for name in FIGURES)
    return ComparedRatings.from_rows(
        rows.values_list("movie_id", "half_stars", "is_published", *figures)
    )


@pytest.fixture
def rated(
    alice: User, make_movie: Callable[..., Movie], make_user: Callable[..., User]
) -> list[Movie]:
    """Movies with 3 to 8 raters; of half of them alice's rating is in the published figures."""
    others = [make_user(f"u{number}") for number in range(8)]
    movies = [make_movie(f"Movie {number}", 1990 + number) for number in range(6)]
    for number, movie in enumerate(movies):
        for place, other in enumerate(others[: number + 3]):
            Rating.objects.rate(other, movie, 0.5 * (1 + (number + 3 * place) % 10))
        if number % 2:
            Rating.objects.rate(alice, movie, 5)
    published_figures.publish_due()
    for movie in movies[::2]:
        Rating.objects.rate(alice, movie, 5)
    # Changed since: what is published has the stars of before.
    Rating.objects.rate(alice, movies[5], 4.5)
    return movies


def test_it_works(alice: User, rated: list[Movie]) -> None:
    found = compared(alice)
    for place, movie in enumerate(rated):
        movie.refresh_from_db()
        rating = Rating.objects.get(user=alice, movie=movie)
        is_in = movie.published_at is not None and rating.updated_at <= movie.published_at
        n_others = max(movie.shown_count - is_in, 0)
        one = found.at(place, movie)
        assert (one.stars, one.n_others) == (rating.stars, n_others)
        if n_others < 5:
            assert (one.others, one.gap) == (None, None)
        else:
            sum_of_others = movie.published_half_star_sum - is_in * rating.half_stars
            assert one.others == sum_of_others / 2 / n_others
            assert one.gap == rating.stars - one.others
    assert found.years.tolist() == [movie.year for movie in rated]
    # Too few raters, too few others, and enough of them.
    assert np.isnan(found.gaps).tolist() == [True, True, False, False, False, False]


def test_taking_some(alice: User, rated: list[Movie]) -> None:
    found = compared(alice)
    some = found.take(np.array([4, 2]))
    assert some.movie_ids.tolist() == [rated[4].pk, rated[2].pk]
    assert some.gaps.tolist() == found.gaps[[4, 2]].tolist()


def test_without_ratings(alice: User) -> None:
    assert len(compared(alice)) == 0
