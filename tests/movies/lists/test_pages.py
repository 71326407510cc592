"""Lists as pages: made, filled, arranged, shared, copied and deleted, with plain forms."""

from collections.abc import Callable
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Profile, User
from movies.lists import entries as arranging
from movies.lists import lifecycle
from movies.models import ListEntry, Mark, Movie, MovieList, Rating


@pytest.fixture
def movies(make_movie: Callable[..., Movie]) -> list[Movie]:
    return [make_movie(f"Story {n}", 1990 + n, genres="Drama") for n in range(4)]


@pytest.fixture
def alices_list(alice: User, movies: list[Movie]) -> MovieList:
    made = lifecycle.create(alice, "Rainy Sundays")
    for movie in movies[:3]:
        arranging.add(made, movie)
    return made


def titles(movie_list: MovieList) -> list[str]:
    """In order; the places are 1, 2, 3 ..."""
    entries = list(movie_list.entries.in_order().select_related("movie"))
    assert [entry.position for entry in entries] == list(range(1, len(entries) + 1))
    return [entry.movie.title for entry in entries]


def text_of(answer: object) -> str:
    return unescape(answer.content.decode())


def test_it_works(alices_client: Client, alice: User, movies: list[Movie]) -> None:
    answer = alices_client.post("/me/lists/new/", {"name": " Rainy\t Sundays "}, follow=True)
    made = MovieList.objects.get()
    assert (made.owner, made.name, made.visibility) == (alice, "Rainy Sundays", "private")
    assert answer.redirect_chain == [(f"/lists/{made.pk}-rainy-sundays/", 302)]
    for movie in (movies[2], movies[0]):
        answer = alices_client.post(f"/movies/{movie.pk}/lists/", {"onto": made.pk}, follow=True)
        assert f"{movie.title} is on Rainy Sundays." in text_of(answer)
    assert titles(made) == ["Story 2", "Story 0"]
    page = text_of(alices_client.get(made.get_absolute_url()))
    assert page.index("Story 2</span>") < page.index("Story 0</span>")
    assert "2 movies" in text_of(alices_client.get("/me/lists/"))


def test_a_new_list_takes_the_movie_at_hand(alices_client: Client, movies: list[Movie]) -> None:
    alices_client.post(f"/movies/{movies[0].pk}/lists/", {"name": "Marathon"})
    assert titles(MovieList.objects.get(name="Marathon")) == ["Story 0"]


class TestMenu:
    def test_it_says_where_the_movie_is(
        self, alices_client: Client, alices_list: MovieList, movies: list[Movie]
    ) -> None:
        on = alices_client.get(f"/movies/{movies[0].pk}/lists/").content
        off = alices_client.get(f"/movies/{movies[3].pk}/lists/").content
        assert b'name="off"' in on
        assert b'name="onto"' not in on
        assert b'name="onto"' in off

    def test_the_same_movie_twice_is_on_once(
        self, alices_client: Client, alices_list: MovieList, movies: list[Movie]
    ) -> None:
        body = {"onto": alices_list.pk}
        answer = alices_client.post(f"/movies/{movies[0].pk}/lists/", body, follow=True)
        assert "was on Rainy Sundays." in text_of(answer)
        assert len(titles(alices_list)) == 3

    def test_it_takes_off(
        self, alices_client: Client, alices_list: MovieList, movies: list[Movie]
    ) -> None:
        alices_client.post(f"/movies/{movies[0].pk}/lists/", {"off": alices_list.pk})
        assert titles(alices_list) == ["Story 1", "Story 2"]

    def test_over_the_page_it_is_a_part(
        self, alices_client: Client, alices_list: MovieList, movies: list[Movie]
    ) -> None:
        url, htmx = f"/movies/{movies[3].pk}/lists/", {"HX-Request": "true"}
        assert b"<html" not in alices_client.get(url, headers=htmx).content
        answer = alices_client.post(url, {"onto": alices_list.pk}, headers=htmx)
        assert "Story 3 is on Rainy Sundays." in text_of(answer)
        refused = alices_client.post(url, {"name": " \u200b "}, headers=htmx)
        assert refused.status_code == 422

    @pytest.mark.parametrize("body", [{}, {"onto": "x"}, {"onto": "9" * 30}, {"name": "x" * 101}])
    def test_what_is_not_possible_is_said(
        self, alices_client: Client, movies: list[Movie], body: dict[str, str]
    ) -> None:
        answer = alices_client.post(f"/movies/{movies[0].pk}/lists/", body)
        assert answer.status_code == 422
        assert b'class="problem"' in answer.content
        assert not ListEntry.objects.exists()

    def test_nobody_adds_to_anothers_list(
        self, bobs_client: Client, client: Client, alices_list: MovieList, movies: list[Movie]
    ) -> None:
        url, body = f"/movies/{movies[3].pk}/lists/", {"onto": alices_list.pk}
        assert bobs_client.post(url, body).status_code == 404
        assert client.post(url, body).url.startswith("/accounts/login/")
        assert client.get(url).url == f"/accounts/login/?next={url}"
        assert len(titles(alices_list)) == 3

    def test_a_movie_that_does_not_exist(self, alices_client: Client) -> None:
        assert alices_client.get("/movies/999/lists/").status_code == 404


