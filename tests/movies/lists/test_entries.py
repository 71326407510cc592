"""Moving, sorting, annotating and removing the movies of a list."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from movies.lists import entries, lifecycle
from movies.models import ListEntry, Movie, MovieList, Rating
from tests.movies.lists.reading import text_of, titles


def change(client: Client, movie_list: MovieList, **body: object) -> object:
    return client.post(f"/lists/{movie_list.pk}/entries/", body)


def entry_id(movie_list: MovieList, number: int) -> int:
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
    alices_client: Client,
    alices_list: MovieList,
    action: str,
    number: int,
    after: list[int],
) -> None:
    answer = change(alices_client, alices_list, **{action: entry_id(alices_list, number)})
    assert answer.url.endswith(f"/edit/#entry-{entry_id(alices_list, number)}")
    assert titles(alices_list) == [f"Story {n}" for n in after]


def test_dragging_moves_to_a_place(alices_client: Client, alices_list: MovieList) -> None:
    answer = alices_client.post(
        f"/lists/{alices_list.pk}/entries/",
        {"drag": entry_id(alices_list, 2), "place": 1, "page": 1},
        headers={"HX-Request": "true"},
    )
    assert answer.content.lstrip().startswith(b'<section class="list-entries"')
    assert titles(alices_list) == ["Story 2", "Story 0", "Story 1"]


def test_note_and_place_are_saved(alices_client: Client, alices_list: MovieList) -> None:
    pk = entry_id(alices_list, 0)
    body = {"save": pk, f"note-{pk}": " with <b>tea</b>\u202e ", f"place-{pk}": "99"}
    change(alices_client, alices_list, **body)
    assert titles(alices_list) == ["Story 1", "Story 2", "Story 0"]
    assert alices_list.entries.get(pk=pk).note == "with <b>tea</b>"
    page = alices_client.get(alices_list.get_absolute_url()).content
    assert b"with &lt;b&gt;tea&lt;/b&gt;" in page


def test_taking_off_can_be_undone(alices_client: Client, alices_list: MovieList) -> None:
    pk = entry_id(alices_list, 1)
    ListEntry.objects.filter(pk=pk).update(note="twice")
    change(alices_client, alices_list, off=pk)
    assert titles(alices_list) == ["Story 0", "Story 2"]
    page = alices_client.get(f"/lists/{alices_list.pk}/edit/")
    assert "Removed Story 1 from the list." in text_of(page)
    sealed = text_of(page).split('name="sealed" value="')[1].split('"')[0]
    assert 'action="/me/lists/undo/"' in text_of(page)
    alices_client.post("/me/lists/undo/", {"sealed": sealed})
    assert titles(alices_list) == ["Story 0", "Story 1", "Story 2"]
    assert alices_list.entries.get(movie__title="Story 1").note == "twice"


def test_bob_cannot_undo_what_alice_removed(bobs_client: Client, alices_list: MovieList) -> None:
    gone = entries.remove(alices_list, alices_list.entries.first().movie_id)
    for sealed in (entries.seal(gone), "", "x:y:z", "\x00"):
        answer = bobs_client.post("/me/lists/undo/", {"sealed": sealed})
        assert answer.status_code == 404
    assert len(titles(alices_list)) == 2


@pytest.mark.parametrize("place", ["0", "-1", "x", "1.5", "9" * 40])
def test_bad_places_change_nothing(
    alices_client: Client, alices_list: MovieList, place: str
) -> None:
    pk = entry_id(alices_list, 0)
    answer = change(alices_client, alices_list, save=pk, **{f"note-{pk}": "", f"place-{pk}": place})
    assert answer.status_code == 302
    assert len(titles(alices_list)) == 3


def test_only_real_changes_bring_the_list_to_the_front(
    alices_client: Client, alices_list: MovieList, movies: list[Movie]
) -> None:
    alices_list.refresh_from_db()
    entries.add(alices_list, movies[0])
    entries.move(alices_list, entry_id(alices_list, 0), lambda at: at)
    entries.set_note(alices_list, entry_id(alices_list, 0), "")
    entries.sort(alices_list, "title")
    entries.remove(alices_list, movies[3].pk)
    assert MovieList.objects.get().updated_at == alices_list.updated_at
    entries.set_note(alices_list, entry_id(alices_list, 0), "new")
    assert MovieList.objects.get().updated_at > alices_list.updated_at


@pytest.mark.parametrize(
    "body", [{}, {"up": "x"}, {"up": "1", "down": "1"}, {"drag": "1"}, {"up": "999999"}]
)
def test_bad_actions_change_nothing(
    alices_client: Client, alices_list: MovieList, body: dict[str, str]
) -> None:
    answer = alices_client.post(f"/lists/{alices_list.pk}/entries/", body, follow=True)
    assert b"message-error" in answer.content
    assert titles(alices_list) == ["Story 0", "Story 1", "Story 2"]


def test_sorting_once(
    alices_client: Client, alice: User, alices_list: MovieList, movies: list[Movie]
) -> None:
    def sort(by: str) -> list[str]:
        alices_client.post(f"/lists/{alices_list.pk}/sort/", {"by": by})
        return titles(alices_list)

    assert sort("newest") == ["Story 2", "Story 1", "Story 0"]
    assert sort("title") == ["Story 0", "Story 1", "Story 2"]
    assert sort("nonsense") == ["Story 0", "Story 1", "Story 2"]
    Rating.objects.rate(alice, movies[1], 5)
    assert sort("stars")[0] == "Story 1"


def test_a_movie_deleted_from_the_catalogue_leaves_no_gap(
    alices_client: Client, alices_list: MovieList, movies: list[Movie]
) -> None:
    movies[0].delete()
    page = text_of(alices_client.get(f"/lists/{alices_list.pk}/edit/"))
    assert 'data-place="1"' in page
    change(alices_client, alices_list, up=entry_id(alices_list, 2))
    assert titles(alices_list) == ["Story 2", "Story 1"]


def test_removing_the_only_movie_of_the_last_page_shows_the_page_before(
    alices_client: Client, alice: User, make_movie: Callable[..., Movie]
) -> None:
    made = lifecycle.create(alice, "Long")
    for n in range(25):
        entries.add(made, make_movie(f"Movie {n}"))
    last = made.entries.get(position=25).pk
    answer = alices_client.post(f"/lists/{made.pk}/entries/", {"up": last})
    assert answer.url == f"/lists/{made.pk}/edit/#entry-{last}"
    last = made.entries.get(position=25).pk
    answer = alices_client.post(f"/lists/{made.pk}/entries/", {"off": last, "page": 2}, follow=True)
    assert answer.status_code == 200
