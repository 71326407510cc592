"""The page of one's own ratings: what it finds, in which order, and how it draws the year."""

import gzip
import re
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from movies.models import Movie, Rating, Viewing
from movies.my_ratings.calendar import WatchedDays
from movies.my_ratings.query import MyRatingsQuery
from movies.periods import Period

PAGE = "/me/ratings/"


@pytest.fixture
def rate(alice: User, make_movie: Callable[..., Movie]) -> Callable[..., Rating]:
    def rate(
        title: str, stars: float = 4, when: str = "2026-03-05T12:00Z", *, year: int = 1979,
        genres: str = "", user: User = alice,
    ) -> Rating:  # fmt: skip
        movie = make_movie(title, year, genres)
        Rating.objects.rate(user, movie, stars, rated_at=datetime.fromisoformat(when))
        return Rating.objects.get(user=user, movie=movie)

    return rate


@pytest.fixture
def found(alices_client: Client) -> Callable[..., list[str]]:
    def found(query: str = "") -> list[str]:
        answer = alices_client.get(f"{PAGE}?{query}")
        assert answer.status_code == 200
        return [rating.movie.title for rating in answer.context["page"]]

    return found


def test_it_works(alices_client: Client, rate: Callable[..., Rating]) -> None:
    rate("Amélie", 4.5, genres="Comedy|Romance")
    html = alices_client.get(PAGE).content.decode()
    assert "March 2026" in html
    assert "Comedy, Romance" in html
    assert re.search(r'value="4.5" checked', html)
    assert "4.5 stars: 1 movie" in html


def test_orders(rate: Callable[..., Rating], found: Callable[..., list[str]]) -> None:
    rate("Beta", 3, "2026-01-01T00:00Z", year=2001)
    rate("alpha", 5, "2026-02-01T00:00Z", year=1950)
    rate("Gamma", 1, "2026-03-01T00:00Z", year=1999)
    assert found() == found("order=nonsense") == ["Gamma", "alpha", "Beta"]
    assert found("order=oldest") == ["Beta", "alpha", "Gamma"]
    assert found("order=highest") == ["alpha", "Beta", "Gamma"]
    assert found("order=lowest") == ["Gamma", "Beta", "alpha"]
    assert found("order=title") == ["alpha", "Beta", "Gamma"]
    assert found("order=latest") == ["Beta", "Gamma", "alpha"]
    assert found("order=earliest") == ["alpha", "Gamma", "Beta"]
    # Without a model there are no surprises, and no error.
    assert found("order=surprise") == ["Gamma", "alpha", "Beta"]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("q=amelie", {"Amélie"}),
        ("q=SOLARIS", {"Solaris"}),
        ("q=!!!", set()),
        ("stars_from=4.5&stars_to=4.5", {"Amélie"}),
        ("stars_from=4", {"Amélie", "Heat"}),
        ("stars_to=3", {"Solaris"}),
        ("stars_from=5&stars_to=4", {"Amélie", "Heat"}),
        ("genre=crime", {"Heat"}),
        ("genre=nothing", set()),
        ("decade=1990", {"Heat"}),
        ("rated=2025", {"Solaris"}),
        ("rated=2026", {"Amélie", "Heat"}),
        ("rated=2026-03", {"Heat"}),
        ("rated=2026-03-05", {"Heat"}),
        ("genre=crime&stars_from=5", set()),
        # What makes no sense was not said.
        ("stars_from=nan&decade=1995&rated=2026-13", {"Amélie", "Heat", "Solaris"}),
        ("genre=%00&page=zero&q=%20", {"Amélie", "Heat", "Solaris"}),
        ("rated=2026-00", {"Amélie", "Heat", "Solaris"}),
        ("rated=0000", {"Amélie", "Heat", "Solaris"}),
        ("rated=9999-12-31", {"Amélie", "Heat", "Solaris"}),
    ],
)  # fmt: skip
def test_filters(
    rate: Callable[..., Rating], found: Callable[..., list[str]], query: str, titles: set[str]
) -> None:
    rate("Amélie", 4.5, "2026-01-31T12:00Z", year=2001)
    rate("Heat", 4, "2026-03-05T12:00Z", year=1995, genres="Crime|Drama")
    rate("Solaris", 3, "2025-12-31T12:00Z", year=1972)
    assert set(found(query)) == titles


def test_a_day_begins_and_ends_where_the_site_is(
    rate: Callable[..., Rating], found: Callable[..., list[str]]
) -> None:
    rate("Eve", when="2025-12-31T22:59:59Z")
    rate("New year", when="2025-12-31T23:00Z")
    with timezone.override("Europe/Berlin"):
        assert Period(2026).bounds()[0] == datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert found("rated=2025-12-31") == ["New year", "Eve"]
    # The views work in the site's own time zone.
    with timezone.override("Europe/Berlin"):
        asked = MyRatingsQuery(rated=Period(2025, 12, 31))
        alice = User.objects.get(username="alice")
        assert [one.movie.title for one in asked.of(alice)] == ["Eve"]


def test_the_address_says_everything_and_only_that() -> None:
    query = "q=Am%C3%A9lie&stars_from=4.0&genre=drama&decade=1990&rated=2026-03&order=title"
    from django.http import QueryDict

    assert MyRatingsQuery.from_params(QueryDict(query)).query == query
    assert MyRatingsQuery.from_params(QueryDict("order=newest&x=1&q=+")).query == ""


