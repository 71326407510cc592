"""Concurrent changes of one list neither corrupt its order nor add a movie twice."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import pytest
from django.db import DatabaseError, connection

from accounts.models import User
from movies.lists import entries, lifecycle
from movies.models import Movie, MovieList

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 6
SECONDS = 60  # after which a barrier gives up


@pytest.fixture
def movies(make_movie: Callable[..., Movie]) -> list[Movie]:
    return [make_movie(f"Movie {n}") for n in range(2 * AT_ONCE)]


@pytest.fixture
def full(alice: User, movies: list[Movie]) -> MovieList:
    made = lifecycle.create(alice, "Marathon")
    for movie in movies[:AT_ONCE]:
        entries.add(made, movie)
    return made


def at_once(calls: list[Callable[[], object]]) -> list[object]:
    """The results of all calls, made at once; exceptions are results too."""

    def alone(call: Callable[[], object]) -> object:
        try:
            return call()
        except (DatabaseError, lifecycle.ListDeleted, lifecycle.ListLimitReached) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(alone, calls))


def change_concurrently(full: MovieList, movies: list[Movie]) -> list[object]:
    first = full.entries.in_order().first().pk
    last = full.entries.in_order().last().pk
    return at_once(
        [
            *(lambda movie=movie: entries.add(full, movie) for movie in movies[AT_ONCE:][:3]),
            lambda: entries.move(full, first, lambda at: at + 2),
            lambda: entries.move(full, last, lambda at: at - 2),
            lambda: entries.remove(full, movies[2].pk),
        ]
    )


def test_no_change_is_lost_and_the_places_stay_consecutive(
    full: MovieList, movies: list[Movie]
) -> None:
    answers = change_concurrently(full, movies)
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    places = list(full.entries.in_order().values_list("position", flat=True))
    assert places == list(range(1, AT_ONCE + 3))
    left = set(full.entries.values_list("movie", flat=True))
    assert left == {movie.pk for movie in movies[: AT_ONCE + 3]} - {movies[2].pk}


def test_without_the_lock_they_collide(
    full: MovieList, movies: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a barrier after the last position is read forces the race."""

    @contextmanager
    def unlocked(movie_list: MovieList) -> Iterator[MovieList]:
        yield movie_list

    all_have_read = Barrier(AT_ONCE, timeout=SECONDS)
    monkeypatch.setattr(entries, "locked", unlocked)
    monkeypatch.setattr(entries, "_check_room", lambda movie_list: all_have_read.wait())
    answers = at_once([lambda movie=movie: entries.add(full, movie) for movie in movies[AT_ONCE:]])
    refused = [answer for answer in answers if isinstance(answer, DatabaseError)]
    assert len(refused) == AT_ONCE - 1
    places = list(full.entries.values_list("position", flat=True))
    assert len(places) == len(set(places)), "the constraint holds without the lock"


def test_the_same_movie_added_many_times_is_on_the_list_once(
    full: MovieList, movies: list[Movie]
) -> None:
    movie = movies[-1]
    answers = at_once([lambda: entries.add(full, movie)[1]] * AT_ONCE)
    assert sorted(answers) == [False] * (AT_ONCE - 1) + [True]
    assert full.entries.filter(movie=movie).count() == 1


def test_concurrent_requests_cannot_exceed_the_maximum_of_lists(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "MAX_LISTS", 1)
    answers = at_once([lambda: lifecycle.create(alice, "Last")] * AT_ONCE)
    assert len([one for one in answers if isinstance(one, MovieList)]) == 1
    assert MovieList.objects.count() == 1


def test_adding_to_a_list_while_it_is_deleted(full: MovieList, movies: list[Movie]) -> None:
    answers = at_once(
        [
            lambda: lifecycle.delete(full),
            *(lambda movie=movie: entries.add(full, movie) for movie in movies[AT_ONCE:]),
        ]
    )
    assert not [one for one in answers if isinstance(one, DatabaseError)]
    assert not MovieList.objects.exists()
