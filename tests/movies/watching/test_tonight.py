"""The filter "only what I can watch tonight", on every door that has lists."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Mark, Movie
from movies.watching.tonight import Tonight, tonight_of
from recommender.models import TrainingRun
from recommender.serving.recommend import recommend
from tests.movies.watching.known import APPLE, MUBI, NETFLIX, offer, own, watches_on

SWITCH = "Only what you can watch tonight"
CARD = r'<li class="movie[^"]*">\s*<a href="/movies/(\d+)-'
HTMX = {"HX-Request": "true"}


@pytest.fixture
def tonight(two_tastes: list[Movie], even_fan: User, fitted: TrainingRun) -> set[int]:
    """Three movies are on Alice's service, two in the house, of forty."""
    for movie in two_tastes[20:23]:
        offer(movie, NETFLIX)
    offer(two_tastes[30], MUBI)
    offer(two_tastes[31], NETFLIX, country="DE")
    offer(two_tastes[32], NETFLIX, kind="rent")
    own(two_tastes[22:25])
    watches_on(even_fan, NETFLIX)
    return {movie.pk for movie in two_tastes[20:25]}


def movies_on(content: str) -> set[int]:
    return {int(pk) for pk in re.findall(CARD, content)}


def get(client: Client, path: str, **extra: Any) -> str:
    answer = client.get(path, **extra)
    assert answer.status_code == 200
    return answer.content.decode()


def test_which_movies(tonight: set[int], even_fan: User) -> None:
    found = tonight_of(even_fan)
    assert set(found.movie_ids.tolist()) == tonight
    only = found.only(Movie.objects.all())
    assert set(only.values_list("pk", flat=True)) == tonight


def test_ids_are_read_once_and_again_after_a_change(
    tonight: set[int],
    even_fan: User,
    two_tastes: list[Movie],
    django_assert_num_queries: Callable[..., Any],
) -> None:
    assert len(tonight_of(even_fan).movie_ids) == 5
    with django_assert_num_queries(0):
        assert len(tonight_of(even_fan).movie_ids) == 5
    offer(two_tastes[39], NETFLIX)
    assert len(tonight_of(even_fan).movie_ids) == 6
    own([])
    assert len(tonight_of(even_fan).movie_ids) == 4


def test_home(tonight: set[int], alices_client: Client) -> None:
    assert SWITCH in get(alices_client, "/")
    page = get(alices_client, "/?tonight=1")
    assert movies_on(page)
    assert movies_on(page) <= tonight
    assert 'hx-get="/shelves/?tonight=1"' in page
    assert not movies_on(get(alices_client, "/")) <= tonight


def test_shelves(tonight: set[int], alices_client: Client, even_fan: User) -> None:
    for pk in sorted(tonight)[:2]:
        Mark.objects.add(even_fan, Movie.objects.get(pk=pk), Mark.Kind.WATCHLIST)
    Mark.objects.add(even_fan, Movie.objects.order_by("-pk")[0], Mark.Kind.WATCHLIST)
    answer = alices_client.get("/api/v1/shelves/?tonight=true&beside=0").json()
    shown = {movie["id"] for shelf in answer["results"] for movie in shelf["movies"]}
    assert shown
    assert shown <= tonight
    for path, extra in (("/?shelves=all&tonight=1", {}), ("/shelves/?tonight=1", HTMX)):
        page = get(alices_client, path, headers=extra)
        assert movies_on(page) <= tonight


def test_boldness_keeps_the_filter(tonight: set[int], alices_client: Client) -> None:
    sent = {"boldness": "1", "tonight": "1"}
    page = alices_client.post("/me/boldness/", sent, headers=HTMX).content.decode()
    assert movies_on(page)
    assert movies_on(page) <= tonight
    assert alices_client.post("/me/boldness/", sent)["Location"] == "/?tonight=1#boldness"


@pytest.mark.parametrize("order", ["", "title", "for_you", "off_the_track"])
def test_browse(tonight: set[int], alices_client: Client, order: str) -> None:
    answer = alices_client.get("/movies/", {"tonight": "1", "order": order})
    shown = movies_on(answer.content.decode())
    assert shown == tonight if order in ("", "title") else shown <= tonight
    facet = next(one for one in answer.context["facets"] if one.key == "tonight")
    choice = facet.choices[0]
    assert (choice.on, choice.label) == (True, "Here or on my services")
    assert "tonight" not in choice.query
    assert choice.n == answer.context["page"].paginator.count
    assert 'class="chip"' in answer.content.decode()


def test_its_count_respects_other_choices(tonight: set[int], alices_client: Client) -> None:
    answer = alices_client.get("/movies/", {"q": "Movie 21"})
    facet = next(one for one in answer.context["facets"] if one.key == "tonight")
    assert not facet.choices[0].on
    page = alices_client.get(f"/movies/?{facet.choices[0].query}")
    assert page.context["page"].paginator.count == facet.choices[0].n


