"""The year in review: which ratings belong to it, its statistics, and who may see it."""

import gzip
from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from movies import published_figures
from movies.models import Movie, Rating
from recommender.models import LoggedPrediction, TrainingRun
from recommender.year_in_review.review import review
from recommender.year_in_review.watched import years_of

Rate = Callable[..., Rating]


@pytest.fixture
def rate(alice: User, make_movie: Callable[..., Movie]) -> Rate:
    def rate(when: str, stars: float = 4, title: str = "", user: User = alice, **movie) -> Rating:
        made = make_movie(title or f"Rated {when}", **movie)
        Rating.objects.rate(user, made, stars, rated_at=datetime.fromisoformat(when))
        return Rating.objects.get(user=user, movie=made)

    return rate


def page_of(client: Client, year: int = 2026) -> str:
    answer = client.get(f"/me/year/{year}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_works(alices_client: Client, rate: Rate) -> None:
    rate("2026-03-05T12:00Z", 5, "Heat", genres="Crime", year=1995, runtime=170)
    rate("2026-03-06T12:00Z", 3, "Amélie", genres="Comedy", year=2001, runtime=122)
    rate("2025-07-01T12:00Z", 1, "Cats", runtime=110)
    html = page_of(alices_client)
    assert "You rated 2 movies." in html
    assert "Cats" not in html
    assert "From Heat on March 5 to Amélie on March 6" in html
    assert "March: 2 movies" in html
    assert 'href="/me/year/2025/"' in html
    assert 'href="/me/watched/?when=2026-03"' in html


def test_the_page_without_a_year_redirects_to_the_last_one_with_ratings(
    alices_client: Client, rate: Rate
) -> None:
    assert alices_client.get("/me/year/").status_code == 302
    rate("2019-03-05T12:00Z")
    assert alices_client.get("/me/year/")["Location"] == "/me/year/2019/"


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York"])
def test_a_year_ends_at_midnight_where_the_site_is(
    alice: User, rate: Rate, settings: object, zone: str
) -> None:
    settings.TIME_ZONE = zone
    rate("2025-12-31T23:59:59.999999Z", title="UTC's last")
    rate("2026-01-01T00:00:00Z", title="UTC's first")
    rate("2025-12-31T22:59:59.999999Z", title="Berlin's last")
    rate("2025-12-31T23:00:00Z", title="Berlin's first")
    rate("2026-01-01T04:59:59.999999Z", title="New York's last")
    rate("2026-01-01T05:00:00Z", title="New York's first")
    n_before = {"UTC": 3, "Europe/Berlin": 1, "America/New_York": 5}[zone]
    assert years_of(alice) == {2026: 6 - n_before, 2025: n_before}
    for year, n in ((2025, n_before), (2026, 6 - n_before)):
        found = review(alice, year)
        assert found.n == n == sum(month.n for month in found.months)
        assert {found.first.day.year, found.last.day.year} == {year}
    assert review(alice, 2025).months[11].n == n_before
    assert review(alice, 2026).months[0].n == 6 - n_before


class TestFigures:
    def test_hours_are_of_movies_whose_length_is_known(self, alice: User, rate: Rate) -> None:
        rate("2026-03-05T12:00Z", runtime=100)
        rate("2026-03-05T13:00Z", runtime=80)
        rate("2026-03-07T12:00Z", runtime=None)
        found = review(alice, 2026)
        assert (found.n, found.hours, found.n_minutes, found.n_days) == (3, 3, 2, 2)
        assert found.busiest == (date(2026, 3, 5), 2)

    def test_the_longest_streak(self, alice: User, rate: Rate) -> None:
        rate("2026-01-01T12:00Z")
        assert review(alice, 2026).streak is None
        for day in ("03-01", "03-02", "05-30", "05-31", "06-01", "06-03", "06-04", "06-05"):
            rate(f"2026-{day}T12:00Z")
        rate("2026-05-31T18:00Z")
        streak = review(alice, 2026).streak
        assert (streak.first, streak.last, streak.n) == (date(2026, 5, 30), date(2026, 6, 1), 3)

    def test_the_favourite_is_what_got_the_best_stars_not_what_came_most_often(
        self, alice: User, rate: Rate
    ) -> None:
        for day in range(1, 9):
            rate(f"2026-03-{day:02}T12:00Z", 3, genres="Drama", year=1990)
        for day in range(10, 14):
            rate(f"2026-03-{day:02}T12:00Z", 5, genres="Horror", year=1973)
        rate("2026-03-20T12:00Z", 5, genres="Western", year=1950)  # one is no favourite
        found = review(alice, 2026)
        assert [kind.name for kind in found.genres] == ["Drama", "Horror", "Western"]
        assert found.favourite_genre.name == "Horror"
        assert found.favourite_decade.name == "1970s"

    def test_the_best_have_the_most_stars_and_the_last_come_first(
        self, alice: User, rate: Rate
    ) -> None:
        for day in range(1, 9):
            rate(f"2026-03-{day:02}T12:00Z", 5 if day % 2 else 4.5, f"Day {day}")
        found = review(alice, 2026)
        assert [one.movie.title for one in found.best] == [
            *("Day 7", "Day 5", "Day 3", "Day 1", "Day 8", "Day 6"),
        ]  # fmt: skip
        assert found.n_top == 4

    def test_comparison_with_others(
        self, alice: User, rate: Rate, make_user: Callable[..., User]
    ) -> None:
        known = rate("2026-03-05T12:00Z", 5, "Known")
        rate("2026-03-06T12:00Z", 4, "Hardly known")
        far = rate("2026-03-07T12:00Z", 1, "Loved by all but me")
        for number in range(5):
            other = make_user(f"other{number}")
            Rating.objects.rate(other, known.movie, 4.5)
            Rating.objects.rate(other, far.movie, 5)
        published_figures.publish_due()
        found = review(alice, 2026)
        assert found.agreement.n == 2
        assert found.agreement.mean_distance == pytest.approx((0.5 + 4) / 2)
        assert found.agreement.furthest.movie == far.movie
        assert found.agreement.nearest.movie == known.movie
        assert found.discovery.movie.title == "Hardly known"

    def test_surprises(
        self, fitted: TrainingRun, even_fan: User, two_tastes: list[Movie], alices_client: Client
    ) -> None:
        now = Rating.objects.of(even_fan).first().rated_at
        Rating.objects.rate(even_fan, two_tastes[10], 0.5)
        said = Rating.objects.rate(even_fan, two_tastes[12], 4)
        LoggedPrediction.objects.create(
            user=even_fan, movie=said.movie, run=fitted, predicted=0.75, half_stars=8,
            prediction_shown=True, rated_at=said.rated_at,
        )  # fmt: skip
        found = review(even_fan, now.year)
        assert found.worse.movie == two_tastes[10]
        assert (found.better.movie, found.better.expected) == (two_tastes[12], 0.75)
        assert "we expected 0.8 stars" in page_of(alices_client, now.year)


def test_nobody_sees_another_users_year(
    bobs_client: Client, alices_client: Client, bob: User, rate: Rate
) -> None:
    rate("2026-03-05T12:00Z", title="Alices")
    rate("2026-03-06T12:00Z", title="Bobs", user=bob)
    assert "Alices" not in page_of(bobs_client)
    assert "Bobs" not in page_of(alices_client)
    assert bobs_client.get("/api/v1/me/years/2026/").json()["first"]["movie"]["title"] == "Bobs"
    for path in ("/me/year/", "/me/year/2026/"):
        assert Client().get(path)["Location"] == f"/accounts/login/?next={path}"


@pytest.mark.parametrize("year", [0, 10_000, 9999])
def test_an_impossible_year_is_not_found(alices_client: Client, year: int) -> None:
    assert alices_client.get(f"/me/year/{year}/").status_code == 404
    assert alices_client.get(f"/api/v1/me/years/{year}/").status_code == 404


def test_an_empty_year_says_so(alices_client: Client, rate: Rate) -> None:
    assert "Rate a few movies or add them to your diary" in page_of(alices_client, 2019)
    rate("2026-03-05T12:00Z")
    html = page_of(alices_client, 2019)
    assert "No movies this year" in html
    assert 'href="/me/year/2026/"' in html


def test_the_api_says_the_same(alices_client: Client, rate: Rate) -> None:
    rate("2026-03-05T12:00Z", 4.5, "Heat", genres="Crime", year=1995, runtime=170)
    assert alices_client.get("/api/v1/me/years/").json()["results"] == [{"year": 2026, "n": 1}]
    said = alices_client.get("/api/v1/me/years/2026/").json()
    assert said["n"] == 1
    assert said["minutes"] == 170
    assert said["best"][0]["movie"]["title"] == "Heat"
    assert said["best"][0]["expected"] is None
    assert said["months"][2] == {"first": "2026-03-01", "n": 1}
    assert alices_client.get("/api/v1/me/years/1999/").json()["n"] == 0


def test_queries_are_constant_and_the_page_is_small(
    fitted: TrainingRun, even_fan: User, two_tastes: list[Movie], alices_client: Client
) -> None:
    year = Rating.objects.of(even_fan).first().rated_at.year

    def n_queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            html = page_of(alices_client, year)
        assert len(gzip.compress(html.encode(), 6)) <= 12_000
        return len(asked)

    n_queries()  # loads the model
    before = n_queries()
    for movie in two_tastes[10:36]:
        Rating.objects.rate(even_fan, movie, 4)
    assert n_queries() == before <= 8
