"""Movies as cards: the reader's own rating and mark on each, and the address of its page."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from movies.cards import cards_in_order, movie_urls
from movies.models import Mark, Movie, Rating


def test_it_works(alice: User, bob: User, make_movie: Callable[..., Movie]) -> None:
    rated, hidden, neither = (make_movie(title) for title in ("Heat", "Cats", "Ran"))
    Rating.objects.rate(alice, rated, 4.5)
    Rating.objects.rate(bob, neither, 1)
    Mark.objects.add(alice, rated, Mark.Kind.WATCHLIST)
    for kind in (Mark.Kind.SEEN, Mark.Kind.NOT_INTERESTED):
        Mark.objects.add(alice, hidden, kind)
    wanted = [neither.pk, hidden.pk, rated.pk]

    shown = cards_in_order(wanted, alice)
    assert [movie.pk for movie in shown] == wanted
    assert [movie.own_half_stars for movie in shown] == [None, None, 9]
    assert [movie.hidden_as for movie in shown] == [None, "not_interested", None]

    shown = cards_in_order(wanted, AnonymousUser())
    assert {(movie.own_half_stars, movie.hidden_as) for movie in shown} == {(None, None)}


@pytest.mark.parametrize("title", ["Heat", "Amélie", "七人の侍", "???", "M*A*S*H"])
def test_addresses_are_those_of_the_movies(make_movie: Callable[..., Movie], title: str) -> None:
    movie = make_movie(title)
    assert movie_urls()(movie) == movie.get_absolute_url()