class TestArranging:
    def act(self, client: Client, movie_list: MovieList, **body: object) -> object:
        return client.post(f"/lists/{movie_list.pk}/entries/", body)

    def entry(self, movie_list: MovieList, number: int) -> int:
        return movie_list.entries.get(movie__title=f"Story {number}").pk

    @pytest.mark.parametrize(
        ("action", "number", "after"),
        [
            ("up", 1, [1, 0, 2]),
            ("up", 0, [0, 1, 2]),
            ("down", 0, [1, 0, 2]),
            ("down", 2, [0, 1, 2]),
        ],
    )
    def test_buttons_move_by_one(
        self,
        alices_client: Client,
        alices_list: MovieList,
        action: str,
        number: int,
        after: list[int],
    ) -> None:
        answer = self.act(alices_client, alices_list, **{action: self.entry(alices_list, number)})
        assert answer.url.endswith(f"/edit/#entry-{self.entry(alices_list, number)}")
        assert titles(alices_list) == [f"Story {n}" for n in after]

    def test_dragging_moves_to_a_place(self, alices_client: Client, alices_list: MovieList) -> None:
        answer = alices_client.post(
            f"/lists/{alices_list.pk}/entries/",
            {"drag": self.entry(alices_list, 2), "place": 1, "page": 1},
            headers={"HX-Request": "true"},
        )
        assert answer.content.lstrip().startswith(b'<section class="list-entries"')
        assert titles(alices_list) == ["Story 2", "Story 0", "Story 1"]

    def test_note_and_place_are_saved(self, alices_client: Client, alices_list: MovieList) -> None:
        pk = self.entry(alices_list, 0)
        body = {"save": pk, f"note-{pk}": " with <b>tea</b>\u202e ", f"place-{pk}": "99"}
        self.act(alices_client, alices_list, **body)
        assert titles(alices_list) == ["Story 1", "Story 2", "Story 0"]
        assert alices_list.entries.get(pk=pk).note == "with <b>tea</b>"
        page = alices_client.get(alices_list.get_absolute_url()).content
        assert b"with &lt;b&gt;tea&lt;/b&gt;" in page

    def test_taking_off_can_be_undone(self, alices_client: Client, alices_list: MovieList) -> None:
        pk = self.entry(alices_list, 1)
        ListEntry.objects.filter(pk=pk).update(note="twice")
        self.act(alices_client, alices_list, off=pk)
        assert titles(alices_list) == ["Story 0", "Story 2"]
        page = alices_client.get(f"/lists/{alices_list.pk}/edit/")
        assert "Story 1 is off the list." in text_of(page)
        sealed = text_of(page).split('name="sealed" value="')[1].split('"')[0]
        assert 'action="/me/lists/undo/"' in text_of(page)
        alices_client.post("/me/lists/undo/", {"sealed": sealed})
        assert titles(alices_list) == ["Story 0", "Story 1", "Story 2"]
        assert alices_list.entries.get(movie__title="Story 1").note == "twice"

    def test_what_was_sealed_for_alice_is_nothing_to_bob(
        self, bobs_client: Client, alices_list: MovieList
    ) -> None:
        gone = arranging.remove(alices_list, alices_list.entries.first().movie_id)
        for sealed in (arranging.seal(gone), "", "x:y:z", "\x00"):
            answer = bobs_client.post("/me/lists/undo/", {"sealed": sealed})
            assert answer.status_code == 404
        assert len(titles(alices_list)) == 2

    @pytest.mark.parametrize("place", ["0", "-1", "x", "1.5", "9" * 40])
    def test_any_place_is_answered(
        self, alices_client: Client, alices_list: MovieList, place: str
    ) -> None:
        pk = self.entry(alices_list, 0)
        answer = self.act(
            alices_client, alices_list, save=pk, **{f"note-{pk}": "", f"place-{pk}": place}
        )
        assert answer.status_code == 302
        assert len(titles(alices_list)) == 3

    def test_what_changes_nothing_does_not_bring_the_list_to_the_front(
        self, alices_client: Client, alices_list: MovieList, movies: list[Movie]
    ) -> None:
        alices_list.refresh_from_db()
        arranging.add(alices_list, movies[0])
        arranging.move(alices_list, self.entry(alices_list, 0), lambda at: at)
        arranging.write_note(alices_list, self.entry(alices_list, 0), "")
        arranging.sort(alices_list, "title")
        arranging.remove(alices_list, movies[3].pk)
        assert MovieList.objects.get().updated_at == alices_list.updated_at
        arranging.write_note(alices_list, self.entry(alices_list, 0), "new")
        assert MovieList.objects.get().updated_at > alices_list.updated_at

    @pytest.mark.parametrize(
        "body", [{}, {"up": "x"}, {"up": "1", "down": "1"}, {"drag": "1"}, {"up": "999999"}]
    )
    def test_nonsense_changes_nothing(
        self, alices_client: Client, alices_list: MovieList, body: dict[str, str]
    ) -> None:
        answer = alices_client.post(f"/lists/{alices_list.pk}/entries/", body, follow=True)
        assert b"message-error" in answer.content
        assert titles(alices_list) == ["Story 0", "Story 1", "Story 2"]

    def test_sorting_once(
        self, alices_client: Client, alice: User, alices_list: MovieList, movies: list[Movie]
    ) -> None:
        def sort(by: str) -> list[str]:
            alices_client.post(f"/lists/{alices_list.pk}/sort/", {"by": by})
            return titles(alices_list)

        assert sort("newest") == ["Story 2", "Story 1", "Story 0"]
        assert sort("title") == ["Story 0", "Story 1", "Story 2"]
        assert sort("nonsense") == ["Story 0", "Story 1", "Story 2"]
        Rating.objects.rate(alice, movies[1], 5)
        assert sort("stars")[0] == "Story 1"

    def test_a_movie_gone_from_the_catalogue_leaves_no_hole(
        self, alices_client: Client, alices_list: MovieList, movies: list[Movie]
    ) -> None:
        movies[0].delete()
        page = text_of(alices_client.get(f"/lists/{alices_list.pk}/edit/"))
        assert 'data-place="1"' in page
        self.act(alices_client, alices_list, up=self.entry(alices_list, 2))
        assert titles(alices_list) == ["Story 2", "Story 1"]

    def test_the_last_movie_of_the_last_page_takes_the_page_along(
        self, alices_client: Client, alice: User, make_movie: Callable[..., Movie]
    ) -> None:
        made = lifecycle.create(alice, "Long")
        for n in range(25):
            arranging.add(made, make_movie(f"Movie {n}"))
        last = made.entries.get(position=25).pk
        answer = alices_client.post(f"/lists/{made.pk}/entries/", {"up": last})
        assert answer.url == f"/lists/{made.pk}/edit/#entry-{last}"
        last = made.entries.get(position=25).pk
        answer = alices_client.post(
            f"/lists/{made.pk}/entries/", {"off": last, "page": 2}, follow=True
        )
        assert answer.status_code == 200


