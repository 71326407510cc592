"""The drawn posters: sound for any title, legible in every palette, different from each other."""

import re
import time
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils.safestring import SafeString
from hypothesis import example, given
from hypothesis import strategies as st

from movies.models import Movie
from movies.posters import Wall, draw, looks_of, standalone
from movies.posters.drawn.compose import CACHED_POSTERS, GAP, HEIGHT, _body
from movies.posters.drawn.font_metrics import ADVANCES, FILES, FONTS, width
from movies.posters.drawn.genres import NONE, RAREST_FIRST, ruling_genre, voice_of
from movies.posters.drawn.lettering import COLUMN, FACES, set_title
from movies.posters.drawn.motifs import MOTIFS
from movies.posters.drawn.palettes import (
    ACCENT_CONTRAST,
    INK_CONTRAST,
    PALETTES,
    SECOND_CONTRAST,
    contrast,
)
from movies.posters.drawn.seeded_random import Dice, seed_of
from movies.posters.drawn.shapes import Pen
from movies.posters.drawn.titles import parts_of
from movies.posters.drawn.variants import Look

BIG = ("Comedy", "Drama", "Romance", "Thriller", "Horror", "Action", "Sci-Fi", "Crime")
EVERY_GENRE = (*RAREST_FIRST, NONE)

HARD_TITLES = (
    "M", "Z", "Up", "8½", "$9.99", "...", "M*A*S*H", "Koyaanisqatsi", "WALL·E", "WWWWWWWWWWWWWWW",
    "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb",
    "Those Magnificent Men in Their Flying Machines or How I Flew from London to Paris in 25 hours",
    "Everything You Always Wanted to Know About Sex * But Were Afraid to Ask",
    "Borat: Cultural Learnings of America for Make Benefit Glorious Nation of Kazakhstan",
    "Supercalifragilisticexpialidocious",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "Сталкер", "Иди и смотри", "千と千尋の神隠し", "花樣年華", "기생충", "باران", "ואלס עם באשיר",
    "Ταξίδι στα Κύθηρα", "ÀÉÎÕÜ ÇŁŐ ŠŽ", "Amelie (Fabuleux destin d'Amélie Poulain, Le)",
    "Birdman or (The Unexpected Virtue of Ignorance)", "x" * 300, "字" * 300, "Wide load " * 30,
    "A: " + "subtitle without end " * 14, "🎬🎬🎬", "W" * 60,
)  # fmt: skip

HOSTILE = (
    "<script>alert('x')</script>",
    'a" onload="alert(1)',
    "Tom & Jerry & <b>",
    "]]> --> <!--",
    "&#x3c;svg&#x3e;",
    "{{ title }} {% load %}",
    "nul\x00bell\x07escape\x1b",
    "\u202eevil\u202c \u2066mark\u2069 \u200f\u200e",
    "\ud800 lone surrogate \udfff",
    "\ufffe\uffff\U0001ffff",
)