def test_watchlist_and_its_pick(
    tonight: set[int], alices_client: Client, even_fan: User, two_tastes: list[Movie]
) -> None:
    for movie in two_tastes[19:22]:
        Mark.objects.add(even_fan, movie, Mark.Kind.WATCHLIST)
    wanted = {movie.pk for movie in two_tastes[20:22]}
    page = alices_client.get("/me/watchlist/?tonight=1")
    assert movies_on(page.content.decode()) == wanted
    assert "/me/watchlist/pick/?tonight=1" in page.content.decode()
    for number in range(3):
        picked = alices_client.get(f"/me/watchlist/pick/?tonight=1&pick={number}")
        assert picked.context["picked"].pk in wanted
    marks = alices_client.get("/api/v1/marks/?kind=watchlist&tonight=true").json()["results"]
    assert {mark["movie"]["id"] for mark in marks} == wanted


def test_recommendations(
    tonight: set[int], alices_client: Client, even_fan: User, bobs_client: Client, bob: User
) -> None:
    got = recommend(even_fan, n=10, within=tonight_of(even_fan))
    assert got.source == "personal"
    assert {item.movie_id for item in got.items} <= tonight
    assert len(got.items) == len(tonight)
    answer = alices_client.get("/api/v1/recommendations/?tonight=true").json()
    assert [one["movie"]["id"] for one in answer["results"]] == [one.movie_id for one in got.items]
    # Somebody without ratings gets popular ones, from the house alone.
    popular = bobs_client.get("/api/v1/recommendations/?tonight=true").json()
    assert popular["source"] == "popular"
    assert len(popular["results"]) == 3


def test_the_api_of_movies(tonight: set[int], alices_client: Client, client: Client) -> None:
    for order in ("", "&order=for_you"):
        found = alices_client.get(f"/api/v1/movies/?tonight=true{order}").json()["results"]
        assert {movie["id"] for movie in found} <= tonight
    facets = alices_client.get("/api/v1/movies/facets/?tonight=true").json()
    assert facets["n"] == len(tonight)
    assert facets["facets"][0]["key"] == "tonight"
    assert client.get("/api/v1/movies/?tonight=true").status_code == 401
    assert client.get("/api/v1/movies/facets/?tonight=true").status_code == 401
    assert alices_client.get("/api/v1/movies/?tonight=perhaps").status_code == 400
    assert alices_client.get("/api/v1/recommendations/?tonight=perhaps").status_code == 400


def test_not_offered_where_there_is_nothing_to_filter_by(
    two_tastes: list[Movie], even_fan: User, fitted: TrainingRun, alices_client: Client
) -> None:
    offer(two_tastes[20], APPLE, kind="buy")
    watches_on(even_fan, APPLE)
    assert not tonight_of(even_fan).is_offered
    for path in ("/", "/movies/", "/me/watchlist/"):
        page = alices_client.get(f"{path}?tonight=1")
        assert SWITCH not in page.content.decode()
        assert all(facet.key != "tonight" for facet in page.context.get("facets", []))
    assert len(movies_on(get(alices_client, "/?tonight=1"))) > 1


def test_visitors_have_none(tonight: set[int], client: Client) -> None:
    page = client.get("/movies/?tonight=1")
    assert page.context["page"].paginator.count == 40
    assert all(facet.key != "tonight" for facet in page.context["facets"])


def test_labels(even_fan: User, tonight: set[int]) -> None:
    full = tonight_of(even_fan)
    assert Tonight(full.version, "US", (), True).label == "In our library"
    own([])
    assert tonight_of(even_fan).label == "On my services"


def test_nothing_left(tonight: set[int], alices_client: Client, even_fan: User) -> None:
    for pk in tonight:
        Mark.objects.add(even_fan, Movie.objects.get(pk=pk), Mark.Kind.SEEN)
    page = get(alices_client, "/?tonight=1")
    assert "Nothing left to recommend for tonight" in page
    assert "Show all picks" in page


@pytest.mark.parametrize("path", ["/", "/?shelves=all", "/movies/", "/me/watchlist/"])
def test_few_queries(
    tonight: set[int],
    alices_client: Client,
    path: str,
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    asked = f"{path}{'&' if '?' in path else '?'}tonight=1"
    alices_client.get(asked)
    with django_assert_max_num_queries(8):
        alices_client.get(asked)


def test_few_queries_of_the_movie_page(
    tonight: set[int],
    alices_client: Client,
    two_tastes: list[Movie],
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    url = two_tastes[22].get_absolute_url()  # on a service and in the house
    assert "Netflix" in get(alices_client, url)
    with django_assert_max_num_queries(8):
        get(alices_client, url)
