"""manage.py import_catalogue: movies.csv alone makes a catalogue."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from movies.imports.catalogue_file import changes, tables
from movies.models import Genre, Movie
from tests.movies.imports.movielens_files import MOVIES_CSV

pytestmark = pytest.mark.django_db

FILE = """\
title,year,genres,imdb_id,tmdb_id,runtime,description
The Clockmaker,1961,Drama|Mystery,tt0054321,111,96,"Ticks,
and tocks."
Nine Lanterns,,,,,,
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    def write_file(text: str | bytes, name: str = "movies.csv") -> str:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return write_file


def refused(file: str, *options: str) -> str:
    with pytest.raises(CommandError) as stopped:
        call_command("import_catalogue", file, *options)
    assert stopped.value.returncode == 2
    return str(stopped.value)


def test_it_works(write: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_catalogue", write(FILE))
    assert "2 movies new, 0 changed, 0 unchanged" in capsys.readouterr().out
    movie = Movie.objects.get(imdb_id="tt0054321")
    assert (movie.title, movie.year, movie.tmdb_id, movie.runtime) == (
        *("The Clockmaker", 1961, 111),
        96,
    )
    assert movie.description == "Ticks,\nand tocks."
    assert movie.title_key == "clockmaker"
    assert [genre.name for genre in movie.genres.all()] == ["Drama", "Mystery"]
    call_command("import_catalogue", write(FILE))
    assert "0 movies new, 0 changed, 2 unchanged" in capsys.readouterr().out


@pytest.mark.parametrize(
    "text",
    [
        "genres,title,year\nDrama,The Clockmaker,1961\n",
        ",title,year,note,genres\n0,The Clockmaker,1961,x,Drama\n",
        "Title, Year, Genres\nThe Clockmaker, 1961, Drama\n",
        "title;year;genres\nThe Clockmaker;1961.0;Drama\n",
        "\ufefftitle\tyear\tgenres\r\nThe Clockmaker\t1961\tDrama\r\n\r\n",
        'title,genres\n"Clockmaker, The (1961)",Drama\n',
    ],
)
def test_forms_of_the_file(write: Callable[..., str], text: str) -> None:
    call_command("import_catalogue", write(text))
    movie = Movie.objects.get()
    assert (movie.title, movie.year, movie.genre_names) == ("The Clockmaker", 1961, ["Drama"])


def test_the_movies_of_a_movielens_set(write: Callable[..., str]) -> None:
    call_command("import_catalogue", write(MOVIES_CSV))
    assert set(Movie.objects.values_list("movielens_id", "title", "original_title", "year")) == {
        (1, "The Clockmaker", "", 1961),
        (2, "Rooftops of Brno", "Střechy Brna", 1974),
        (3, "Nine Lanterns", "", None),
    }


def test_only_blank_fields_are_filled_in(
    write: Callable[..., str], make_movie: Callable[..., Movie], capsys: pytest.CaptureFixture[str]
) -> None:
    movie = make_movie("The Clockmaker", 1961, "Comedy", runtime=90)
    call_command("import_catalogue", write(FILE), "--dry-run")
    assert "~ The Clockmaker (1961): description: - -> Ticks" in capsys.readouterr().out
    movie.refresh_from_db()
    assert (movie.imdb_id, Movie.objects.count()) == ("", 1)
    call_command("import_catalogue", write(FILE))
    movie.refresh_from_db()
    assert (movie.runtime, movie.imdb_id, movie.genre_names) == (90, "tt0054321", ["Comedy"])
    call_command("import_catalogue", write(FILE), "--overwrite")
    movie = Movie.objects.get(pk=movie.pk)
    assert (movie.runtime, movie.genre_names) == (96, ["Drama", "Mystery"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        (" \n\n", "is empty"),
        ("title,year\n", "holds no movies"),
        ("movie,year\nA,1999\n", 'no column is named "title"'),
        ("title,name\nA,B\n", "two columns say title"),
        ('title,year\n"A,1999\n', "line 2: unexpected end of data"),
        ("title\nCaf\xe9\n".encode("latin-1"), "line 2: not UTF-8"),
        (b"title\nA\n" + b" " * tables.MAX_BYTES, "larger than"),
    ],
)
def test_files_that_are_refused(write: Callable[..., str], text: str | bytes, reason: str) -> None:
    assert reason in refused(write(text))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("A,19999,,", "year:"),
        ("A,1066,,", "year:"),
        ("A,nineteen,,", "year is no number"),
        ("A,1999,,nm0000001", "no IMDb id"),
        (",1999,,", "no title"),
        (f"{'x' * 301},1999,,", "title:"),
        ("\u202e\0,1999,,", "no title"),
        (f"A,1999,{'g' * 61},", "no genre"),
        ("A,1999,", "3 fields"),
        ("Good,1999,,", "the same movie as on line 2"),
    ],
)
def test_one_bad_line_keeps_all_out(
    write: Callable[..., str], capsys: pytest.CaptureFixture[str], line: str, reason: str
) -> None:
    file = write(f"title,year,genres,imdb_id\nGood,1999,Drama,\n{line}\n")
    assert "nothing was written" in refused(file)
    said = capsys.readouterr().err
    assert "movies.csv, line 3: " in said
    assert reason in said
    assert not Movie.objects.exists()
    assert not Genre.objects.exists()


def test_ambiguous_lines_are_refused(
    write: Callable[..., str], make_movie: Callable[..., Movie], capsys: pytest.CaptureFixture[str]
) -> None:
    make_movie("Twin", 1997, imdb_id="tt0000001")
    make_movie("Twin", 1997, tmdb_id=2)
    refused(write("title,year\nTwin,1997\n"))
    assert "several movies of this title" in capsys.readouterr().err
    refused(write("title,year,imdb_id,tmdb_id\nTwin,1997,tt0000001,2\n"))
    assert "different movies" in capsys.readouterr().err
    call_command("import_catalogue", write("title,year,imdb_id,runtime\nTwin,1997,1,80\n"))
    assert Movie.objects.get(imdb_id="tt0000001").runtime == 80


def test_an_error_while_writing_leaves_nothing(
    write: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(changes, "_link", broken)
    with pytest.raises(RuntimeError):
        call_command("import_catalogue", write(FILE))
    assert not Movie.objects.exists()


def test_a_missing_file() -> None:
    assert "cannot be read" in refused("/nowhere/movies.csv")
