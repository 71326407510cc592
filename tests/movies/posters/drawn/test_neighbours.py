"""Neighbouring posters on a page do not look alike."""

import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from django.test import Client

from movies.models import Movie
from movies.posters import RecentPosters, variants_of
from movies.posters.drawn.variants import Variant
from tests.movies.posters.drawn.examples import (
    EVERY_GENRE,
    FILMS,
    chosen_for,
)


def n_alike(variants: list[Variant], columns: int) -> int:
    """How many posters have a motif of the one on the left or of the one above."""
    beside = sum(one.motif is other.motif for one, other in pairwise(variants))
    above = sum(a.motif is b.motif for a, b in zip(variants, variants[columns:], strict=False))
    return beside + above


@pytest.mark.parametrize("columns", [2, 3, 4, 5, 6, 7])
def test_no_two_neighbours_on_a_page_look_alike(columns: int) -> None:
    own = [variants_of(*film)[0] for film in FILMS]
    assert len(FILMS) == 60
    assert n_alike(chosen_for(FILMS), columns) == 0
    assert n_alike([own[0]] * 60, columns) > 60
    assert len({variant.motif for variant in own}) >= 40


@pytest.mark.parametrize("genre", EVERY_GENRE)
def test_no_two_neighbours_look_alike_on_a_page_of_one_genre(genre: str) -> None:
    variants = chosen_for((f"Film {number}", 1990, (genre,)) for number in range(60))
    assert all(n_alike(variants, columns) == 0 for columns in range(2, 8))
    assert all(one.palette != other.palette for one, other in pairwise(variants))


def test_the_next_page_differs_from_the_end_of_this_one() -> None:
    films = [(f"Film {number}", 1990, ("Film-Noir",)) for number in range(48)]
    first = RecentPosters()
    variants = [first.choose(variants_of(*film)) for film in films[:24]]
    second = RecentPosters(first.motif_numbers)
    together = variants + [second.choose(variants_of(*film)) for film in films[24:]]
    assert all(n_alike(together, columns) == 0 for columns in range(2, 8))
    alone = RecentPosters()
    apart = variants + [alone.choose(variants_of(*film)) for film in films[24:]]
    assert any(n_alike(apart, columns) for columns in range(2, 8)), "else this shows nothing"


@pytest.mark.parametrize("numbers", ["", "x", "-", "9999", "-1", "1" * 9999, "²-³", "1-" * 99])
def test_invalid_motif_numbers_are_ignored(numbers: str) -> None:
    film = FILMS[0]
    assert RecentPosters(numbers).choose(variants_of(*film)) in variants_of(*film)


def test_the_request_for_the_next_page_says_how_this_one_ended(
    client: Client, make_movie: Callable[..., Movie]
) -> None:
    for number in range(30):
        make_movie(f"Film {number}", 1990, "Film-Noir")
    page = client.get("/movies/?order=title").content.decode()
    sent = re.search(r'''hx-headers='{"Wall": "([\d-]+)"}' hx-trigger="revealed"''', page)
    assert len(sent[1].split("-")) == 7
    next_page = client.get("/movies/?order=title&page=2", headers={"Wall": sent[1]})
    assert next_page.content.count(b'<svg class="poster"') == 6


def test_on_a_mixed_page_most_movies_keep_their_own_variant() -> None:
    assert sum(variant.number == 0 for variant in chosen_for(FILMS)) >= 0.75 * len(FILMS)


def test_the_same_page_always_looks_the_same() -> None:
    first = chosen_for(FILMS)
    variants_of.cache_clear()
    assert chosen_for(FILMS) == first