WALL = (
    ("Toy Story", 1995, ("Animation", "Children", "Comedy")), ("Heat", 1995, ("Action", "Crime")),
    ("Sabrina", 1995, ("Comedy", "Romance")), ("Casino", 1995, ("Crime", "Drama")),
    ("Fargo", 1996, ("Comedy", "Crime", "Thriller")), ("Ran", 1985, ("Drama", "War")),
    ("The Piano", 1993, ("Drama", "Romance")), ("Titanic", 1997, ("Drama", "Romance")),
    ("Clerks", 1994, ("Comedy",)), ("Airplane!", 1980, ("Comedy",)),
    ("Office Space", 1999, ("Comedy",)), ("Superbad", 2007, ("Comedy",)),
    ("Magnolia", 1999, ("Drama",)), ("Ikiru", 1952, ("Drama",)), ("Moonlight", 2016, ("Drama",)),
    ("Raging Bull", 1980, ("Drama",)), ("Rocky", 1976, ("Drama",)),
    ("12 Angry Men", 1957, ("Drama",)), ("All About Eve", 1950, ("Drama",)),
    ("Psycho", 1960, ("Crime", "Horror")), ("The Shining", 1980, ("Horror",)),
    ("Halloween", 1978, ("Horror",)), ("Alien", 1979, ("Horror", "Sci-Fi")),
    ("Scream", 1996, ("Comedy", "Horror")), ("The Exorcist", 1973, ("Horror",)),
    ("Solaris", 1972, ("Drama", "Sci-Fi")),
    ("Gattaca", 1997, ("Drama", "Sci-Fi", "Thriller")), ("The Matrix", 1999, ("Action", "Sci-Fi")),
    ("Die Hard", 1988, ("Action", "Thriller")), ("Speed", 1994, ("Action", "Thriller")),
    ("The Fugitive", 1993, ("Thriller",)), ("Cape Fear", 1991, ("Thriller",)),
    ("Blow-Up", 1966, ("Drama", "Thriller")), ("Vertigo", 1958, ("Drama", "Mystery")),
    ("Rear Window", 1954, ("Mystery", "Thriller")), ("Laura", 1944, ("Film-Noir", "Mystery")),
    ("The Third Man", 1949, ("Film-Noir", "Mystery")), ("M", 1931, ("Crime", "Film-Noir")),
    ("Unforgiven", 1992, ("Drama", "Western")), ("High Noon", 1952, ("Drama", "Western")),
    ("Cabaret", 1972, ("Drama", "Musical")), ("Hair", 1979, ("Comedy", "Musical")),
    ("Hoop Dreams", 1994, ("Documentary",)), ("Crumb", 1994, ("Documentary",)),
    ("Metropolis", 1927, ("Sci-Fi",)),
    ("Babe", 1995, ("Children", "Drama")), ("Platoon", 1986, ("Drama", "War")),
    ("Brazil", 1985, ("Fantasy", "Sci-Fi")), ("The Princess Bride", 1987, ("Comedy", "Fantasy")),
    ("Jaws", 1975, ("Action", "Horror")), ("Cast Away", 2000, ("Drama",)),
    ("Annie Hall", 1977, ("Comedy", "Romance")), ("Tootsie", 1982, ("Comedy", "Romance")),
    ("City Lights", 1931, ("Comedy", "Romance")), ("Casablanca", 1942, ("Drama", "Romance")),
    ("Top Gun", 1986, ("Action", "Romance")), ("GoodFellas", 1990, ("Crime", "Drama")),
    ("Pulp Fiction", 1994, ("Crime", "Drama")), ("Space Station", 2002, ("IMAX",)),
    ("Untitled", None, ()),
)  # fmt: skip


def elements(svg: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter())


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in elements(svg) if element.tag.endswith("text")]


def test_it_works() -> None:
    svg = draw("The Godfather", 1972, ["Crime", "Drama"])

    assert svg.startswith('<svg class="poster" viewBox="0 0 240 360"')
    assert 'aria-hidden="true"' in svg
    assert 'focusable="false"' in svg
    assert texts(svg) == ["THE", "GODFATHER", "1972"]


# --- colour


def all_palettes() -> list[tuple[str, ...]]:
    return [(genre, *palette) for genre, palettes in PALETTES.items() for palette in palettes]


@pytest.mark.parametrize(("genre", "ground", "ink", "accent", "second"), all_palettes())
def test_every_palette_is_legible(
    genre: str, ground: str, ink: str, accent: str, second: str
) -> None:
    assert contrast(ground, ink) >= INK_CONTRAST >= 4.5
    assert contrast(ground, accent) >= ACCENT_CONTRAST >= 1.5
    assert contrast(ink, accent) >= ACCENT_CONTRAST
    for other in (ground, ink, accent):
        assert contrast(second, other) >= SECOND_CONTRAST


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("genre", EVERY_GENRE)
def test_every_genre_has_enough_looks(genre: str) -> None:
    motifs, palettes = (6, 4) if genre in BIG else (3, 3)
    assert len(set(MOTIFS[genre])) >= motifs
    assert len(set(PALETTES[genre])) >= palettes