class TestEditing:
    def body(self, **changes: object) -> dict[str, object]:
        return {"name": "Rainy Sundays", "description": "", "visibility": "private"} | changes

    def test_everything_can_be_changed(self, alices_client: Client, alices_list: MovieList) -> None:
        body = self.body(name="Storms", description="One\r\n\r\n\r\nTwo", is_numbered="on")
        answer = alices_client.post(f"/lists/{alices_list.pk}/edit/", body)
        assert answer.url == f"/lists/{alices_list.pk}-storms/"
        alices_list.refresh_from_db()
        assert (alices_list.name, alices_list.is_numbered) == ("Storms", True)
        assert alices_list.description == "One\n\nTwo"
        page = alices_client.get(answer.url).content
        assert b'<span class="place" aria-hidden="true">1</span>' in page

    @pytest.mark.parametrize(
        "wrong",
        [{"name": ""}, {"name": "\u200b"}, {"visibility": "all"}, {"description": "x" * 1001}],
    )
    def test_bad_input_loses_nothing(
        self, alices_client: Client, alices_list: MovieList, wrong: dict[str, str]
    ) -> None:
        body = self.body(description="kept words") | wrong
        answer = alices_client.post(f"/lists/{alices_list.pk}/edit/", body)
        assert answer.status_code == 422
        assert b'class="problem"' in answer.content
        assert wrong.get("description", "kept words") in text_of(answer)
        alices_list.refresh_from_db()
        assert (alices_list.name, alices_list.description) == ("Rainy Sundays", "")

    def test_deleting_asks_first(self, alices_client: Client, alices_list: MovieList) -> None:
        url = f"/lists/{alices_list.pk}/delete/"
        assert "its 3 movies" in text_of(alices_client.get(url))
        assert MovieList.objects.exists()
        assert alices_client.post(url).url == "/me/lists/"
        assert not MovieList.objects.exists()
        assert Movie.objects.count() == 4

    def test_an_old_name_leads_to_the_new_one(
        self, alices_client: Client, alices_list: MovieList
    ) -> None:
        for path in (f"/lists/{alices_list.pk}/", f"/lists/{alices_list.pk}-old/"):
            assert alices_client.get(path).url == alices_list.get_absolute_url()

    @pytest.mark.parametrize("name", ["花樣年華", "!!!", "Été à Paris", "a/b?c#d"])
    def test_any_name_has_an_address(self, alices_client: Client, name: str) -> None:
        answer = alices_client.post("/me/lists/new/", {"name": name}, follow=True)
        assert answer.status_code == 200
        assert name in text_of(answer)


