"""A year in review counts viewings, and ratings where there is no viewing."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Movie, Rating, Viewing
from movies.periods import Period
from recommender.year_in_review.review import review
from recommender.year_in_review.watched import years_of


@pytest.fixture
def watched(alice: User, make_movie: Callable[..., Movie]) -> None:
    """Twice in the diary and rated in another year; in the diary alone; rated alone."""
    twice, unrated, rated = (make_movie(title, runtime=100) for title in ("Twice", "New", "Rated"))
    log = Viewing.objects.log
    log(alice, twice, Period(2026, 3, 5))
    log(alice, twice, Period(2026, 6), is_rewatch=True)
    log(alice, twice, Period(2019))
    Rating.objects.rate(alice, twice, 5, rated_at=datetime(2025, 7, 1, tzinfo=UTC))
    log(alice, unrated, Period(2026, 1, 1))
    log(alice, unrated)
    Rating.objects.rate(alice, rated, 3, rated_at=datetime(2026, 12, 30, 12, tzinfo=UTC))


def test_it_works(alices_client: Client, alice: User, watched: None) -> None:
    assert years_of(alice) == {2026: 4, 2019: 1}
    found = review(alice, 2026)
    assert (found.n, found.n_rewatches, found.n_days, found.minutes) == (4, 1, 3, 400)
    assert [month.n for month in found.months] == [1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1]
    assert [(one.movie.title, one.day) for one in (found.first, found.last)] == [
        ("New", date(2026, 1, 1)),
        ("Rated", date(2026, 12, 30)),
    ]
    assert [(one.movie.title, one.stars) for one in found.best] == [("Twice", 5), ("Rated", 3)]
    assert found.mean == 4
    html = alices_client.get("/me/year/2026/").content.decode()
    assert "You watched 4 movies." in html
    assert "From New on Jan. 1 to Rated on Dec. 30" in html.replace("January", "Jan.").replace(
        "December", "Dec."
    )


def test_a_year_known_only_by_year(alices_client: Client, alice: User, watched: None) -> None:
    found = review(alice, 2019)
    assert (found.n, found.n_days, found.first) == (1, 0, None)
    assert [one.movie.title for one in found.best] == ["Twice"]
    assert "You watched 1 movie." in alices_client.get("/me/year/2019/").content.decode()
    said = alices_client.get("/api/v1/me/years/2019/").json()
    assert (said["n"], said["first"], said["best"][0]["day"]) == (1, None, None)


def test_unrated_movies_have_no_stars_but_a_day(
    alices_client: Client, alice: User, make_movie: Callable[..., Movie]
) -> None:
    Viewing.objects.log(alice, make_movie("New"), Period(2026, 1, 1))
    said = alices_client.get("/api/v1/me/years/2026/").json()
    assert (said["n"], said["mean"], said["best"]) == (1, None, [])
    assert (said["first"]["stars"], said["first"]["day"]) == (None, "2026-01-01")
    assert alices_client.get("/me/year/2026/").status_code == 200
