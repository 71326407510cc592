"""What the database holds of users, in one query that is written in SQL."""

from collections.abc import Callable

import pytest

from accounts.models import User
from movies.models import Mark, Movie, Rating
from recommender.models import StartingAnswer
from recommender.serving.user_state import read_user_states


@pytest.mark.parametrize("watchlist_in_lists", [True, False])
def test_marks_are_those_that_keep_a_movie_out_of_lists(
    alice: User, bob: User, make_movie: Callable[..., Movie], watchlist_in_lists: bool
) -> None:
    for kind in Mark.Kind.values:
        Mark.objects.add(alice, make_movie(kind), kind)
        Mark.objects.add(bob, make_movie(f"Bob's {kind}"), kind)
    alice.prefer(watchlist_in_lists=watchlist_in_lists)
    state = read_user_states([alice.pk]).by_user_id[alice.pk]
    expected = Mark.objects.filter(user=alice).excluding_from_lists()
    assert sorted(state.excluded_by_marks) == sorted(expected.values_list("movie_id", flat=True))
    assert len(state.excluded_by_marks) == (2 if watchlist_in_lists else 3)


def test_every_user_has_what_is_theirs(
    alice: User, bob: User, make_user: Callable[..., User], make_movie: Callable[..., Movie]
) -> None:
    rated, said = make_movie("Rated"), make_movie("Said")
    Rating.objects.rate(alice, rated, 3.5)
    StartingAnswer.objects.create(user=bob, movie=said, kind=StartingAnswer.Kind.UNSEEN)
    new = make_user("new")
    states = read_user_states([alice.pk, bob.pk, new.pk]).by_user_id
    assert [states[user.pk].ratings for user in (alice, bob, new)] == [{rated.pk: 7}, {}, {}]
    assert states[bob.pk].answers.unseen == (said.pk,)
    assert states[new.pk].fitted is None
    assert states[new.pk].answer_rows == []


def test_nobody_is_asked_for(alice: User) -> None:
    states = read_user_states([])
    assert (states.active, states.by_user_id) == (None, {})