class TestWhoSeesIt:
    def seen(self, client: Client, movie_list: MovieList) -> tuple[int, int]:
        by_id = client.get(movie_list.get_absolute_url()).status_code
        return by_id, client.get(movie_list.get_shared_url()).status_code

    def test_each_kind(
        self, client: Client, bobs_client: Client, alices_client: Client, alices_list: MovieList
    ) -> None:
        for visibility, stranger, owner in (
            ("private", (404, 404), (200, 404)),
            ("link", (404, 200), (200, 302)),
            ("public", (200, 302), (200, 302)),
        ):
            lifecycle.change(alices_list, visibility=visibility)
            assert self.seen(client, alices_list) == stranger, visibility
            assert self.seen(bobs_client, alices_list) == stranger, visibility
            assert self.seen(alices_client, alices_list) == owner, visibility

    def test_only_public_lists_are_listed(
        self, client: Client, bobs_client: Client, alices_list: MovieList
    ) -> None:
        for visibility, n in (("private", 0), ("link", 0), ("public", 1)):
            lifecycle.change(alices_list, visibility=visibility)
            for someone in (client, bobs_client):
                page = text_of(someone.get("/lists/"))
                assert page.count("Rainy Sundays") == n, visibility
                assert "Rainy Sundays" not in text_of(someone.get("/")), visibility

    def test_an_empty_list_is_not_among_the_public_ones(self, client: Client, alice: User) -> None:
        lifecycle.create(alice, "Nothing yet", visibility="public")
        assert "Nothing yet" not in text_of(client.get("/lists/"))

    def test_lists_of_a_closed_account_are_nobodys(
        self, client: Client, alice: User, alices_list: MovieList
    ) -> None:
        lifecycle.change(alices_list, visibility="public")
        User.objects.filter(pk=alice.pk).update(is_active=False)
        assert self.seen(client, alices_list) == (404, 404)
        assert "Rainy Sundays" not in text_of(client.get("/lists/"))

    def test_a_link_is_kept_from_robots_other_sites_and_caches(
        self, client: Client, alices_list: MovieList
    ) -> None:
        lifecycle.change(alices_list, visibility="link")
        answer = client.get(alices_list.get_shared_url())
        assert answer["X-Robots-Tag"] == "noindex"
        assert answer["Referrer-Policy"] == "same-origin"
        assert "no-store" in answer["Cache-Control"]
        assert b'name="robots" content="noindex"' in answer.content
        assert len(alices_list.key) >= 22

    def test_a_new_link_ends_the_old_one(
        self, client: Client, alices_client: Client, alices_list: MovieList
    ) -> None:
        lifecycle.change(alices_list, visibility="link")
        old = alices_list.get_shared_url()
        alices_client.post(f"/lists/{alices_list.pk}/link/")
        assert client.get(old).status_code == 404
        alices_list.refresh_from_db()
        assert client.get(alices_list.get_shared_url()).status_code == 200

    @pytest.mark.parametrize("key", ["x", "%00", "é" * 30, "a" * 500])
    def test_keys_that_lead_nowhere(self, client: Client, db: None, key: str) -> None:
        assert client.get(f"/lists/shared/{key}/").status_code == 404

    @pytest.mark.parametrize("path", ["edit", "delete"])
    def test_strangers_find_no_way_in(
        self, client: Client, bobs_client: Client, alices_list: MovieList, path: str
    ) -> None:
        lifecycle.change(alices_list, visibility="public")
        url = f"/lists/{alices_list.pk}/{path}/"
        assert client.get(url).url.startswith("/accounts/login/")
        for answer in (bobs_client.get(url), bobs_client.post(url, {"name": "Bob's"})):
            assert answer.status_code == 404

    @pytest.mark.parametrize("path", ["entries", "sort", "link"])
    def test_strangers_change_nothing(
        self, client: Client, bobs_client: Client, alices_list: MovieList, path: str
    ) -> None:
        lifecycle.change(alices_list, visibility="public")
        before, key = titles(alices_list), alices_list.key
        url, body = f"/lists/{alices_list.pk}/{path}/", {"by": "newest", "off": "1"}
        assert client.post(url, body).url.startswith("/accounts/login/")
        assert bobs_client.post(url, body).status_code == 404
        assert titles(alices_list) == before
        assert MovieList.objects.get().key == key


