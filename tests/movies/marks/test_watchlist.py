"""One's watchlist: in order, narrowed down, and one movie picked for who cannot decide."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from accounts.models import User
from movies.marks import watchlist_views
from movies.marks.watchlist_pick import pick_movie, shuffled
from movies.marks.watchlist_query import WatchlistQuery
from movies.models import Mark, Movie, Rating
from recommender.serving.expected import predicted
from recommender.serving.predictions import PredictedStars

PAGE, PICK = "/me/watchlist/", "/me/watchlist/pick/"
FILMS = (  # title, year, genres, minutes; put on the list in this order
    ("Heat", 1995, "Crime|Drama", 170),
    ("Alien", 1979, "Horror|Sci-Fi", 117),
    ("Clue", 1985, "Comedy|Crime", 94),
    ("Solaris", 1972, "Drama|Sci-Fi", None),
)


@pytest.fixture
def four(alice: User, make_movie: Callable[..., Movie]) -> list[Movie]:
    movies = [make_movie(t, y, genres, runtime=minutes) for t, y, genres, minutes in FILMS]
    make_movie("Not on it", 1995, "Crime", runtime=100)
    for day, movie in enumerate(movies):
        Mark.objects.add(alice, movie, "watchlist", datetime(2026, 1, 1 + day, tzinfo=UTC))
    return movies


@pytest.fixture
def foreseen(four: list[Movie], monkeypatch: pytest.MonkeyPatch) -> None:
    stars = {movie.pk: PredictedStars(3.0 + place / 2, 0.7) for place, movie in enumerate(four)}
    monkeypatch.setattr(watchlist_views, "predicted", lambda user, ids: stars)


def titles(client: Client, query: str = "") -> list[str]:
    html = client.get(f"{PAGE}?{query}").content.decode()
    return re.findall(r'<span class="movie-title">([^<]+)<', html)


def picked_on(client: Client, query: str) -> str:
    html = client.get(f"{PICK}?{query}").content.decode()
    return re.search(r"How about this one\?</p>\s*<h1><a [^>]+>([^<]+)<", html)[1]


def test_it_works(alices_client: Client, four: list[Movie], foreseen: None) -> None:
    assert titles(alices_client) == ["Solaris", "Clue", "Alien", "Heat"]
    html = alices_client.get(PAGE).content.decode()
    assert '<option value="predicted" selected>' in html
    assert "170 min" in html
    assert ">Remove<" in html


@pytest.mark.parametrize(
    ("order", "shown"),
    [
        ("added", "Solaris Clue Alien Heat"),
        ("title", "Alien Clue Heat Solaris"),
        ("latest", "Heat Clue Alien Solaris"),
        ("earliest", "Solaris Alien Clue Heat"),
        ("shortest", "Clue Alien Heat Solaris"),
        ("longest", "Heat Alien Clue Solaris"),
        # Nothing is known of alice: the usual order, and what nobody offers.
        ("predicted", "Solaris Clue Alien Heat"),
        ("nonsense", "Solaris Clue Alien Heat"),
        ("", "Solaris Clue Alien Heat"),
    ],
)
def test_orders(alices_client: Client, four: list[Movie], order: str, shown: str) -> None:
    assert titles(alices_client, f"order={order}") == shown.split()


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("genre=crime", "Clue Heat"),
        ("decade=1970", "Solaris Alien"),
        ("length=epic", "Heat"),
        ("genre=crime&decade=1980&length=medium", "Clue"),
        ("genre=none&decade=17&length=x", "Solaris Clue Alien Heat"),
        ("genre=crime&order=title", "Clue Heat"),
    ],
)
def test_filters(alices_client: Client, four: list[Movie], query: str, shown: str) -> None:
    assert titles(alices_client, query) == shown.split()


def test_counts_are_of_the_watchlist_and_choices_stay_on_the_page(
    alices_client: Client, four: list[Movie]
) -> None:
    html = alices_client.get(f"{PAGE}?order=title").content.decode()
    assert re.search(r'\?genre=crime&amp;order=title">Crime\s*<span class="count">2<', html)
    assert "mine=" not in html
    narrowed = alices_client.get(f"{PAGE}?genre=crime&decade=1970").content.decode()
    assert "Nothing on your watchlist matches these filters." in narrowed


def test_it_is_mine_alone(client: Client, bobs_client: Client, four: list[Movie]) -> None:
    assert client.get(PAGE).url == f"/accounts/login/?next={PAGE}"
    assert titles(bobs_client) == []
    assert "Nothing here yet." in bobs_client.get(PAGE).content.decode()


class TestPickOne:
    def test_all_come_up_before_one_comes_again(
        self, alices_client: Client, four: list[Movie]
    ) -> None:
        shown = [picked_on(alices_client, f"pick={n}") for n in range(8)]
        assert sorted(shown[:4]) == sorted(title for title, *_rest in FILMS)
        assert shown[4:] == shown[:4]

    def test_the_same_address_shows_the_same_and_leads_to_the_next(
        self, alices_client: Client, four: list[Movie]
    ) -> None:
        page = alices_client.get(f"{PAGE}?genre=crime").content.decode()
        assert f'href="{PICK}?genre=crime"' in page
        first = alices_client.get(f"{PICK}?genre=crime").content.decode()
        assert f"<title>{picked_on(alices_client, 'genre=crime&pick=0')} " in first
        assert f'href="{PICK}?genre=crime&amp;pick=1"' in first
        both = {picked_on(alices_client, f"genre=crime&pick={n}") for n in (0, 1)}
        assert both == {"Heat", "Clue"}

    def test_what_was_seen_is_not_picked(
        self, alices_client: Client, alice: User, four: list[Movie]
    ) -> None:
        Rating.objects.rate(alice, four[0], 4)
        Mark.objects.add(alice, four[1], "seen")
        Mark.objects.add(alice, four[2], "not_interested")
        assert {picked_on(alices_client, f"pick={n}") for n in range(3)} == {"Solaris"}
        Rating.objects.rate(alice, four[3], 4)
        html = alices_client.get(PICK).content.decode()
        assert "Nothing left to pick" in html

    def test_who_keeps_the_watchlist_out_of_lists_may_be_given_a_pick(
        self, alices_client: Client, alice: User, four: list[Movie]
    ) -> None:
        User.objects.filter(pk=alice.pk).update(watchlist_in_lists=False)
        assert picked_on(alices_client, "")

    @pytest.mark.parametrize("pick", ["-1", "x", "99999", "²", "1.5", "%00"])
    def test_nonsense_is_the_first_pick(
        self, alices_client: Client, four: list[Movie], pick: str
    ) -> None:
        assert picked_on(alices_client, f"pick={pick}") == picked_on(alices_client, "")

    def test_it_is_of_ones_own(self, client: Client, bobs_client: Client, four: list) -> None:
        assert client.get(PICK).url == f"/accounts/login/?next={PICK}"
        assert "Your watchlist is empty" in bobs_client.get(PICK).content.decode()

    def test_better_ones_come_first_more_often(self) -> None:
        stars = {1: 2.5, 2: 3.5, 3: 4.5}
        first = Counter(shuffled([1, 2, 3, 4], stars, str(seed))[0] for seed in range(400))
        # Four times e^2 as likely as the one that promises two stars less; 4 counts as middling.
        assert first[3] > first[2] > first[1]
        assert first[3] > 0.6 * 400
        assert first[1] > 0
        assert abs(first[4] - first[2]) < 40

    def test_another_day_another_order(self, alice: User, four: list[Movie]) -> None:
        days = [date(2026, 1, 1) + timedelta(n) for n in range(30)]
        assert len({pick_movie(alice, WatchlistQuery(pick=0), day, predicted) for day in days}) == 4


def test_queries_do_not_grow(
    alices_client: Client, alice: User, four: list[Movie], make_movie: Callable[..., Movie],
    django_assert_max_num_queries: Callable,
) -> None:  # fmt: skip
    url = f"{PAGE}?order=added"
    alices_client.get(url)
    with django_assert_max_num_queries(8) as few:
        alices_client.get(url)
    for n in range(20):
        Mark.objects.add(alice, make_movie(f"More {n}"), "watchlist")
    alices_client.get(url)
    with django_assert_max_num_queries(8) as many:
        alices_client.get(url)
    assert len(few) == len(many)
