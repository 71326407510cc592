"""A profile shows what its owner chose, to whom they chose, and nobody else learns of it."""

from collections.abc import Callable
from html import unescape
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Profile, User, set_profile
from movies.lists import entries, lifecycle
from movies.models import Mark, Movie, Rating
from recommender.groups import guests, membership

PAGE, SETTINGS = "/people/alice/", "/me/profile/"
ALL = {"shows_ratings": True, "shows_lists": True, "shows_watchlist": True, "shows_taste": True}


@pytest.fixture
def movies(make_movie: Callable[..., Movie]) -> list[Movie]:
    return [make_movie(f"Story {n}", 1990 + n, genres="Drama") for n in range(12)]


@pytest.fixture
def history(alice: User, movies: list[Movie]) -> list[Movie]:
    """Alice loves 0, hates 1, wants 2, is not interested in 3, and has a list with 4 on it."""
    Rating.objects.rate(alice, movies[0], 5)
    Rating.objects.rate(alice, movies[1], 0.5)
    Mark.objects.add(alice, movies[2], "watchlist")
    Mark.objects.add(alice, movies[3], "not_interested")
    for name, visibility in (("Mine", "private"), ("Shared", "link"), ("Open", "public")):
        made = lifecycle.create(alice, name, visibility=visibility)
        entries.add(made, movies[4])
    return movies


def text_of(answer: object) -> str:
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def body(**changes: object) -> dict[str, object]:
    return {"level": "public", "display_name": "", "bio": ""} | changes


def test_it_works(alices_client: Client, client: Client, history: list[Movie]) -> None:
    answer = alices_client.post(
        SETTINGS,
        body(display_name="Alice A.", bio="I like <b>it</b>\nhttp://x.org", **ALL),
        follow=True,
    )
    assert "Your profile is saved." in text_of(answer)
    page = text_of(client.get(PAGE))
    for shown in ("<bdi>Alice A.</bdi>", "Alice A. gave 5 stars", "Story 2", "Open"):
        assert shown in page
    assert b"&lt;b&gt;it&lt;/b&gt;<br>http://x.org" in client.get(PAGE).content


class TestLevels:
    def statuses(self, *clients: Client) -> list[int]:
        return [one.get(PAGE).status_code for one in clients]

    def test_who_sees_which(
        self, client: Client, bobs_client: Client, alices_client: Client, alice: User
    ) -> None:
        everybody = (client, bobs_client, alices_client)
        assert self.statuses(*everybody) == [404, 404, 200]
        for level, expected in (
            ("private", [404, 404, 200]),
            ("members", [404, 200, 200]),
            ("public", [200, 200, 200]),
            ("private", [404, 404, 200]),
        ):
            alices_client.post(SETTINGS, body(level=level))
            assert self.statuses(*everybody) == expected, level

    def test_nothing_is_cached(self, client: Client, alice: User) -> None:
        set_profile(alice, level="public")
        assert "no-store" in client.get(PAGE)["Cache-Control"]

    def test_private_looks_like_nobody(self, client: Client, alice: User) -> None:
        set_profile(alice, level="private", display_name="Secret", **ALL)
        private, nobody = client.get(PAGE), client.get("/people/nobody/")
        assert (private.status_code, nobody.status_code) == (404, 404)
        shown = private.content.replace(b"alice", b"nobody")
        assert len(shown) == len(nobody.content)
        assert b"Secret" not in shown

    def test_a_list_no_longer_leads_to_a_private_profile(
        self, client: Client, alice: User, history: list[Movie]
    ) -> None:
        url = alice.movie_lists.get(name="Open").get_absolute_url()
        set_profile(alice, level="public")
        assert f'href="{PAGE}"' in text_of(client.get(url))
        set_profile(alice, level="members")
        assert f'href="{PAGE}"' not in text_of(client.get(url))

    def test_raters_of_a_data_set_and_closed_accounts_have_none(
        self, client: Client, make_user: Callable[..., User], alice: User
    ) -> None:
        rater = make_user("set:1", is_dataset_member=True, is_active=False)
        set_profile(rater, level="public")
        set_profile(alice, level="public")
        User.objects.filter(pk=alice.pk).update(is_active=False)
        assert client.get("/people/set:1/").status_code == 404
        assert client.get(PAGE).status_code == 404

    def test_guests_of_a_group_have_none_and_are_strangers(
        self, client: Client, alice: User, bob: User
    ) -> None:
        set_profile(alice, level="members")
        group = membership.create(bob, "Friday")
        client.post(f"{group.get_absolute_url()}join/", {"name": "Dora"})
        assert guests.Guest.objects.exists()
        assert client.get("/people/Dora/").status_code == 404
        assert client.get(PAGE).status_code == 404