class TestWhatOthersSee:
    @pytest.fixture
    def public(self, alices_list: MovieList, alice: User, movies: list[Movie]) -> MovieList:
        lifecycle.change(alices_list, visibility="public")
        Rating.objects.rate(alice, movies[0], 4.5)
        Mark.objects.add(alice, movies[1], "not_interested")
        return alices_list

    def test_the_stars_on_it_are_the_viewers(
        self, bobs_client: Client, bob: User, public: MovieList, movies: list[Movie]
    ) -> None:
        Rating.objects.rate(bob, movies[2], 2)
        page = text_of(bobs_client.get(public.get_absolute_url()))
        assert "★ 2" in page
        assert "4½" not in page.split('id="rate-here"')[0]
        assert '<span class="put-away">' not in page

    def test_the_owners_stars_show_if_the_profile_says_so(
        self, client: Client, bobs_client: Client, alice: User, public: MovieList
    ) -> None:
        profile = Profile.objects.create(user=alice, shows_ratings=True, level="members")
        url = public.get_absolute_url()
        assert "alice gave 4.5 stars" in text_of(bobs_client.get(url))
        assert "alice gave" not in text_of(client.get(url))
        profile.level = "private"
        profile.save()
        assert "alice gave" not in text_of(bobs_client.get(url))

    def test_a_copy_is_private_and_without_others_words(
        self, bobs_client: Client, bob: User, public: MovieList
    ) -> None:
        public.entries.update(note="mine alone")
        answer = bobs_client.post(f"/lists/{public.pk}/copy/", follow=True)
        assert answer.status_code == 200
        made = MovieList.objects.get(owner=bob)
        assert (made.name, made.visibility) == ("Copy of Rainy Sundays", "private")
        assert titles(made) == titles(public)
        assert not made.entries.exclude(note="").exists()

    def test_copying_takes_the_link_where_there_is_one(
        self, bobs_client: Client, bob: User, public: MovieList
    ) -> None:
        lifecycle.change(public, visibility="link")
        url = f"/lists/{public.pk}/copy/"
        assert bobs_client.post(url).status_code == 404
        assert bobs_client.post(url, {"key": "wrong"}).status_code == 404
        bobs_client.post(url, {"key": public.key})
        assert MovieList.objects.of(bob).count() == 1


