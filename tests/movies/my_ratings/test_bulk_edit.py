"""Changing many ratings at once, after a confirmation."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from accounts.models import User
from movies.models import BulkEdit, Mark, Movie, Rating
from movies.my_ratings import bulk_edit
from tests.movies.my_ratings.bulk_edits import (
    DO,
    PAGE,
    message_of,
    post,
    stars_of,
    state_of,
    undo_of,
)


def test_it_works(alices_client: Client, alice: User, rated: Callable[..., list[Rating]]) -> None:
    ratings, before = rated(3), state_of(alice)
    question = post(alices_client, ratings[:2], stars="4.5")
    html = question.content.decode()
    assert "Rate 2 movies 4.5 stars?" in html
    assert "Movie 1" in html
    assert "Movie 3" not in html
    assert state_of(alice) == before  # asking changes nothing
    answer = post(alices_client, ratings[:2], stars="4.5", n=2)
    assert message_of(answer) == "You rated 2 movies 4.5 stars."
    assert [stars_of(alice)[one.movie_id] for one in ratings] == [4.5, 4.5, 3]
    back = alices_client.post(undo_of(answer), follow=True)
    assert message_of(back) == "Undone: 2 movies are back as they were."
    assert state_of(alice) == before


def test_five_hundred_and_more_at_once(
    alices_client: Client, alice: User, rated: Callable[..., list[Rating]]
) -> None:
    rated(300, 3)
    rated(300, 4)
    before = state_of(alice)
    movie = Movie.objects.first()
    for fields in ({"action": "stars", "stars": "1.0"}, {"action": "removed"}):
        answer = post(alices_client, which="all", n=600, **fields)
        assert "600" in message_of(answer)
        movie.refresh_from_db()
        assert movie.half_star_sum == (2 if "stars" in fields else 0)  # the triggers saw it
        assert message_of(alices_client.post(undo_of(answer), follow=True)).startswith(
            "Undone: 600"
        )
        assert state_of(alice) == before
        movie.refresh_from_db()
        assert movie.half_star_sum == 6


def test_all_means_all_matching_ratings_not_those_on_the_page(
    alices_client: Client, alice: User, rated: Callable[..., list[Rating]]
) -> None:
    rated(3, 2)
    rated(2, 5)
    question = post(alices_client, which="all", query="stars_to=2.0", action="removed")
    assert "Remove 3 ratings?" in question.content.decode()
    post(alices_client, which="all", query="stars_to=2.0", action="removed", n=3)
    assert list(stars_of(alice).values()) == [5, 5]


def test_a_changed_number_of_movies_is_asked_about_again(
    alices_client: Client, alice: User, rated: Callable[..., list[Rating]]
) -> None:
    rated(2)
    post(alices_client, which="all", action="removed")
    rated(1)
    answer = post(alices_client, which="all", action="removed", n=2)
    assert "Your ratings have changed in the meantime" in answer.content.decode()
    assert "Remove 3 ratings?" in answer.content.decode()
    assert len(stars_of(alice)) == 3


def test_ratings_of_others_and_deleted_ones_are_left_out(
    alices_client: Client, alice: User, bob: User, rated: Callable[..., list[Rating]]
) -> None:
    own, foreign = rated(2), rated(2, user=bob)
    gone = own.pop()
    Rating.objects.filter(pk=gone.pk).delete()
    question = post(alices_client, [*own, gone, *foreign], stars="1.0")
    assert "Rate 1 movie 1 star?" in question.content.decode()
    assert foreign[0].movie.title not in question.content.decode()
    post(alices_client, [*own, gone, *foreign], stars="1.0", n=1)
    assert list(stars_of(alice).values()) == [1]
    assert list(stars_of(bob).values()) == [3, 3]
    answer = post(alices_client, foreign, stars="1.0", n=2)
    assert message_of(answer) == "These ratings no longer exist."


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"ratings": []}, "Select at least one movie."),
        ({"ratings": ["x"], "stars": "4.0"}, "That rating isn’t on this list."),
        ({"ratings": ["9" * 30], "stars": "4.0"}, "That rating isn’t on this list."),
        ({"ratings": ["1"]}, "Choose how many stars to give."),
        ({"ratings": ["1"], "stars": "4.2"}, "Choose from half a star to five stars."),
        ({"ratings": ["1"], "stars": "nan"}, "Choose from half a star to five stars."),
        ({"ratings": ["1"], "action": ""}, "Choose what to do."),
        ({"ratings": ["1"], "action": "steal"}, "Select a valid choice."),
    ],
)
def test_bad_input_is_explained_and_changes_nothing(
    alices_client: Client, alice: User, rated: Callable[..., list[Rating]], fields: dict,
    problem: str,
) -> None:  # fmt: skip
    rated(1)
    before = state_of(alice)
    answer = alices_client.post(DO, {"action": "stars", "n": "1", **fields}, follow=True)
    assert problem in message_of(answer)
    assert state_of(alice) == before
    assert not BulkEdit.objects.exists()


def test_it_returns_to_the_filtered_page(
    alices_client: Client, rated: Callable[..., list[Rating]]
) -> None:
    ratings = rated(1)
    answer = post(alices_client, ratings, stars="4.0", n=1, query="genre=drama&next=//evil.example")
    assert answer.redirect_chain == [("/me/ratings/?genre=drama&edit=1", 302)]


def test_adding_to_the_watchlist_and_undo(
    alices_client: Client, alice: User, rated: Callable[..., list[Rating]]
) -> None:
    ratings = rated(3)
    Mark.objects.add(alice, ratings[0].movie, Mark.Kind.WATCHLIST)
    answer = post(alices_client, ratings, action="watchlist", n=3)
    assert message_of(answer) == "Added 2 movies to your watchlist."
    assert Mark.objects.count() == 3
    alices_client.post(undo_of(answer))
    assert [mark.movie_id for mark in Mark.objects.all()] == [ratings[0].movie_id]


def test_an_edit_that_changes_nothing_is_not_stored(
    alice: User, rated: Callable[..., list[Rating]]
) -> None:
    rated(2, 4)
    assert bulk_edit.set_stars(alice, Rating.objects.of(alice), 8) is None
    assert not BulkEdit.objects.exists()


def test_deleting_an_account_deletes_its_edits(
    alice: User, rated: Callable[..., list[Rating]]
) -> None:
    rated(2)
    bulk_edit.remove_ratings(alice, Rating.objects.of(alice))
    get_user_model().objects.get(pk=alice.pk).delete()
    assert not BulkEdit.objects.exists()


def test_all_can_be_ticked_without_scripts(
    alices_client: Client, rated: Callable[..., list[Rating]]
) -> None:
    rated(3)
    html = alices_client.get(f"{PAGE}?edit=1&all=1").content.decode()
    assert len(re.findall(r'name="ratings" value="\d+" checked', html)) == 3
