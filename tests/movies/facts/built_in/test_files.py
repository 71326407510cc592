"""The files of facts that come with cfsite: every row can be taken, and none twice."""

from collections import Counter
from pathlib import Path

import pytest

from movies.facts.built_in import reader
from movies.titles import fold

OURS = Path(reader.__file__).parent
HEADER = ",".join(reader.COLUMNS)
GOOD = "Heat,1995,,Michael Mann,Al Pacino|Robert De Niro,170,US,en,tt0113277,A thief is hunted."


def test_every_row_can_be_taken() -> None:
    lines = list(reader.read_lines(OURS))
    assert [f"{line.place}: {line.problem}" for line in lines if line.problem] == []
    assert len(lines) >= 1300


@pytest.mark.parametrize(
    ("title", "year", "director"),
    [("Pulp Fiction", 1994, "Quentin Tarantino"), ("Toy Story", 1995, "John Lasseter")],
)
def test_famous_movies_are_there(title: str, year: int, director: str) -> None:
    facts = [line.facts for line in reader.read_lines(OURS) if line.facts]
    (one,) = [one for one in facts if (one.title, one.year) == (title, year)]
    assert one.directors[0].name == director


def test_no_movie_is_there_twice() -> None:
    facts = [line.facts for line in reader.read_lines(OURS) if line.facts]
    by_title = Counter((fold(one.title), one.year) for one in facts)
    by_imdb_id = Counter(one.imdb_id for one in facts if one.imdb_id)
    assert [key for counts in (by_title, by_imdb_id) for key, n in counts.items() if n > 1] == []


def test_every_movie_has_people_and_a_sentence() -> None:
    facts = [line.facts for line in reader.read_lines(OURS) if line.facts]
    for one in facts:
        assert one.directors, one.title
        assert one.runtime, one.title
        assert one.description, one.title
        assert one.year, one.title
        assert len(one.cast) <= 5, one.title


def read(folder: Path, *rows: str, header: str = HEADER) -> list[reader.Line]:
    (folder / "films.csv").write_text("\n".join([header, *rows]), encoding="utf-8")
    return list(reader.read_lines(folder))


def test_a_row_is_read(tmp_path: Path) -> None:
    (line,) = read(tmp_path, GOOD)
    facts = line.facts
    assert facts is not None
    assert (facts.title, facts.year, facts.runtime) == ("Heat", 1995, 170)
    assert [person.name for person in facts.cast] == ["Al Pacino", "Robert De Niro"]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("nineteen", "1995"),
        ("1600", "1995"),
        ("601", "170"),
        ("0", "170"),
        ("UK", "US"),
        ("us", "US"),
        ("english", "en"),
        ("0113277", "tt0113277"),
        ("A thief is hunted", "A thief is hunted."),
        ("x" * 300 + ".", "A thief is hunted."),
        ("Al Pacino|Al Pacino", "Al Pacino|Robert De Niro"),
        ("Al Pacino||X", "Al Pacino|Robert De Niro"),
        (" Heat", "Heat"),
        ("", "Heat"),
        ("a,b", "tt0113277"),
        ("", ",Michael Mann"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, wrong: str, right: str) -> None:
    bad, good = read(tmp_path, GOOD.replace(right, wrong), GOOD)
    assert bad.problem
    assert bad.place == "films.csv:2"
    assert good.facts


def test_other_columns_are_told(tmp_path: Path) -> None:
    (line,) = read(tmp_path, GOOD, header=HEADER + ",more")
    assert "its columns" in line.problem
    (tmp_path / "films.csv").write_bytes(HEADER.encode() + b"\n\xff")
    (line,) = reader.read_lines(tmp_path)
    assert line.problem