def test_lettering_takes_ink_on_ground_or_the_two_exchanged() -> None:
    for title, year, genres in WALL:
        svg = draw(title, year, genres)
        colours = {(p.ground, p.ink) for p in PALETTES[ruling_genre(genres)]}
        ground = svg.split('fill="')[1][:7]
        [lettering] = [e for e in elements(svg) if e.get("class", "").startswith("poster-")]
        pair = {ground, lettering.get("fill")}
        panel = len(pair) == 1  # the title in the ground's colour stands on a panel of ink
        assert panel or tuple([ground, lettering.get("fill")]) in colours


# --- motifs


@pytest.mark.parametrize("genre", EVERY_GENRE)
def test_motifs_draw_well_formed_shapes_in_the_palette_at_any_height(genre: str) -> None:
    palette = PALETTES[genre][0]
    for motif in MOTIFS[genre]:
        for height in (70, 150, 280):
            drawn = motif(Pen(height, palette, Dice(height)))
            parts = elements(f"<svg>{drawn}</svg>")[1:]
            used = {e.get(name) for e in parts for name in ("fill", "stroke")} - {None, "none"}
            assert used <= set(palette), motif.__name__
            assert len(used) >= 2, motif.__name__
            assert "nan" not in drawn
            assert not re.search(r"\de[-+]\d", drawn), motif.__name__
            assert len(drawn) < 4500, motif.__name__


@pytest.mark.parametrize("genre", EVERY_GENRE)
def test_motifs_vary_with_the_seed(genre: str) -> None:
    for motif in MOTIFS[genre]:
        drawings = {motif(Pen(220, PALETTES[genre][0], Dice(seed))) for seed in range(20)}
        assert len(drawings) >= 6, motif.__name__


def hung(films: Iterable[tuple[str, int | None, tuple[str, ...]]]) -> list[Look]:
    wall = Wall()
    return [wall.hang(looks_of(*film)) for film in films]


def pairs_alike(looks: list[Look], columns: int) -> int:
    """How many posters have a motif of the one on the left or of the one above."""
    beside = sum(one.motif is other.motif for one, other in pairwise(looks))
    above = sum(a.motif is b.motif for a, b in zip(looks, looks[columns:], strict=False))
    return beside + above


@pytest.mark.parametrize("columns", [2, 3, 4, 5, 6, 7])
def test_no_two_neighbours_on_a_wall_look_alike(columns: int) -> None:
    own = [looks_of(*film)[0] for film in WALL]
    assert len(WALL) == 60
    assert pairs_alike(hung(WALL), columns) == 0
    assert pairs_alike([own[0]] * 60, columns) > 60
    assert len({look.motif for look in own}) >= 40


@pytest.mark.parametrize("genre", EVERY_GENRE)
def test_a_wall_of_one_genre_has_no_neighbours_alike_either(genre: str) -> None:
    looks = hung((f"Film {number}", 1990, (genre,)) for number in range(60))
    assert all(pairs_alike(looks, columns) == 0 for columns in range(2, 8))
    assert all(one.palette != other.palette for one, other in pairwise(looks))


def test_a_wall_that_goes_on_from_another_knows_its_end() -> None:
    films = [(f"Film {number}", 1990, ("Film-Noir",)) for number in range(48)]
    first = Wall()
    looks = [first.hang(looks_of(*film)) for film in films[:24]]
    second = Wall(first.last)
    on_and_on = looks + [second.hang(looks_of(*film)) for film in films[24:]]
    assert all(pairs_alike(on_and_on, columns) == 0 for columns in range(2, 8))
    alone = Wall()
    apart = looks + [alone.hang(looks_of(*film)) for film in films[24:]]
    assert any(pairs_alike(apart, columns) for columns in range(2, 8)), "else this shows nothing"


@pytest.mark.parametrize("words", ["", "x", "-", "9999", "-1", "1" * 9999, "²-³", "1-" * 99])
def test_an_end_that_is_none_is_no_harm(words: str) -> None:
    film = WALL[0]
    assert Wall(words).hang(looks_of(*film)) in looks_of(*film)


