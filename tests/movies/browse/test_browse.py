"""What the catalogue's pages show, to whom, and what they cost."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from movies import published_figures
from movies.models import Mark, Movie, Rating
from recommender.tryout.tryout import TO_RATE

MakeMovie = Callable[..., Movie]


@pytest.fixture
def thirty(make_movie: MakeMovie) -> list[Movie]:
    return [
        make_movie(f"Film {n:02}", 1970 + n, "Western" if n % 3 else "Comedy|Crime")
        for n in range(30)
    ]


def titles(answer: object) -> list[str]:
    return re.findall(r'class="movie-title">([^<]+)<', answer.content.decode())


class TestHome:
    def test_a_visitor_sees_well_loved_movies(
        self, client: Client, make_movie: MakeMovie, make_user: Callable
    ) -> None:
        """Below those they are asked about, which are the most rated."""
        asked = [make_movie(f"Asked {n}") for n in range(TO_RATE)]
        bad, good = make_movie("Bad"), make_movie("Good")
        people = [make_user(f"u{n}") for n in range(6)]
        for person in people:
            for movie in asked:
                Rating.objects.rate(person, movie, 3)
        for person in people[1:]:
            Rating.objects.rate(person, good, 5)
            Rating.objects.rate(person, bad, 1)
        published_figures.publish_due()
        content = client.get("/").content.decode()
        above, below = content.split("Highest rated here")
        assert [f">{movie}<" in above for movie in asked] == [True] * TO_RATE
        assert -1 < below.find(good.get_absolute_url()) < below.find(bad.get_absolute_url())
        assert "Asked" not in below
        assert "Sign up" in content

    def test_a_site_with_few_movies_is_not_called_empty(
        self, client: Client, make_movie: MakeMovie
    ) -> None:
        movie = make_movie("Alien")
        content = client.get("/").content.decode()
        assert f">{movie}<" in content
        assert "There are no movies here yet" not in content

    def test_a_new_member_is_asked_to_rate(self, alices_client: Client, thirty: list) -> None:
        content = alices_client.get("/").content.decode()
        assert content.count('type="radio"') == 12 * 10
        assert "What have you seen?" in content

    def test_an_empty_site_says_so(self, client: Client, alices_client: Client) -> None:
        for each in (client, alices_client):
            assert b"There are no movies here yet" in each.get("/").content
        assert b"catalogue is empty" in alices_client.get("/movies/").content


class TestBrowse:
    def test_it_shows_24_and_leads_on(self, client: Client, thirty: list[Movie]) -> None:
        first = client.get("/movies/?order=title")
        assert titles(first) == [f"Film {n:02}" for n in range(24)]
        assert 'href="?order=title&amp;page=2"' in first.content.decode()
        assert len(titles(client.get("/movies/?order=title&page=2"))) == 6

    @pytest.mark.parametrize(
        ("query", "shown"),
        [
            ("genre=comedy&order=title", ["Film 00", "Film 03"]),
            ("genre=comedy&decade=1990&order=newest", ["Film 27", "Film 24", "Film 21"]),
            ("decade=1970&order=newest", ["Film 09", "Film 08"]),
            ("q=film+17", ["Film 17"]),
            ("q=flim+17", ["Film 17"]),
        ],
    )
    def test_the_address_is_the_state(
        self, client: Client, thirty: list[Movie], query: str, shown: list[str]
    ) -> None:
        assert titles(client.get(f"/movies/?{query}"))[: len(shown)] == shown

    @pytest.mark.parametrize(
        "query",
        [
            "page=abc", "page=-1", "page=99999999999999999999", "page=0", "decade=abc", "decade=-1",
            "genre=%00", "q=%00", "q=%ED%A0%80", "order=drop", "q=" + "x" * 10_000, "q=%27%22%3C",
            "genre=nothing", "q=" + "a+" * 3000,
        ],
    )  # fmt: skip
    def test_nonsense_is_no_crash(self, client: Client, thirty: list[Movie], query: str) -> None:
        assert client.get(f"/movies/?{query}").status_code in (200, 400, 404)

    def test_nothing_found_says_what_to_do(self, client: Client, thirty: list[Movie]) -> None:
        answer = client.get("/movies/?q=zzzzqqqq")
        assert b"Try fewer words" in answer.content


class TestMoviePage:
    def test_it_works(self, client: Client, make_movie: MakeMovie) -> None:
        movie = make_movie("Amélie", 2001, "Comedy", imdb_id="tt0211915", tmdb_id=194, runtime=122)
        content = client.get(movie.get_absolute_url()).content.decode()
        assert "<h1>Amélie</h1>" in content
        assert "https://www.imdb.com/title/tt0211915/" in content
        assert "https://www.themoviedb.org/movie/194" in content
        assert "?genre=comedy" in content
        assert "Log in to rate" in content
        assert '<svg class="poster"' in content

    def test_an_old_address_leads_to_the_right_one(
        self, client: Client, make_movie: MakeMovie
    ) -> None:
        movie = make_movie("Alien")
        for path in (f"/movies/{movie.pk}-wrong/", f"/movies/{movie.pk}/"):
            answer = client.get(path)
            assert (answer.status_code, answer.url) == (301, movie.get_absolute_url())
        answer = client.get(f"/movies/{movie.pk}/?steer=newer")
        assert answer.url == f"{movie.get_absolute_url()}?steer=newer"

    @pytest.mark.parametrize("pk", ["0", "12345", "99999999999999999999"])
    def test_what_is_not_there_is_not_found(self, client: Client, db: None, pk: str) -> None:
        answer = client.get(f"/movies/{pk}-x/")
        assert answer.status_code == 404
        assert b'name="q"' in answer.content

    def test_hostile_words_are_only_words(self, client: Client, make_movie: MakeMovie) -> None:
        movie = make_movie("<script>alert(1)</script>", description="{{ 1|add:1 }}<img src=x>")
        content = client.get(movie.get_absolute_url()).content.decode()
        assert "<script>alert" not in content
        assert "<img" not in content

    def test_few_peoples_average_is_not_told(
        self, client: Client, make_movie: MakeMovie, make_user: Callable
    ) -> None:
        movie = make_movie()
        for n in range(4):
            Rating.objects.rate(make_user(f"u{n}"), movie, 3)
        published_figures.publish_due()
        assert b"on average" not in client.get(movie.get_absolute_url()).content
        Rating.objects.rate(make_user("fifth"), movie, 3)
        published_figures.publish_due()
        assert b"3.0 stars on average" in client.get(movie.get_absolute_url()).content

    def test_my_own_stars_are_checked(
        self, alices_client: Client, alice: User, make_movie: MakeMovie
    ) -> None:
        movie = make_movie()
        Rating.objects.rate(alice, movie, 3.5)
        content = alices_client.get(movie.get_absolute_url()).content.decode()
        assert re.findall(r'value="([\d.]+)" checked', content) == ["3.5"]


class TestMarks:
    @pytest.mark.parametrize("kind", Mark.Kind.values)
    def test_on_and_off(
        self, alices_client: Client, alice: User, make_movie: MakeMovie, kind: str
    ) -> None:
        url = f"/movies/{make_movie().pk}/mark/"
        for _ in range(2):
            alices_client.post(url, {"kind": kind, "on": "1"})
        assert Mark.objects.get().kind == kind
        fragment = alices_client.post(url, {"kind": kind}, headers={"HX-Request": "true"})
        assert b'aria-pressed="true"' not in fragment.content
        assert not Mark.objects.exists()

    def test_an_unknown_kind_is_refused(self, alices_client: Client, make_movie: MakeMovie) -> None:
        answer = alices_client.post(f"/movies/{make_movie().pk}/mark/", {"kind": "x", "on": "1"})
        assert answer.status_code == 422

    def test_bob_cannot_take_off_alices_mark(
        self, bobs_client: Client, alice: User, make_movie: MakeMovie
    ) -> None:
        movie = make_movie()
        Mark.objects.add(alice, movie, "watchlist")
        bobs_client.post(f"/movies/{movie.pk}/mark/", {"kind": "watchlist", "user": alice.pk})
        assert Mark.objects.filter(user=alice).exists()


class TestMyPages:
    PAGES = ("/me/ratings/", "/me/watchlist/", "/me/hidden/")

    @pytest.mark.parametrize("page", PAGES)
    def test_they_are_mine_alone(
        self, client: Client, bobs_client: Client, alice: User, make_movie: MakeMovie, page: str
    ) -> None:
        movie = make_movie("Secret")
        Rating.objects.rate(alice, movie, 4)
        for kind in Mark.Kind.values:
            Mark.objects.add(alice, movie, kind)
        assert client.get(page).url == f"/accounts/login/?next={page}"
        assert b"Secret" not in bobs_client.get(page).content

    def test_ratings_in_every_order(
        self, alices_client: Client, alice: User, thirty: list[Movie]
    ) -> None:
        for n, movie in enumerate(thirty[:6]):
            Rating.objects.rate(alice, movie, 5 - n / 2)
        shown = {
            order: re.findall(r">(Film \d\d)</a>", alices_client.get(f"/me/ratings/?order={order}")
                              .content.decode())
            for order in ("newest", "oldest", "highest", "lowest", "title", "nonsense")
        }  # fmt: skip
        upwards = [f"Film {n:02}" for n in range(6)]
        assert shown["oldest"] == shown["title"] == shown["highest"] == upwards
        assert shown["newest"] == shown["lowest"] == shown["nonsense"] == upwards[::-1]

    def test_hidden_movies_can_be_brought_back(
        self, alices_client: Client, alice: User, make_movie: MakeMovie
    ) -> None:
        movie = make_movie("Hidden one")
        Mark.objects.add(alice, movie, "not_interested")
        assert b"Hidden one" in alices_client.get("/me/hidden/").content
        alices_client.post(f"/movies/{movie.pk}/mark/", {"kind": "not_interested"})
        assert b">Hidden one (" not in alices_client.get("/me/hidden/").content


PAGES = ["/", "/movies/", "/movies/?genre=western&q=film", "/me/ratings/", "/me/watchlist/"]


@pytest.mark.parametrize("page", PAGES)
def test_queries_do_not_grow_with_rows(
    alices_client: Client,
    alice: User,
    thirty: list[Movie],
    page: str,
    django_assert_max_num_queries: Callable,
) -> None:
    def use(movies: list[Movie]) -> None:
        for movie in movies:
            Rating.objects.rate(alice, movie, 4)
            Mark.objects.add(alice, movie, "watchlist")

    use(thirty[:3])
    alices_client.get(page)
    with django_assert_max_num_queries(9) as few:
        alices_client.get(page)
    use(thirty[3:20])
    with django_assert_max_num_queries(9) as many:
        alices_client.get(page)
    assert len(many) == len(few)


def test_every_page_has_a_strict_policy_and_asks_nobody_else(
    alices_client: Client, thirty: list[Movie]
) -> None:
    for page in (*PAGES, thirty[0].get_absolute_url(), "/accounts/email/"):
        answer = alices_client.get(page)
        policy = answer["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        content = answer.content.decode()
        loaded = re.findall(r'(?:src|<link(?! rel="canonical")[^>]+href)="([^"]+)"', content)
        assert all(address.startswith("/") for address in loaded)
        assert not re.search(r"<[^>]+\sstyle=|<style|\son\w+=|<script>", content)
