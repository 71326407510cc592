"""Statistics of a user's ratings."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from movies import published_figures
from movies.models import Movie, Rating
from recommender.taste.rated_movies import RatedMovies
from recommender.taste.report import taste_report
from recommender.training import refit
from tests.recommender.taste.conftest import STATISTICS, page_of


def test_the_distribution_is_ones_own_beside_everybodys(alices_taste: Callable) -> None:
    figures = alices_taste()["figures"]
    own = {step["stars"]: step for step in figures["distribution"]}
    assert own[5.0]["n"] == 5
    assert own[1.0]["share"] == pytest.approx(2 / 7)
    assert sum(step["everyone"] for step in figures["distribution"]) == pytest.approx(1)
    assert own[3.0]["everyone"] == 0
    assert figures["mean"] == pytest.approx(27 / 7)


def test_the_others_mean_leaves_oneself_out(
    alice: User, make_movie: Callable, make_user: Callable
) -> None:
    movie = make_movie("Divisive", 1999, "Horror")
    for number in range(6):
        Rating.objects.rate(make_user(f"u{number}"), movie, 2)
    Rating.objects.rate(alice, movie, 5)
    published_figures.publish_due()
    (contrarian,) = taste_report(alice).figures.contrarian
    assert (contrarian.stars, contrarian.others, contrarian.n_others) == (5, 2, 6)


def test_the_mean_of_four_others_is_not_shown(
    alice: User, make_movie: Callable, make_user: Callable
) -> None:
    movie = make_movie()
    for number in range(4):
        Rating.objects.rate(make_user(f"u{number}"), movie, 1)
    Rating.objects.rate(alice, movie, 5)
    published_figures.publish_due()
    figures = taste_report(alice).figures
    assert not figures.contrarian
    assert figures.genres == []


@pytest.mark.parametrize(
    ("stars", "said"),
    [
        ((3, 3, 3, 3, 3, 3), "About as generous as others"),
        ((5, 1, 5, 1, 5, 2), "About as generous as others"),  # 0.17 more, give or take 0.83
        ((4, 3.5, 4, 3.5, 4, 3.5), "More generous than others"),
        ((2, 2.5, 2, 2.5, 2, 2.5), "Stricter than others"),
    ],
)
def test_only_a_clear_difference_is_called_generous_or_strict(
    alices_client: Client, alice: User, make_movie: Callable, make_user: Callable,
    stars: tuple[float, ...], said: str,
) -> None:  # fmt: skip
    others = [make_user(f"u{number}") for number in range(5)]
    for number, own in enumerate(stars):
        movie = make_movie(f"Story {number}", 1980)
        for other in others:
            Rating.objects.rate(other, movie, 3)
        Rating.objects.rate(alice, movie, own)
    published_figures.publish_due()
    content = page_of(alices_client, STATISTICS)
    assert said in content
    assert sum(content.count(f"{one} than others") for one in ("generous", "Stricter")) == (
        "than" in said
    )


def test_a_leaning_is_damped_and_compared_with_ones_usual_distance(
    alice: User, make_movie: Callable, make_user: Callable
) -> None:
    others = [make_user(f"u{number}") for number in range(5)]
    for number in range(8):
        movie = make_movie(f"Story {number}", 1980, "Horror" if number < 4 else "Comedy")
        for other in others:
            Rating.objects.rate(other, movie, 3)
        Rating.objects.rate(alice, movie, 5 if number < 4 else 4)
    published_figures.publish_due()
    horror, comedy = taste_report(alice).figures.genres
    assert (horror.name, horror.n, horror.mean, horror.others) == ("Horror", 4, 5, 3)
    # 2 stars above the others there, 1.5 usually; four ratings and five that show nothing.
    assert horror.lean == pytest.approx(4 * (2 - 1.5) / 9)
    assert comedy.lean == pytest.approx(-horror.lean)
    (eighties,) = taste_report(alice).figures.decades
    assert (eighties.name, eighties.lean) == ("1980s", pytest.approx(0))


def test_two_ratings_are_no_leaning(alice: User, make_movie: Callable, make_user: Callable) -> None:
    others = [make_user(f"u{number}") for number in range(5)]
    for number in range(2):
        movie = make_movie(f"Story {number}", None, "Horror")
        for other in (*others, alice):
            Rating.objects.rate(other, movie, 3)
    published_figures.publish_due()
    (horror,) = taste_report(alice).figures.genres
    assert horror.lean is None
    assert taste_report(alice).figures.decades == []


def test_months_without_ratings_are_counted_too(alice: User, make_movie: Callable) -> None:
    def rate(number: int, moment: datetime) -> None:
        Rating.objects.rate(alice, make_movie(f"M{number}"), 3, rated_at=moment)

    moment = timezone.make_aware(datetime(2023, 11, 5, 12))
    rate(0, moment)
    rate(1, moment + timedelta(days=90))
    periods = taste_report(alice).figures.periods
    assert [(one.first.month, one.n) for one in periods] == [(11, 1), (12, 0), (1, 0), (2, 1)]
    rate(2, moment.replace(year=1903))
    periods = taste_report(alice).figures.periods
    assert len(periods) == 40
    assert not periods[0].is_month
    assert periods[-1].n == 1


def test_statistics_of_all_users_need_enough_users(
    alice: User, bob: User, make_movie: Callable
) -> None:
    for number in range(30):
        movie = make_movie(f"Movie {number}")
        Rating.objects.rate(alice, movie, 4)
        Rating.objects.rate(bob, movie, 0.5 + number % 10 / 2)
    assert refit.refit(seed=1, force=True).is_active
    figures = taste_report(alice).figures
    assert figures.everyones_mean is None
    assert all(step.everyone is None for step in figures.distribution)


def test_rated_movies_are_read_in_two_queries(
    even_fan: User, two_tastes: list[Movie], django_assert_num_queries: Callable
) -> None:
    ids = [movie.pk for movie in two_tastes[:20]]
    with django_assert_num_queries(2):
        movies = RatedMovies.of(even_fan, ids)
        assert len(movies.movies) == 20
        rated = [str(movies.movies[pk]) for pk in movies.ratings.movie_ids.tolist()]
    assert "Movie 0 (1980)" in rated
    assert len(rated) == 7