def test_the_page_that_follows_is_told_how_the_wall_ended(
    client: Client, make_movie: Callable[..., Movie]
) -> None:
    for number in range(30):
        make_movie(f"Film {number}", 1990, "Film-Noir")
    page = client.get("/movies/?order=title").content.decode()
    told = re.search(r'''hx-headers='{"Wall": "([\d-]+)"}' hx-trigger="revealed"''', page)
    assert len(told[1].split("-")) == 7
    goes_on = client.get("/movies/?order=title&page=2", headers={"Wall": told[1]})
    assert goes_on.content.count(b'<svg class="poster"') == 6


def test_a_mixed_wall_shows_nearly_every_movie_as_it_is_elsewhere() -> None:
    assert sum(look.turn == 0 for look in hung(WALL)) >= 0.75 * len(WALL)


def test_the_same_wall_always_hangs_alike() -> None:
    first = hung(WALL)
    looks_of.cache_clear()
    assert hung(WALL) == first


def test_every_look_of_a_movie_is_another_drawing() -> None:
    film = ("Saving Private Ryan", 1998, ("Action", "Drama", "War"))
    looks = looks_of(*film)
    drawings = [draw(*film, look) for look in looks]

    assert looks[0].turn == 0
    assert drawings[0] == draw(*film)
    assert len(looks) > len(MOTIFS["War"])
    assert len(set(drawings)) == len(looks)


def test_the_look_described_is_the_one_drawn() -> None:
    for film in WALL[:10]:
        for look in looks_of(*film):
            assert draw(*film, look).split('fill="')[1][:7] == look.palette.ground


# --- the same for ever


def test_the_same_movie_always_gets_the_same_poster() -> None:
    first = draw("Vertigo", 1958, ["Mystery"])
    _body.cache_clear()
    assert draw("Vertigo", 1958, ("Mystery",)) == first
    assert draw("Vertigo", 1959, ("Mystery",)) != first


def test_chance_does_not_change_from_machine_to_machine() -> None:
    assert seed_of("Vertigo", 1958) == zlib.crc32(b"Vertigo\n1958") == 224039843
    dice = Dice(1958)
    assert [dice.whole(1, 6) for _ in range(8)] == [4, 1, 2, 2, 4, 2, 5, 4]


# --- text


@pytest.mark.parametrize("title", HOSTILE)
@pytest.mark.parametrize("drawing", [draw, standalone])
def test_hostile_titles_stay_text(drawing: Callable[..., str], title: str) -> None:
    svg = drawing(title, 1999, ["Thriller"])

    names = {element.tag.rpartition("}")[2] for element in elements(svg)}
    assert names <= {"svg", "title", "g", "path", "rect", "circle", "ellipse", "text"}
    for forbidden in ("<script", "style=", "onload=", "href", "\x00", "\u202e", "\ufffe"):
        assert forbidden not in svg.replace("&quot;", "'").replace("' onload=", "")


def test_escaping_shows_what_was_written() -> None:
    assert " ".join(texts(draw('<b> & "q"', None, ["Drama"]))) == '<b> & "q"'


@given(
    title=st.text(max_size=120),
    year=st.none() | st.integers(1870, 2200),
    genres=st.lists(st.sampled_from((*RAREST_FIRST, "(no genres listed)", "Unheard of"))),
)
def test_any_title_gives_well_formed_svg(title: str, year: int | None, genres: list[str]) -> None:
    for svg in (draw(title, year, genres), standalone(title, year, genres)):
        parts = elements(svg)
        assert not any("style" in element.attrib for element in parts)
        assert not any(name.startswith("on") for element in parts for name in element.attrib)
        assert texts(svg)
        svg.encode()


@pytest.mark.parametrize("voice", FACES)
@pytest.mark.parametrize("title", HARD_TITLES)
def test_lettering_fits_its_column_and_leaves_room_for_the_motif(title: str, voice: str) -> None:
    block = set_title(title, 1999, voice)

    assert all(row.em * row.size <= COLUMN + 0.5 for row in block.rows)
    assert all(row.size >= 12 for row in block.rows)
    assert all(below.y - above.y >= 0.85 * below.size for above, below in pairwise(block.rows))
    assert block.height <= HEIGHT - 2 * GAP - 80


