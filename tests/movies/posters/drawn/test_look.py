"""A poster's motif follows from the movie alone: its words, its genres, its years."""

import pytest

from movies.posters import draw
from movies.posters.drawn.look import look_of
from movies.posters.drawn.motifs import MOTIFS, horror_and_thriller, journeys, romance, things
from movies.posters.drawn.subjects import SUBJECTS
from movies.titles import fold
from tests.movies.posters.drawn.examples import FILMS


def motif_of(title: str, year: int | None, genres: list[str], description: str = "") -> object:
    return look_of(title, year, genres, description)[0].motif


def test_it_works() -> None:
    look, _rng = look_of("Bicycle Thieves", 1948, ["Drama"], "A poor man searches Rome.")
    assert look.motif in (romance.bicycle, horror_and_thriller.keyhole)
    assert look.genre == "Drama"


def test_words_of_the_title_come_before_those_of_the_description() -> None:
    story = "A detective looks for a stolen train."
    assert motif_of("My Best Friend's Wedding", 1997, ["Comedy"], story) is things.rings
    assert motif_of("Untitled", 1997, ["Comedy"], story) in (journeys.magnifier, things.train)
    assert motif_of("Untitled", 1997, ["Comedy"]) in MOTIFS["Comedy"]


def test_only_whole_words_count() -> None:
    assert motif_of("Scarface", 1983, ["Crime"]) is not things.motor_car
    assert motif_of("Carrie", 1976, ["Horror"]) in MOTIFS["Horror"]


def test_words_are_found_whatever_their_case_and_accents() -> None:
    assert motif_of("The FIANCÉE", 2000, ["Drama"]) is things.rings


@pytest.mark.parametrize(("year", "is_noir"), [(1929, False), (1946, True), (1960, False)])
def test_old_crime_films_look_like_film_noir(year: int, is_noir: bool) -> None:
    assert (motif_of("Untitled", year, ["Crime"]) in MOTIFS["Film-Noir"]) == is_noir


def test_the_order_of_the_genres_does_not_matter() -> None:
    for title, year, genres in FILMS:
        assert draw(title, year, genres) == draw(title, year, genres[::-1])


def test_every_word_calls_for_one_motif_and_can_be_found() -> None:
    words = [word for said in SUBJECTS.values() for word in said.split()]
    assert len(words) == len(set(words)) > 250
    assert all(fold(word) == word for word in words)
    motifs = {motif for group in MOTIFS.values() for motif in group} | set(things.MOTIFS)
    assert set(SUBJECTS) <= motifs
    assert len(motifs) >= 60


def test_posters_of_sixty_movies_do_not_look_alike() -> None:
    assert len({motif_of(*film) for film in FILMS}) >= 35
