"""Two windows of one person do not tear a list's order, nor put a movie on it twice."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection

from accounts.models import User
from movies.lists import entries, lifecycle
from movies.models import Movie, MovieList

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 6


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
    """What each gave, or what the database said to it."""

    def alone(call: Callable[[], object]) -> object:
        try:
            return call()
        except (DatabaseError, lifecycle.ListGone, lifecycle.Refused) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(alone, calls))


def edit_from_many_windows(full: MovieList, movies: list[Movie]) -> list[object]:
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


def test_every_change_counts_and_the_places_stay_whole(
    full: MovieList, movies: list[Movie]
) -> None:
    answers = edit_from_many_windows(full, movies)
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    places = list(full.entries.in_order().values_list("position", flat=True))
    assert places == list(range(1, AT_ONCE + 3))
    on = set(full.entries.values_list("movie", flat=True))
    assert on == {movie.pk for movie in movies[: AT_ONCE + 3]} - {movies[2].pk}


def test_without_holding_the_list_they_collide(
    full: MovieList, movies: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the test above sees a race when there is one; the database refuses the rest."""

    @contextmanager
    def unheld(movie_list: MovieList) -> Iterator[MovieList]:
        yield movie_list

    make_room = entries._make_room

    def slowly(movie_list: MovieList) -> None:
        make_room(movie_list)
        time.sleep(0.3)

    monkeypatch.setattr(entries, "held", unheld)
    monkeypatch.setattr(entries, "_make_room", slowly)
    answers = at_once([lambda movie=movie: entries.add(full, movie) for movie in movies[AT_ONCE:]])
    assert [answer for answer in answers if isinstance(answer, DatabaseError)]
    places = list(full.entries.values_list("position", flat=True))
    assert len(places) == len(set(places)), "the constraint holds where the lock does not"


def test_the_same_movie_from_many_windows_is_on_once(full: MovieList, movies: list[Movie]) -> None:
    movie = movies[-1]
    answers = at_once([lambda: entries.add(full, movie)[1]] * AT_ONCE)
    assert sorted(answers) == [False] * (AT_ONCE - 1) + [True]
    assert full.entries.filter(movie=movie).count() == 1


def test_the_last_list_one_may_have_is_made_once(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "MOST_LISTS", 1)
    answers = at_once([lambda: lifecycle.create(alice, "Last")] * AT_ONCE)
    assert len([one for one in answers if isinstance(one, MovieList)]) == 1
    assert MovieList.objects.count() == 1


def test_adding_to_a_list_that_is_being_deleted(full: MovieList, movies: list[Movie]) -> None:
    answers = at_once(
        [
            lambda: lifecycle.delete(full),
            *(lambda movie=movie: entries.add(full, movie) for movie in movies[AT_ONCE:]),
        ]
    )
    assert not [one for one in answers if isinstance(one, DatabaseError)]
    assert not MovieList.objects.exists()
