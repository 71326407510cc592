"""What the taste page says one leans to, and the movies it ends in."""

import re

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Genre, Movie, Rating
from recommender.models import TrainingRun
from recommender.taste.picks import leanings_in_words
from recommender.taste.report import taste_report
from tests.recommender.taste.conftest import page_of


@pytest.fixture
def westerns(fitted: TrainingRun, even_fan: User, two_tastes: list[Movie]) -> list[Movie]:
    """Every even movie, which alice loves, is a western, and every odd one a musical."""
    for name, movies in (("Western", two_tastes[::2]), ("Musical", two_tastes[1::2])):
        Genre.objects.create(name=name, slug=name.lower()).movies.add(*movies)
    for number in (1, 3, 5, 7, 9):
        Rating.objects.rate(even_fan, two_tastes[number], 0.5)
    return two_tastes[::2]


def picks(content: str) -> list[str]:
    shelf = content.partition('aria-labelledby="picks"')[2].partition("</section>")[0]
    return re.findall(r'<span class="movie-title">([^<]+)</span>', shelf)


def test_it_works(westerns: list[Movie], even_fan: User, alices_client: Client) -> None:
    content = page_of(alices_client)
    assert "Because you lean towards Western" in content
    assert '?genre=western&amp;order=for_you"' in content
    rated = {one.movie.title for one in Rating.objects.of(even_fan).select_related("movie")}
    found = picks(content)
    assert len(found) == 6
    assert {movie.title for movie in westerns} - rated >= set(found)


def test_leanings_are_sorted_and_both_ways(westerns: list[Movie], even_fan: User) -> None:
    said = leanings_in_words(taste_report(even_fan).figures)
    assert said.more[0].name == "Western"
    assert said.less[0].name == "Musical"
    assert all(one.stars > 0 for one in said.more)
    assert all(one.stars < 0 for one in said.less)


def test_without_a_leaning_it_still_ends_in_movies(
    fitted: TrainingRun, even_fan: User, alices_client: Client
) -> None:
    content = page_of(alices_client)
    assert "What you lean towards" not in content
    assert "Something to watch next" in content
    assert len(picks(content)) == 6


def test_newcomers_are_asked_to_rate_instead(fitted: TrainingRun, bobs_client: Client) -> None:
    content = page_of(bobs_client)
    assert "Rate your first movies" in content
    assert picks(content) == []