@example(title="\u200d")
@example(title="\u0301 \u200c")
@given(title=st.text(max_size=300))
def test_any_lettering_fits_its_column(title: str) -> None:
    block = set_title(title, 1999, "serif")

    assert all(row.em * row.size <= COLUMN + 0.5 for row in block.rows)
    assert block.height <= HEIGHT - 2 * GAP - 80


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        ("The Godfather", ("The", "Godfather", "")),
        ("Godfather, The", ("The", "Godfather", "")),
        ("A Nightmare on Elm Street", ("A", "Nightmare on Elm Street", "")),
        ("Les Misérables", ("Les", "Misérables", "")),
        ("Die Hard", ("", "Die Hard", "")),
        ("La La Land", ("", "La La Land", "")),
        ("The", ("", "The", "")),
        ("M", ("", "M", "")),
        ("Alien: Resurrection", ("", "Alien: Resurrection", "")),
        ("2001: A Space Odyssey", ("", "2001", "A Space Odyssey")),
        ("Blow-Up", ("", "Blow-Up", "")),
        ("Spirited Away (Sen to Chihiro)", ("", "Spirited Away", "Sen to Chihiro")),
        ("Dr. Strangelove or: How I Learned", ("", "Dr. Strangelove", "or: How I Learned")),
        ("The Lord of the Rings: The Two Towers", ("The", "Lord of the Rings", "The Two Towers")),
        ("", ("", "Untitled", "")),
    ],
)
def test_titles_are_taken_apart_where_they_break(title: str, parts: tuple[str, str, str]) -> None:
    assert parts_of(title) == parts


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("Once Upon a Time in the West", ["ONCE UPON", "A TIME IN", "THE WEST"]),
        ("No Country for Old Men", ["NO COUNTRY", "FOR OLD MEN"]),
        ("Jurassic Park", ["JURASSIC", "PARK"]),
    ],
)
def test_lines_break_where_they_read_well(title: str, lines: list[str]) -> None:
    assert [row.text for row in set_title(title, None, "display").rows] == lines


def test_letters_that_only_one_voice_has_are_set_in_it() -> None:
    assert set_title("Сталкер", 1979, "serif").rows[0].voice == "display"
    assert set_title("Łódź", 1990, "serif").rows[0].voice == "serif"


def test_scripts_that_run_leftwards_are_set_flush_right() -> None:
    assert 'direction="rtl"' in draw("باران", 2001, ["Drama"])
    assert "direction" not in draw("Baran (باران)", 2001, ["Drama"])


def test_films_before_1960_have_an_inset() -> None:
    assert draw("Laura", 1944, []).count("M7.5 7.5") == 1
    assert draw("Laura", 1979, []).count("M7.5 7.5") == 0
    assert draw("Laura", None, []).count("M7.5 7.5") == 0


# --- faces


def test_the_table_knows_what_the_delivered_faces_have() -> None:
    for voice, files in FILES.items():
        assert voice in FACES
        assert all((FONTS / file).stat().st_size < 20_000 for file, _ in files)
        assert set("ABCXYZabcxyz0123456789 .,:;!?&-–'’ÀÉÜßñø…") <= set(ADVANCES[voice])
        assert width("W", voice) > width("I", voice) > 0


def test_a_page_in_latin_letters_needs_at_most_60_kilobytes_of_faces() -> None:
    assert sum((FONTS / files[0][0]).stat().st_size for files in FILES.values()) < 60_000


def test_every_face_stands_beside_its_licence() -> None:
    for font in FONTS.glob("*.woff2"):
        family = font.stem.removesuffix("-ext").rpartition("-")[0]
        text = (FONTS / f"{family}-OFL.txt").read_text(encoding="utf-8")
        assert "SIL Open Font License" in text