class TestBounds:
    def test_a_list_has_at_most_so_many_movies(
        self,
        alices_client: Client,
        alices_list: MovieList,
        movies: list[Movie],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(arranging, "MOST_MOVIES", 3)
        answer = alices_client.post(f"/movies/{movies[3].pk}/lists/", {"onto": alices_list.pk})
        assert answer.status_code == 422
        assert "3 movies, as many as a list may have" in text_of(answer)
        assert len(titles(alices_list)) == 3

    def test_a_person_has_at_most_so_many_lists(
        self,
        alices_client: Client,
        alices_list: MovieList,
        movies: list[Movie],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(lifecycle, "MOST_LISTS", 1)
        answers = [
            alices_client.post("/me/lists/new/", {"name": "Two"}, follow=True),
            alices_client.post(f"/lists/{alices_list.pk}/copy/", follow=True),
            alices_client.post(f"/movies/{movies[0].pk}/lists/", {"name": "Two"}),
        ]
        for answer in answers:
            assert "You have 1 lists. Delete one to make another." in text_of(answer)
        assert MovieList.objects.count() == 1

    def test_the_questions_do_not_grow_with_the_lists(
        self, alices_client: Client, bobs_client: Client, alice: User, movies: list[Movie]
    ) -> None:
        def count(client: Client, url: str) -> int:
            with CaptureQueriesContext(
                connection,
            ) as captured:
                assert client.get(url).status_code == 200
            return len(captured)

        def asked() -> list[int]:
            one = MovieList.objects.order_by("pk").first()
            urls = ("/me/lists/", f"/lists/{one.pk}/edit/", one.get_absolute_url())
            own = [count(alices_client, url) for url in urls]
            return [*own, *(count(bobs_client, url) for url in ("/lists/", urls[2]))]

        first = lifecycle.create(alice, "List", visibility="public")
        arranging.add(first, movies[0])
        before = asked()
        for n in range(10):
            more = lifecycle.create(alice, f"List {n}", visibility="public")
            for movie in movies:
                arranging.add(more, movie)
        for movie in movies:
            arranging.add(first, movie)
        assert asked() == before
        assert max(before) <= 8, before
