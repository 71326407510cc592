"""One rule of what is named: the same movie on the card, its page, in groups and the API."""

import re

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Mark, Movie, Rating
from recommender.groups import membership
from recommender.models import TrainingRun
from tests.api.conftest import API
from tests.recommender.serving.test_explain import explanation, page, shown_stars

CARD = re.compile(
    r'<li class="movie">\s*<a href="/movies/(\d+)-(?:(?!<li class="movie">).)*?'  # one card
    r'<p class="because">(?:because you gave (?P<stars>.+?) 5 stars'
    r"|loved by fans of (?P<audience>.+?))</p>",
    re.DOTALL,
)
BECAUSE = re.compile(
    r'Because you gave <a href="[^"]+">([^<]+)</a> [^<]+: <strong class="share">(.+?)</strong>'
)
LOVED = re.compile(
    r'Loved by people who also loved <a href="[^"]+">([^<]+)</a>, which you gave 5 stars'
)
WITHOUT = re.compile(r"Without that rating: ([\d.]+)")


@pytest.fixture
def well_known(even_fan: User, two_tastes: list[Movie]) -> User:
    """Alice after 24 ratings, of which each moves the stars a little only."""
    for number in range(26):
        Rating.objects.rate(even_fan, two_tastes[number], 1 if number % 2 else 5)
    return even_fan


def on_cards(html: str) -> dict[int, tuple[str, str]]:
    """Kind and title of the reason on each card, by movie id."""
    cards = (CARD.match(html, found.start()) for found in re.finditer('<li class="movie">', html))
    return {
        int(card[1]): ("stars", card["stars"]) if card["stars"] else ("audience", card["audience"])
        for card in cards
        if card
    }


def on_page(client: Client, movie: Movie) -> list[tuple[str, str]]:
    html = page(client, movie)
    because = [("stars", title) for title, _ in BECAUSE.findall(html)]
    return because + [("audience", title) for title in LOVED.findall(html)]


def from_api(client: Client, movie: Movie) -> list[tuple[str, str]]:
    reasons = explanation(client, movie)["reasons"]
    return [(reason["kind"], reason["movie"]["title"]) for reason in reasons]


@pytest.mark.parametrize("person", ["even_fan", "well_known"])
def test_card_shelf_page_group_and_api_name_the_same(
    fitted: TrainingRun,
    request: pytest.FixtureRequest,
    alice: User,
    alices_client: Client,
    two_tastes: list[Movie],
    person: str,
) -> None:
    request.getfixturevalue(person)
    cards = on_cards(alices_client.get("/").content.decode())
    cards |= on_cards(alices_client.get("/?shelves=all").content.decode())
    assert len(cards) >= 7
    group = membership.create(alice, "Movie night")
    picks = alices_client.get(f"{API}/groups/{group.pk}/recommendations/").json()["results"]
    in_group = {pick["movie"]["id"]: pick for pick in picks}
    for movie in Movie.objects.filter(pk__in=cards):
        first, *_ = named = on_page(alices_client, movie)
        assert first == cards[movie.pk]
        assert named == from_api(alices_client, movie)
        if pick := in_group.get(movie.pk):
            key = {"stars": "because_you_like", "audience": "loved_with"}[first[0]]
            assert pick[key]["title"] == first[1]
    assert set(cards) & set(in_group)


@pytest.mark.parametrize(("person", "often"), [("even_fan", "stars"), ("well_known", "audience")])
def test_only_what_is_felt_is_a_reason_for_the_stars(
    fitted: TrainingRun,
    request: pytest.FixtureRequest,
    alices_client: Client,
    two_tastes: list[Movie],
    person: str,
    often: str,
) -> None:
    request.getfixturevalue(person)
    seen = set()
    for movie in two_tastes[26:36]:
        parts, html = explanation(alices_client, movie), page(alices_client, movie)
        kinds = [reason["kind"] for reason in parts["reasons"]]
        assert kinds in ([], ["audience"], ["stars"] * len(kinds))
        for reason in parts["reasons"]:
            assert reason["share"] >= 0
            assert reason["stars"] == 5, "what was disliked is no reason"
            if reason["kind"] == "stars":
                assert min(reason["share"], parts["prediction"] - reason["without"]) >= 0.1
        assert all(share.startswith("+") for _, share in BECAUSE.findall(html))
        seen |= set(kinds)
    assert often in seen


@pytest.mark.parametrize("person", ["even_fan", "well_known"])
def test_without_a_rating_stands_only_where_the_number_would_be_another(
    fitted: TrainingRun,
    request: pytest.FixtureRequest,
    alices_client: Client,
    two_tastes: list[Movie],
    person: str,
) -> None:
    request.getfixturevalue(person)
    alone, in_tables = [], []
    for movie in two_tastes[26:36]:
        html, number = page(alices_client, movie), shown_stars(alices_client, movie)
        alone += WITHOUT.findall(html)
        parts = alices_client.get(f"/movies/{movie.pk}/why/").content.decode()
        cells = re.findall(r"<td>[+−]?[\d.]+</td><td>([\d.]*)</td>", parts)
        in_tables += cells
        assert number not in {*WITHOUT.findall(html), *cells}
    assert "" in in_tables
    assert any(in_tables)
    assert alone or person == "well_known"


def test_the_table_says_what_raises_it_and_what_lowers_it(
    fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie]
) -> None:
    Rating.objects.rate(even_fan, two_tastes[5], 5)
    html = alices_client.get(f"/movies/{two_tastes[10].pk}/why/").content.decode()
    table = html.partition('<table class="parts-table">')[2].partition("</table>")[0]
    raises, lowers = table.split("What raises it")[1].split("What lowers it")
    assert re.findall(r"<td>([+−])", raises) == ["+"] * raises.count("<a href")
    assert set(re.findall(r"<td>([+−])", lowers.partition("<tfoot")[0])) == {"−"}
    assert raises.count("<a href") + lowers.count("<a href") == 8


@pytest.mark.parametrize("stars", [0.5, 3])
def test_one_who_likes_nothing_is_given_no_reason(
    fitted: TrainingRun, bob: User, bobs_client: Client, two_tastes: list[Movie], stars: float
) -> None:
    for movie in two_tastes[:8]:
        Rating.objects.rate(bob, movie, stars)
    assert 'class="because"' not in bobs_client.get("/").content.decode()
    html = page(bobs_client, two_tastes[10])
    assert "No single movie you’ve liked explains this number" in html
    assert "why-list" not in html
    assert explanation(bobs_client, two_tastes[10])["reasons"] == []


def test_a_deleted_movie_is_named_no_more(
    fitted: TrainingRun, well_known: User, alices_client: Client
) -> None:
    movie_id, (_, title) = next(iter(on_cards(alices_client.get("/").content.decode()).items()))
    Movie.objects.get(title=title).delete()
    movie = Movie.objects.get(pk=movie_id)
    after = on_cards(alices_client.get("/").content.decode()).get(movie_id)
    assert after is None or after[1] != title
    assert on_page(alices_client, movie)[:1] == ([after] if after else [])


def test_the_random_pick_from_the_watchlist_says_the_same(
    fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie]
) -> None:
    movie = two_tastes[10]
    Mark.objects.add(even_fan, movie, Mark.Kind.WATCHLIST)
    html = alices_client.get("/me/watchlist/pick/").content.decode()
    named = [("stars", title) for title, _ in BECAUSE.findall(html)]
    named += [("audience", title) for title in LOVED.findall(html)]
    assert named == on_page(alices_client, movie) != []