def test_the_style_sheet_names_every_file_and_every_voice() -> None:
    styles = FONTS.parent / "css"
    faces = (styles / "fonts.css").read_text(encoding="utf-8")
    posters = (styles / "posters.css").read_text(encoding="utf-8")
    assert all(f'url("../fonts/{font.name}")' in faces for font in FONTS.glob("*.woff2"))
    assert all(f".poster-{voice} " in posters for voice in FACES)


# --- genres


@pytest.mark.parametrize(
    ("genres", "ruling"),
    [
        (["Drama", "Film-Noir", "Comedy"], "Film-Noir"),
        (["Action", "Crime", "Drama", "IMAX"], "Crime"),
        (["IMAX"], "IMAX"),
        (["Children's"], "Children"),
        (["Science Fiction"], "Sci-Fi"),
        (["(no genres listed)"], NONE),
        ([], NONE),
    ],
)
def test_the_rarest_genre_rules(genres: list[str], ruling: str) -> None:
    assert ruling_genre(genres) == ruling
    assert ruling_genre(genres[::-1]) == ruling


def test_every_genre_has_a_voice() -> None:
    assert {voice_of(genre) for genre in EVERY_GENRE} == set(FACES)


# --- in a page


@dataclass
class NamedGenre:
    name: str


class Genres(list):
    def all(self) -> "Genres":
        return self


@dataclass
class Film:
    title: str
    year: int | None
    genres: Genres

    @property
    def genre_list(self) -> Genres:
        return self.genres


def test_the_tag_draws_a_movie() -> None:
    film = Film("<Heat>", 1995, Genres([NamedGenre("Crime")]))
    page = Template("{% load posters %}{% poster film %}").render(Context({"film": film}))

    assert page == draw("<Heat>", 1995, ["Crime"])
    assert isinstance(page, SafeString)
    assert "&lt;HEAT&gt;" in page


def test_a_page_hangs_its_posters_beside_each_other(rf: RequestFactory) -> None:
    films = [Film(f"Film {number}", 1990, Genres([NamedGenre("War")])) for number in range(8)]
    context = Context({"films": films, "request": rf.get("/")})
    page = Template("{% load posters %}{% for f in films %}{% poster f %}{% endfor %}")

    looks = hung((film.title, film.year, ("War",)) for film in films)
    drawn = "".join(
        draw(film.title, film.year, ("War",), look) for film, look in zip(films, looks, strict=True)
    )
    assert page.render(context) == drawn
    assert any(look.turn for look in looks)


@pytest.mark.django_db
def test_a_wall_costs_no_query_of_its_own(
    make_movie: Callable[..., Movie], django_assert_num_queries: Callable[..., Any]
) -> None:
    for number in range(5):
        make_movie(title=f"Film {number}")
    with django_assert_num_queries(1):
        Template("{% load posters %}{% for m in movies %}{% poster m %}{% endfor %}").render(
            Context({"movies": Movie.objects.for_cards()})
        )


def test_standalone_is_a_document_with_a_name_and_measured_lines() -> None:
    svg = standalone("Tom & Jerry", 1992, ["Animation"])
    root = ElementTree.fromstring(svg)

    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.findtext("{http://www.w3.org/2000/svg}title") == "Tom & Jerry (1992)"
    lines = [e for e in root.iter() if e.tag.endswith("text")]
    assert all(float(line.get("textLength", "999")) <= COLUMN + 0.5 for line in lines)


def test_24_posters_compress_to_six_kilobytes() -> None:
    page = "".join(draw(*film) for film in WALL[:24])
    assert len(zlib.compress(page.encode(), 6)) < 6_000


def test_a_poster_is_drawn_in_less_than_five_milliseconds() -> None:
    films = [(title, 1999, ("Drama",)) for title in HARD_TITLES] + list(WALL)
    for film in films:
        draw(*film)
    _body.cache_clear()
    start = time.process_time()
    for film in films:
        draw(*film)
    assert (time.process_time() - start) / len(films) < 0.005
    assert CACHED_POSTERS <= 10_000