def test_what_narrows_the_list_can_be_taken_away_one_by_one(
    alices_client: Client, rate: Callable[..., Rating]
) -> None:
    rate("Heat", 4, genres="Crime")
    html = alices_client.get(f"{PAGE}?genre=crime&stars_from=4.0&rated=2026-03").content.decode()
    assert "1 of 1 movie" in html
    assert 'href="/me/ratings/?stars_from=4.0&amp;rated=2026-03"' in html
    assert "4 stars or more" in html
    assert "rated March 2026" in html


def test_two_people_never_see_each_others(
    rate: Callable[..., Rating], found: Callable[..., list[str]], bobs_client: Client, bob: User
) -> None:
    rate("Alices")
    rate("Bobs", user=bob)
    assert found() == ["Alices"]
    html = bobs_client.get(PAGE).content.decode()
    assert "Alices" not in html
    assert Client().get(PAGE)["Location"] == "/accounts/login/?next=/me/ratings/"


def test_a_list_that_holds_nothing_leads_back(
    alices_client: Client, rate: Callable[..., Rating]
) -> None:
    assert "You haven’t rated anything yet" in alices_client.get(PAGE).content.decode()
    rate("Heat")
    html = alices_client.get(f"{PAGE}?q=nothing").content.decode()
    assert "None of your ratings match these filters" in html
    assert alices_client.get(f"{PAGE}?page=2").status_code == 404


class TestDays:
    def test_days_are_counted_where_the_site_is(
        self, alice: User, rate: Callable[..., Rating]
    ) -> None:
        rate("One", when="2026-03-05T23:30Z")
        rate("Two", when="2026-03-06T08:00Z")
        days = WatchedDays.of(alice, date(2026, 3, 10))
        assert [(one.day, one.n) for one in days.watched] == [
            (date(2026, 3, 6), 1), (date(2026, 3, 5), 1),
        ]  # fmt: skip
        with timezone.override("Europe/Berlin"):
            days = WatchedDays.of(alice, date(2026, 3, 10))
        assert [(one.day, one.n, one.level) for one in days.watched] == [(date(2026, 3, 6), 2, 2)]

    def test_viewings_count_on_their_day_instead_of_the_rating(
        self, alice: User, rate: Callable[..., Rating]
    ) -> None:
        viewed = rate("One", when="2026-03-05T12:00Z").movie
        rate("Two", when="2026-03-05T12:00Z")
        for period in (Period(2026, 3, 1), Period(2026, 3, 5), Period(2026, 3), Period(2026), None):
            Viewing.objects.log(alice, viewed, period)
        days = WatchedDays.of(alice, date(2026, 3, 10))
        assert [(one.day, one.n) for one in days.watched] == [
            (date(2026, 3, 5), 2), (date(2026, 3, 1), 1),
        ]  # fmt: skip

    def test_a_year_of_whole_weeks_ends_today(self, alice: User) -> None:
        for today in (date(2026, 3, 8), date(2026, 3, 9), date(2024, 2, 29)):
            days = WatchedDays.of(alice, today).days
            assert days[-1].day == today
            assert 365 <= len(days) <= 371
            assert days[0].y == 0
            assert max(day.x for day in days) == 52

    def test_days_and_months_lead_to_their_movies(
        self, alices_client: Client, alice: User, make_movie: Callable[..., Movie]
    ) -> None:
        Rating.objects.rate(alice, make_movie(), 4)
        today = timezone.localdate()
        html = alices_client.get(PAGE).content.decode()
        assert f'href="/me/watched/?when={today:%Y-%m}"' in html
        # A day is for the pointer; the tab key goes by months, of which there are a dozen.
        drawing = re.search(r'<svg class="heat".*?</svg>', html, re.S)[0]
        assert "<a " not in drawing
        assert re.search(r'data-counts="0{364,370}1"', drawing)
        table = alices_client.get(f"{PAGE}days/").content.decode()
        assert f'href="/me/watched/?when={today}"' in table


def test_the_questions_do_not_grow_with_the_rows(
    alices_client: Client, alice: User, make_movie: Callable[..., Movie]
) -> None:
    def n_queries(query: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            alices_client.get(PAGE + query)
        return len(asked)

    Rating.objects.rate(alice, make_movie(genres="Drama"), 4)
    before = [n_queries(""), n_queries("?edit=1")]
    for number in range(30):
        Rating.objects.rate(alice, make_movie(f"Movie {number}", genres="Crime|Drama"), 3)
    assert [n_queries(""), n_queries("?edit=1")] == before
    assert max(before) <= 8


def test_a_page_of_a_busy_year_is_light(
    alices_client: Client, alice: User, make_movie: Callable[..., Movie]
) -> None:
    now = timezone.now()
    for number in range(300):
        movie = make_movie(f"A title of some length {number}", 1950 + number % 70, "Drama")
        Rating.objects.rate(alice, movie, 3, rated_at=now - timezone.timedelta(days=number))
    for query in ("", "?edit=1"):
        html = alices_client.get(PAGE + query).content
        assert len(gzip.compress(html, 6)) <= 12_000
