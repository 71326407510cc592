"""Why a prediction is what it is, through the pages and the API."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from accounts.models import User
from movies.models import Movie, Rating
from recommender.models import TrainingRun
from tests.api.conftest import API, queries
from tests.api.problems import code, wrong

__all__ = ["queries"]

BIG_STARS = re.compile(r'class="big-stars"><strong>([\d.]+)</strong>')


def explanation(client: Client, movie: Movie, **query: int) -> dict[str, Any]:
    response = client.get(f"{API}/movies/{movie.pk}/explanation/", query)
    assert response.status_code == 200, response.content
    return response.json()


def page(client: Client, movie: Movie) -> str:
    return client.get(movie.get_absolute_url()).content.decode()


def page_of_parts(client: Client, movie: Movie) -> str:
    return client.get(f"/movies/{movie.pk}/why/").content.decode()


def shown_stars(client: Client, movie: Movie) -> str:
    return BIG_STARS.search(page(client, movie)).group(1)


def total(parts: dict[str, Any]) -> float:
    own = sum(rating["share"] for rating in parts["ratings"])
    return (
        sum(parts[k] for k in ("average", "standing", "tendency", "typical_taste", "others")) + own
    )


def client_of(user: User) -> Client:
    client = Client()
    # Members of a data set cannot log in, and are all that is in the fit.
    User.objects.filter(pk=user.pk).update(is_active=True, is_dataset_member=False)
    client.force_login(user)
    return client


def test_it_works(
    fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie]
) -> None:
    html = page(alices_client, two_tastes[10])
    assert re.search(r'Because you gave <a href="/movies/\d+-[^"]+">Movie \d+</a> 5 stars', html)
    assert re.search(r"<strong class=\"share\">\+\d\.\d\d</strong>", html)
    assert re.search(r"Without that rating: \d\.\d", html)
    assert '<svg class="waterfall"' not in html
    parts = page_of_parts(alices_client, two_tastes[10])
    assert '<svg class="waterfall"' in parts
    assert '<table class="parts-table"' in parts


@pytest.mark.parametrize("n_ratings", [0, 1, 3, 30])
def test_the_parts_sum_to_the_shown_prediction(
    fitted: TrainingRun, bob: User, two_tastes: list[Movie], n_ratings: int
) -> None:
    for number in range(n_ratings):
        Rating.objects.rate(bob, two_tastes[number], (number % 10 + 1) / 2)
    in_the_fit = User.objects.get(username="set:3")
    for user in (bob, in_the_fit):
        client = client_of(user)
        listed = client.get(f"{API}/movies/", {"page_size": 100}).json()["results"]
        predicted = {movie["id"]: movie["predicted"] for movie in listed}
        for movie in two_tastes[::7]:
            parts = explanation(client, movie)
            assert total(parts) == pytest.approx(parts["prediction"], abs=1e-6)
            assert parts["stars"] == pytest.approx(min(max(parts["prediction"], 0.5), 5), abs=1e-6)
            assert predicted[movie.pk]["stars"] == pytest.approx(parts["stars"], abs=0.00501)


def test_after_a_change_since_the_fit_they_still_do(
    fitted: TrainingRun, two_tastes: list[Movie]
) -> None:
    member = User.objects.get(username="set:3")
    first, second, *_ = Rating.objects.of(member).select_related("movie")
    Rating.objects.rate(member, first.movie, 3)
    Rating.objects.unrate(member, second.movie)
    parts = explanation(client_of(member), second.movie)
    assert total(parts) == pytest.approx(parts["prediction"], abs=1e-6)


@pytest.mark.parametrize("name", ["alice", "set:3"])
def test_without_a_rating_is_what_the_page_says_once_it_is_removed(
    fitted: TrainingRun, even_fan: User, two_tastes: list[Movie], name: str
) -> None:
    """But for the weights of the others, which become newer when a rating is removed."""
    user = User.objects.get(username=name)
    client = client_of(user)
    rated = set(Rating.objects.of(user).values_list("movie_id", flat=True))
    movie = next(movie for movie in two_tastes[10:] if movie.pk not in rated)
    for reason in explanation(client, movie)["ratings"][:3]:
        own = Rating.objects.of(user).select_related("movie").get(movie=reason["movie"]["id"])
        said, before = f"{reason['without']:.1f}", shown_stars(client, movie)
        rows = re.findall(r"<td>[+−]?[\d.]+</td><td>([\d.]*)</td>", page_of_parts(client, movie))
        assert ("" if said == before else said) in rows
        client.post(f"/movies/{own.movie.pk}/rate/", {"remove": "1"})
        after = explanation(client, movie)
        assert after["stars"] == pytest.approx(reason["without"], abs=0.03)
        assert shown_stars(client, movie) == f"{after['stars']:.1f}"
        Rating.objects.rate(user, own.movie, own.stars, rated_at=own.rated_at)


def test_the_last_rating_away_leaves_the_typical_person(
    fitted: TrainingRun, bob: User, bobs_client: Client, two_tastes: list[Movie]
) -> None:
    Rating.objects.rate(bob, two_tastes[0], 5)
    reason = explanation(bobs_client, two_tastes[10])["ratings"][0]
    Rating.objects.unrate(bob, two_tastes[0])
    parts = explanation(bobs_client, two_tastes[10])
    assert parts["stars"] == pytest.approx(reason["without"], abs=1e-6)
    assert parts["ratings"] == []
    assert "what a typical member would give it" in page(bobs_client, two_tastes[10])


def test_the_strongest_come_first_and_the_rest_is_one_number(
    fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie]
) -> None:
    everything = explanation(alices_client, two_tastes[10])
    assert len(everything["ratings"]) == 7
    assert (everything["n_others"], everything["others"]) == (0, 0)
    sizes = [abs(rating["share"]) for rating in everything["ratings"]]
    assert sizes == sorted(sizes, reverse=True)
    two = explanation(alices_client, two_tastes[10], n=2)
    # Solved for two ratings at once, not for seven, the last digit may differ.
    for shown, before in zip(two["ratings"], everything["ratings"][:2], strict=True):
        assert shown["movie"] == before["movie"]
        for part in ("stars", "share", "without"):
            assert shown[part] == pytest.approx(before[part], abs=1e-12)
    assert two["n_others"] == 5
    assert total(two) == pytest.approx(two["prediction"], abs=1e-6)


def test_liking_the_even_ones_speaks_for_an_even_one(
    fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie]
) -> None:
    even, odd = (
        {
            rating["movie"]["id"]: rating["share"]
            for rating in explanation(alices_client, m)["ratings"]
        }
        for m in two_tastes[10:12]
    )
    liked = two_tastes[0].pk
    assert even[liked] > 0 > odd[liked]


def test_titles_are_escaped(
    fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie]
) -> None:
    nasty = "<script>alert('&')</script>"
    for movie in two_tastes[:9]:
        Movie.objects.filter(pk=movie.pk).update(title=nasty)
    html = page(alices_client, two_tastes[10]) + alices_client.get("/").content.decode()
    assert nasty not in html
    assert escape(nasty) in html
    assert escape(nasty[:23]) in html, "the picture shortens before it escapes"


def test_a_movie_i_rated_is_not_explained_on_its_page_but_to_apps(
    fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie]
) -> None:
    assert "Because you gave" not in page(alices_client, two_tastes[0])
    parts = explanation(alices_client, two_tastes[0])
    assert total(parts) == pytest.approx(parts["prediction"], abs=1e-6)


def test_nobody_sees_why_of_somebody_else(
    fitted: TrainingRun,
    even_fan: User,
    client: Client,
    bobs_client: Client,
    two_tastes: list[Movie],
) -> None:
    url = f"{API}/movies/{two_tastes[10].pk}/explanation/"
    assert client.get(url).status_code == 401
    assert bobs_client.get(url).json()["ratings"] == []
    assert "Because" not in page(bobs_client, two_tastes[10])
    assert "Why" not in page(client, two_tastes[10])


def test_where_nothing_is_predicted_there_is_nothing_to_explain(
    even_fan: User, alices_client: Client, two_tastes: list[Movie], make_movie: Callable
) -> None:
    url = f"{API}/movies/{two_tastes[10].pk}/explanation/"
    response = alices_client.get(url)
    assert (response.status_code, code(response)) == (404, "not_found")
    assert alices_client.get(f"{API}/movies/999999/explanation/").status_code == 404
    assert "Because" not in page(alices_client, two_tastes[10])


@pytest.mark.parametrize("n", ["-1", "101", "x", "1.5"])
def test_how_many_is_a_number(
    fitted: TrainingRun, alices_client: Client, two_tastes: list[Movie], n: str
) -> None:
    response = alices_client.get(f"{API}/movies/{two_tastes[0].pk}/explanation/", {"n": n})
    assert (response.status_code, list(wrong(response))) == (400, ["n"])


def test_every_pick_says_why_in_short(
    fitted: TrainingRun, even_fan: User, alices_client: Client
) -> None:
    html = alices_client.get("/").content.decode()
    assert html.count('class="because"') >= 12
    reasons = re.findall(r'class="because">because you gave (Movie \d+) 5 stars<', html)
    reasons += re.findall(r'class="because">loved by fans of (Movie \d+)<', html)
    assert len(reasons) == html.count('class="because"')
    assert set(reasons) <= {f"Movie {n}" for n in (0, 2, 4, 6, 8)}


def test_queries_do_not_grow_with_history(
    fitted: TrainingRun,
    even_fan: User,
    alices_client: Client,
    two_tastes: list[Movie],
    queries: Callable,
) -> None:
    urls = (
        "/",
        two_tastes[35].get_absolute_url(),
        f"{API}/movies/{two_tastes[35].pk}/explanation/",
        f"/movies/{two_tastes[35].pk}/what-if/?stars=2",
    )

    def counted() -> list[int]:
        """The second time: the first one finds out what is kept."""
        return [(queries(alices_client, url), queries(alices_client, url))[1] for url in urls]

    few = counted()
    for movie in two_tastes[9:33]:
        Rating.objects.rate(even_fan, movie, 3)
    assert counted() == few
