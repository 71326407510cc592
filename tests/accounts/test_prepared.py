"""Questions whose SQL was put together before answer as the same question asked anew."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.prepared import FIRST_STAND_IN, LARGEST, Prepared
from movies.cards import PREPARED, cards, cards_by_id, cards_in_order, marks_on, movie_of_page
from movies.models import Mark, Movie, Rating


def seen(movie: Movie) -> dict[str, Any]:
    """Everything that was read of it; fields left out are not in it."""
    hidden = {"_state", "_prefetched_objects_cache", "genre_list"}
    facts = {name: value for name, value in movie.__dict__.items() if name not in hidden}
    return facts | {"genres": [genre.name for genre in movie.genre_list]}


@pytest.fixture
def opinions(alice: User, bob: User, make_movie: Callable[..., Movie]) -> list[Movie]:
    catalogue = [
        make_movie(f"Movie {number}", 1960 + number, "Drama|Crime" if number % 2 else "")
        for number in range(6)
    ]
    Rating.objects.rate(alice, catalogue[0], 4.5)
    Rating.objects.rate(bob, catalogue[1], 1.0)
    Mark.objects.add(alice, catalogue[1], "seen")
    Mark.objects.add(alice, catalogue[2], "watchlist")
    return catalogue


def test_it_works(
    alice: User, opinions: list[Movie], django_assert_num_queries: Callable[..., Any]
) -> None:
    ids = [movie.pk for movie in opinions[:4]]
    anew = cards(Movie.objects.all(), alice).in_bulk(ids)
    cards_by_id(ids, alice)
    with django_assert_num_queries(1):
        found = cards_by_id(ids, alice)
        same = {pk: seen(movie) for pk, movie in found.items()}
    assert same == {pk: seen(movie) for pk, movie in anew.items()}
    assert found[ids[0]].own_half_stars == 9
    assert found[ids[1]].hidden_as == "seen"
    assert found[ids[1]].own_half_stars is None


def test_each_person_gets_their_own(alice: User, bob: User, opinions: list[Movie]) -> None:
    ids = [movie.pk for movie in opinions[:2]]
    stars = {
        user.pk: [movie.own_half_stars for movie in cards_in_order(ids, user)]
        for user in (alice, bob, AnonymousUser())
    }
    assert stars == {alice.pk: [9, None], bob.pk: [None, 2], None: [None, None]}


def test_what_changed_since_is_seen(alice: User, opinions: list[Movie]) -> None:
    movie = opinions[0]
    assert cards_by_id([movie.pk], alice)[movie.pk].title == movie.title
    Movie.objects.filter(pk=movie.pk).update(title="Renamed")
    Rating.objects.unrate(alice, movie)
    fresh = cards_by_id([movie.pk], alice)[movie.pk]
    assert (fresh.title, fresh.own_half_stars) == ("Renamed", None)


@pytest.mark.parametrize("n", [0, 1, PREPARED, PREPARED + 1])
def test_any_number_of_them(n: int, alice: User, opinions: list[Movie]) -> None:
    real = [movie.pk for movie in opinions][:n]
    ids = [*real, *range(10**9, 10**9 + n - len(real))]
    assert sorted(cards_by_id(ids, alice)) == sorted(real)


def test_numbers_that_no_row_has(alice: User, opinions: list[Movie]) -> None:
    for pk in (-1, 0, FIRST_STAND_IN, LARGEST, LARGEST + 1, 10**40):
        assert movie_of_page(pk, alice) is None
        assert cards_in_order([opinions[0].pk, pk], AnonymousUser())[1:] == []


def test_a_movie_whole_with_its_marks(alice: User, opinions: list[Movie]) -> None:
    movie = movie_of_page(opinions[2].pk, alice)
    assert movie is not None
    assert movie.get_deferred_fields() == set()
    assert marks_on(movie) == {"watchlist"}
    stranger = movie_of_page(opinions[2].pk, AnonymousUser())
    assert stranger is not None
    assert marks_on(stranger) == set()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "build",
    [
        lambda pk: Movie.objects.filter(pk=pk).values("title"),
        lambda pk: Rating.objects.filter(pk=pk).select_related("movie"),
    ],
)
def test_other_kinds_of_queries_are_refused(build: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match="whole rows"):
        Prepared(build).ask(1)
