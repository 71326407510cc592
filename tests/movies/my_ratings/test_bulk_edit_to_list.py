"""Adding many movies to a list."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from movies.lists import entries, lifecycle
from movies.models import MovieList, Rating
from tests.movies.my_ratings.bulk_edits import (
    PAGE,
    message_of,
    post,
    undo_of,
)


@pytest.fixture
def made(alice: User) -> MovieList:
    return lifecycle.create(alice, "Rainy <Sundays>")


def titles_on(movie_list: MovieList) -> list[str]:
    return list(movie_list.entries.in_order().values_list("movie__title", flat=True))


def test_adding_to_a_list_and_undo(
    alices_client: Client, made: MovieList, rated: Callable[..., list[Rating]]
) -> None:
    ratings = rated(4)
    entries.add(made, ratings[1].movie)
    assert '<option value="list">' in alices_client.get(f"{PAGE}?edit=1").content.decode()
    fields = {"action": "list", "query": "order=title"}
    question = post(alices_client, ratings[:3], **fields).content.decode()
    assert "Add 3 movies to a list?" in question
    assert f'<option value="{made.pk}">Rainy &lt;Sundays&gt;</option>' in question
    assert titles_on(made) == ["Movie 2"]
    answer = post(alices_client, ratings[:3], n=3, onto=made.pk, **fields)
    assert message_of(answer) == "Added 2 movies to Rainy <Sundays>."
    assert titles_on(made) == ["Movie 2", "Movie 1", "Movie 3"]
    back = alices_client.post(undo_of(answer), follow=True)
    assert message_of(back) == "Undone: 2 movies are back as they were."
    assert titles_on(made) == ["Movie 2"]


def test_all_are_added_in_the_order_of_the_page(
    alices_client: Client, made: MovieList, rated: Callable[..., list[Rating]]
) -> None:
    rated(2, 3)
    rated(1, 5)
    rated(1, 4)
    fields = {"action": "list", "onto": made.pk, "which": "all", "query": "order=highest"}
    post(alices_client, n=4, **fields)
    assert titles_on(made)[:2] == ["Movie 3", "Movie 4"]
    again = post(alices_client, n=4, **fields)
    assert message_of(again) == "Nothing needed changing."


def test_adding_to_a_new_list_asks_for_its_name(
    alices_client: Client, alice: User, rated: Callable[..., list[Rating]]
) -> None:
    ratings = rated(2)
    fields = {"action": "list", "n": 2, "onto": "new"}
    question = post(alices_client, ratings, **fields).content.decode()
    assert "Give the new list a name." in question
    assert "Your ratings have changed in the meantime" not in question
    assert not MovieList.objects.exists()
    answer = post(alices_client, ratings, name="Heists", **fields)
    assert message_of(answer) == "Added 2 movies to Heists."
    made = MovieList.objects.get()
    assert (made.owner, made.visibility, len(titles_on(made))) == (alice, "private", 2)


def test_a_list_without_room_for_all_does_not_change(
    alices_client: Client,
    made: MovieList,
    rated: Callable[..., list[Rating]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(entries, "MAX_MOVIES", 2)
    ratings = rated(3)
    for onto in (made.pk, "new"):
        answer = post(alices_client, ratings, action="list", onto=onto, n=3, name="Another")
        assert "These movies don’t all fit" in message_of(answer)
    assert list(MovieList.objects.all()) == [made]
    assert titles_on(made) == []


def test_alice_cannot_add_to_bobs_lists(
    alices_client: Client, bob: User, rated: Callable[..., list[Rating]]
) -> None:
    bobs = lifecycle.create(bob, "Bob's")
    ratings = rated(1)
    for onto in (bobs.pk, "x", "9" * 19, "-1", "²"):
        answer = post(alices_client, ratings, action="list", onto=onto, n=1)
        assert message_of(answer) == "This list no longer exists."
    assert titles_on(bobs) == []
    question = post(alices_client, ratings, action="list")
    assert b"Bob&#x27;s" not in question.content


def test_deleting_a_list_deletes_its_edits(
    alices_client: Client, made: MovieList, rated: Callable[..., list[Rating]]
) -> None:
    answer = post(alices_client, rated(2), action="list", onto=made.pk, n=2)
    undo = undo_of(answer)
    lifecycle.delete(made)
    assert alices_client.post(undo).status_code == 404