class TestParts:
    @pytest.mark.parametrize(
        ("part", "sign"),
        [
            ("shows_ratings", "alice gave 5 stars"),
            ("shows_lists", ">Open<"),
            ("shows_watchlist", ">Story 2<"),
        ],
    )
    def test_each_is_chosen_by_itself(
        self, client: Client, alice: User, history: list[Movie], part: str, sign: str
    ) -> None:
        none = dict.fromkeys(ALL, False)
        set_profile(alice, level="public", **none)
        assert sign not in text_of(client.get(PAGE))
        set_profile(alice, **(none | {part: True}))
        assert sign in text_of(client.get(PAGE))
        set_profile(alice, **(ALL | {part: False}))
        assert sign not in text_of(client.get(PAGE))

    def test_all_public_lists_of_one_person(
        self, client: Client, bob: User, alice: User, history: list[Movie]
    ) -> None:
        entries.add(lifecycle.create(bob, "Bobs", visibility="public"), history[5])
        url = "/lists/?by=ALICE"
        assert client.get(url).status_code == 404
        set_profile(alice, level="public", **ALL)
        page = text_of(client.get(url))
        assert [name in page for name in ("Open", "Bobs", "Mine", "Shared")] == [
            *(True, False, False, False),
        ]
        set_profile(alice, shows_lists=False)
        for asked in (url, "/lists/?by=", "/lists/?by=%00", "/lists/?by=nobody"):
            assert client.get(asked).status_code == 404, asked

    def test_hidden_movies_and_other_lists_never_show(
        self, client: Client, bobs_client: Client, alice: User, history: list[Movie]
    ) -> None:
        set_profile(alice, level="public", **ALL)
        for someone in (client, bobs_client):
            page = text_of(someone.get(PAGE))
            for hidden in ("Story 3", "Mine", "Shared", '<span class="put-away">'):
                assert hidden not in page, hidden

    def test_the_kinds_of_movies(
        self,
        client: Client,
        alice: User,
        make_user: Callable[..., User],
        make_movie: Callable[..., Movie],
    ) -> None:
        raters = [make_user(f"rater{n}") for n in range(6)]
        for n in range(10):
            movie = make_movie(f"M {n}", genres="Drama" if n % 2 else "Horror")
            Rating.objects.rate(alice, movie, 5 if n % 2 else 1)
            for rater in raters:
                Rating.objects.rate(rater, movie, 3)
        set_profile(alice, level="public", shows_taste=True)
        page = text_of(client.get(PAGE))
        kinds = page.split('class="profile-kinds"')[1].split("</ul>")[0]
        assert "Drama" in kinds
        assert "Horror" not in kinds

    def test_the_stars_of_the_viewer_are_on_the_cards(
        self, bobs_client: Client, alice: User, bob: User, history: list[Movie]
    ) -> None:
        set_profile(alice, level="public", **ALL)
        Rating.objects.rate(bob, history[0], 3)
        page = text_of(bobs_client.get(PAGE))
        assert "you gave 3 stars" in page
        assert "alice gave 5 stars" in page


class TestAgreement:
    WORDS = "a correlation of"

    @pytest.fixture
    def common(self, alice: User, bob: User, movies: list[Movie]) -> None:
        for movie, one, other in zip(movies, (1, 2, 3, 4, 5), (1, 2, 3, 4, 4.5), strict=False):
            Rating.objects.rate(alice, movie, one)
            Rating.objects.rate(bob, movie, other)

    def test_only_of_two_who_show_each_other(
        self, bobs_client: Client, client: Client, alice: User, bob: User, common: None
    ) -> None:
        set_profile(alice, level="public", shows_ratings=True)
        assert self.WORDS not in text_of(bobs_client.get(PAGE))
        set_profile(bob, level="private", shows_ratings=True)
        assert self.WORDS not in text_of(bobs_client.get(PAGE))
        set_profile(bob, level="members", shows_ratings=False)
        assert self.WORDS not in text_of(bobs_client.get(PAGE))
        set_profile(bob, shows_ratings=True)
        page = text_of(bobs_client.get(PAGE))
        assert "By 5 movies that you both rated: a correlation of 0.99" in page
        assert "Your tastes are much alike" in page
        assert self.WORDS not in text_of(client.get(PAGE))
        set_profile(alice, shows_ratings=False)
        assert self.WORDS not in text_of(bobs_client.get(PAGE))

    def test_too_few_movies_say_nothing(
        self, bobs_client: Client, alice: User, bob: User, movies: list[Movie], common: None
    ) -> None:
        for user in (alice, bob):
            set_profile(user, level="public", shows_ratings=True)
        Rating.objects.unrate(bob, movies[0])
        assert self.WORDS not in text_of(bobs_client.get(PAGE))


