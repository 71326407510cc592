"""What a process keeps of the users it saw last is what the database says of them."""

from collections.abc import Callable

import pytest
from django.db import transaction

from accounts.models import User
from movies.models import ChangeCounter, Mark, Movie, Rating, Viewing
from movies.periods import Period
from recommender.models import StartingAnswer, TrainingRun
from recommender.serving.user_state import (
    LEAST_RATINGS_KEPT,
    MOST_RATINGS_KEPT,
    RecentUsers,
    UserState,
    read_user_state,
    read_user_states,
)

pytestmark = pytest.mark.django_db(transaction=True)


def kept(user: User) -> UserState:
    return read_user_state(user.pk).by_user_id[user.pk]


def stored(user: User) -> UserState:
    return read_user_states([user.pk]).by_user_id[user.pk]


def _give_it_another_day(user: User, movies: list[Movie]) -> None:
    Rating.objects.filter(user=user, movie=movies[0]).update(rated_at="2001-02-03T04:05:06Z")


def _move_it_to_another_movie(user: User, movies: list[Movie]) -> None:
    Rating.objects.filter(user=user, movie=movies[0]).update(movie=movies[20])


# In this order, on one user. Each of them changes what is read.
CHANGES: list[Callable[[User, list[Movie]], object]] = [
    lambda user, movies: Rating.objects.rate(user, movies[12], 4.5),
    lambda user, movies: Rating.objects.rate(user, movies[12], 2),
    _give_it_another_day,
    _move_it_to_another_movie,
    lambda user, movies: Rating.objects.filter(user=user, movie=movies[12]).delete(),
    lambda user, movies: Mark.objects.add(user, movies[13], Mark.Kind.NOT_INTERESTED),
    lambda user, movies: Mark.objects.add(user, movies[14], Mark.Kind.WATCHLIST),
    lambda user, movies: user.prefer(watchlist_in_lists=False),
    lambda user, movies: Mark.objects.filter(user=user, kind=Mark.Kind.WATCHLIST).delete(),
    lambda user, movies: Viewing.objects.log(user, movies[15], Period(2020)),
    lambda user, movies: Viewing.objects.filter(user=user).delete(),
    lambda user, movies: StartingAnswer.objects.create(
        user=user, movie=movies[16], kind=StartingAnswer.Kind.FAVOURITE
    ),
    lambda user, movies: StartingAnswer.objects.filter(user=user).delete(),
    lambda user, movies: movies[2].delete(),
]


def test_it_works(fitted: TrainingRun, even_fan: User, two_tastes: list[Movie]) -> None:
    for change in CHANGES:
        before = kept(even_fan)
        assert kept(even_fan) is before
        change(even_fan, two_tastes)
        assert kept(even_fan) == stored(even_fan) != before


def test_factors_are_those_of_the_active_run(two_runs: tuple[TrainingRun, TrainingRun]) -> None:
    user = User.objects.filter(ratings__isnull=False).first()
    ChangeCounter.objects.get_or_create(user=user)
    for run in two_runs:
        TrainingRun.objects.filter(is_active=True).update(is_active=False)
        TrainingRun.objects.filter(pk=run.pk).update(is_active=True)
        ours, theirs = kept(user).fitted, stored(user).fitted
        assert ours is not None
        assert theirs is not None
        assert ours.implicit.tolist() == theirs.implicit.tolist()


def test_what_was_rolled_back_is_not_kept(
    fitted: TrainingRun, even_fan: User, two_tastes: list[Movie]
) -> None:
    kept(even_fan)
    with transaction.atomic():
        Rating.objects.rate(even_fan, two_tastes[12], 5)
        assert kept(even_fan).ratings[two_tastes[12].pk] == 10
        transaction.set_rollback(True)
    assert two_tastes[12].pk not in kept(even_fan).ratings
    # Takes the number that the other rating had.
    Rating.objects.rate(even_fan, two_tastes[13], 5)
    assert kept(even_fan) == stored(even_fan)


def test_it_is_the_counter_that_tells(
    fitted: TrainingRun, even_fan: User, two_tastes: list[Movie]
) -> None:
    before, number = kept(even_fan), ChangeCounter.objects.get(pk=even_fan.pk).number
    Rating.objects.rate(even_fan, two_tastes[12], 5)
    ChangeCounter.objects.filter(pk=even_fan.pk).update(number=number)
    assert kept(even_fan) is before != stored(even_fan)


def test_the_users_seen_last_are_kept() -> None:
    recent: RecentUsers[str] = RecentUsers()
    many = UserState(ratings=dict.fromkeys(range(MOST_RATINGS_KEPT // 2 - LEAST_RATINGS_KEPT), 1))
    recent.keep(1, many, "first")
    recent.keep(2, many, "second")
    assert recent.get(1) == (many, "first")
    recent.keep(3, UserState(), "third")
    assert [recent.get(user_id) is not None for user_id in (1, 2, 3)] == [True, False, True]
