"""What is on a drawn poster, and that it never changes."""

import time
import zlib
from xml.etree import ElementTree

from movies.posters import draw, standalone
from movies.posters.drawn.compose import CACHED_POSTERS, _body
from movies.posters.drawn.genres import genres_by_rarity
from movies.posters.drawn.lettering import COLUMN
from movies.posters.drawn.palettes import (
    PALETTES,
)
from movies.posters.drawn.seeded_random import SeededRandom, seed_of
from tests.movies.posters.drawn.examples import (
    FILMS,
    HARD_TITLES,
    elements,
    texts,
)


def test_it_works() -> None:
    svg = draw("The Godfather", 1972, ["Crime", "Drama"])

    assert svg.startswith('<svg class="poster" viewBox="0 0 240 360"')
    assert 'aria-hidden="true"' in svg
    assert 'focusable="false"' in svg
    assert texts(svg) == ["THE", "GODFATHER", "1972"]


def test_lettering_uses_ink_on_ground_or_the_two_swapped() -> None:
    for title, year, genres in FILMS:
        svg = draw(title, year, genres)
        colours = {(p.ground, p.ink) for p in PALETTES[genres_by_rarity(genres)[0]]}
        ground = svg.split('fill="')[1][:7]
        [lettering] = [e for e in elements(svg) if e.get("class", "").startswith("poster-")]
        pair = {ground, lettering.get("fill")}
        panel = len(pair) == 1  # the title in the ground's colour stands on a panel of ink
        assert panel or tuple([ground, lettering.get("fill")]) in colours


def test_the_same_movie_always_gets_the_same_poster() -> None:
    first = draw("Vertigo", 1958, ["Mystery"])
    _body.cache_clear()
    assert draw("Vertigo", 1958, ("Mystery",)) == first
    assert draw("Vertigo", 1959, ("Mystery",)) != first


def test_random_numbers_are_the_same_on_every_machine() -> None:
    assert seed_of("Vertigo", 1958) == zlib.crc32(b"Vertigo\n1958") == 224039843
    rng = SeededRandom(1958)
    assert [rng.randint(1, 6) for _ in range(8)] == [4, 1, 2, 2, 4, 2, 5, 4]


def test_films_before_1960_have_a_frame() -> None:
    assert draw("Laura", 1944, []).count("M7.5 7.5") == 1
    assert draw("Laura", 1979, []).count("M7.5 7.5") == 0
    assert draw("Laura", None, []).count("M7.5 7.5") == 0


def test_standalone_is_a_document_with_a_name_and_measured_lines() -> None:
    svg = standalone("Tom & Jerry", 1992, ["Animation"])
    root = ElementTree.fromstring(svg)

    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.findtext("{http://www.w3.org/2000/svg}title") == "Tom & Jerry (1992)"
    lines = [e for e in root.iter() if e.tag.endswith("text")]
    assert all(float(line.get("textLength", "999")) <= COLUMN + 0.5 for line in lines)


def test_24_posters_compress_to_six_kilobytes() -> None:
    page = "".join(draw(*film) for film in FILMS[:24])
    assert len(zlib.compress(page.encode(), 6)) < 6_000


def test_a_poster_is_drawn_in_less_than_five_milliseconds() -> None:
    films = [(title, 1999, ("Drama",)) for title in HARD_TITLES] + list(FILMS)
    for film in films:
        draw(*film)
    _body.cache_clear()
    start = time.process_time()
    for film in films:
        draw(*film)
    assert (time.process_time() - start) / len(films) < 0.005
    assert CACHED_POSTERS <= 10_000