class TestAddress:
    @pytest.mark.parametrize(
        ("username", "asked"),
        [
            ("alice2", "ALICE2"),
            ("Ärger", "ärger"),
            ("straße", "STRASSE"),
            ("иван", "ИВАН"),
            ("film", "ﬁlm"),
            ("a+b@c.d", "A+B@C.D"),
        ],
    )
    def test_any_case_finds_the_person(
        self, client: Client, make_user: Callable[..., User], username: str, asked: str
    ) -> None:
        user = make_user(username, email="")
        set_profile(user, level="public")
        answer = client.get(f"/people/{quote(asked)}/")
        assert answer.status_code == 302
        assert answer.url == Profile.objects.get().get_absolute_url()
        assert client.get(answer.url).status_code == 200

    def test_of_two_that_differ_in_case_each_is_found(
        self, client: Client, make_user: Callable[..., User]
    ) -> None:
        for name in ("Zoe", "zoe"):
            set_profile(make_user(name, email=""), level="public", bio=f"I am {name}.")
        for name in ("Zoe", "zoe"):
            assert f"I am {name}." in text_of(client.get(f"/people/{name}/"))

    def test_a_private_namesake_hides_nobody(
        self, client: Client, make_user: Callable[..., User]
    ) -> None:
        set_profile(make_user("Zoe", email=""), level="private")
        set_profile(make_user("zoe", email=""), level="public")
        assert client.get("/people/Zoe/").url == "/people/zoe/"

    def test_a_new_user_name_moves_the_address(self, client: Client, alice: User) -> None:
        set_profile(alice, level="public")
        alice.username = "Lewis"
        alice.save()
        assert client.get("/people/lewis/").url == "/people/Lewis/"
        assert client.get(PAGE).status_code == 404

    @pytest.mark.parametrize(
        "asked", ["%00", "x" * 5000, "%F0%9F%8E%AC", "a%2Fb", "%ff", "<script>"]
    )
    def test_what_is_no_name_is_nobodys(self, client: Client, db: None, asked: str) -> None:
        assert client.get(f"/people/{asked}/").status_code == 404

    def test_a_name_of_dots_has_no_address(self, make_user: Callable[..., User]) -> None:
        client = Client()
        client.force_login(make_user("..", email=""))
        assert client.get(SETTINGS).status_code == 200
        answer = client.post(SETTINGS, body())
        assert answer.status_code == 422
        assert "only dots" in unescape(answer.content.decode())


class TestSettings:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"level": "all"},
            {"display_name": "x" * 51},
            {"display_name": "BOB"},
            {"display_name": "Administrator"},
            {"bio": "x" * 501},
        ],
    )
    def test_bad_input_loses_nothing(
        self, alices_client: Client, bob: User, wrong: dict[str, str]
    ) -> None:
        answer = alices_client.post(SETTINGS, body(bio="kept words") | wrong)
        assert answer.status_code == 422
        assert b'class="errorlist"' in answer.content
        assert wrong.get("bio", "kept words") in unescape(answer.content.decode())
        assert not Profile.objects.exists()

    def test_invisible_characters_are_left_out(self, alices_client: Client, alice: User) -> None:
        alices_client.post(
            SETTINGS, body(display_name="A\u202el\u200bice\n2", bio="a\r\n\r\n\r\nb\x07")
        )
        stored = Profile.objects.get(user=alice)
        assert (stored.display_name, stored.bio) == ("Alice 2", "a\n\nb")

    def test_strangers_are_asked_to_log_in(self, client: Client, db: None) -> None:
        assert client.get(SETTINGS).url == f"/accounts/login/?next={SETTINGS}"


class TestPreview:
    def test_as_others_see_it(
        self, alices_client: Client, bobs_client: Client, alice: User, history: list[Movie]
    ) -> None:
        set_profile(alice, level="members", **ALL)
        as_stranger = text_of(alices_client.get(f"{PAGE}?as=stranger"))
        assert "A stranger finds nothing here" in as_stranger
        assert "Story 0" not in as_stranger
        as_member = text_of(alices_client.get(f"{PAGE}?as=member"))
        assert "So other members see you" in as_member
        assert "Story 0" in as_member
        assert "So other members" not in text_of(bobs_client.get(f"{PAGE}?as=member"))

    def test_who_never_saved_one_sees_what_it_would_be(self, alices_client: Client) -> None:
        page = text_of(alices_client.get(PAGE))
        assert "Only you see this page." in page
        assert not Profile.objects.exists()


def test_the_questions_do_not_grow(
    bobs_client: Client, alice: User, bob: User, make_movie: Callable[..., Movie]
) -> None:
    set_profile(alice, level="public", **ALL)
    set_profile(bob, level="public", shows_ratings=True)

    def add(n: int) -> None:
        movie = make_movie(f"Movie {n}", genres="Drama")
        for user in (alice, bob):
            Rating.objects.rate(user, movie, 1 + n % 5)
        Mark.objects.add(alice, make_movie(f"Wanted {n}"), "watchlist")
        entries.add(lifecycle.create(alice, f"List {n}", visibility="public"), movie)

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            text_of(bobs_client.get(PAGE))
        return len(captured)

    for n in range(10):
        add(n)
    before = asked()
    for n in range(10, 30):
        add(n)
    assert asked() == before
    assert before <= 8
