"""Data sets whose ratings are not half stars up to five: refused, or converted when asked."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from movies.imports.dataset import Meter, SourceError
from movies.imports.importer import import_source
from movies.imports.movielens.reader import open_dataset
from movies.models import ImportRun, Movie, Rating
from tests.movies.imports.movielens.reading import read, reasons
from tests.movies.imports.movielens_files import write_csv, write_dat

HEADER = "userId,movieId,rating,timestamp\n"


def source_of(tmp_path: Path, *ratings: str) -> Path:
    """Each rating by a rater of its own, from line 2 on."""
    lines = [f"{n},1,{rating},1100000000\n" for n, rating in enumerate(ratings, 1)]
    return write_csv(tmp_path / "ml-tiny", ratings=HEADER + "".join(lines))


def check(source: Path, scale: int | None = None) -> None:
    for _n in open_dataset(source, scale=scale).check_scale(Meter(0)):
        pass


def half_stars(source: Path, scale: int) -> list[int]:
    _movies, ratings, rejects = read(open_dataset(source, scale=scale))
    assert not rejects
    return [rating[3] for rating in ratings]


class TestRefused:
    @pytest.mark.parametrize(
        ("ratings", "scale", "message"),
        [
            (["3", "8.0", "10"], None, r"from 3 \(line 2\) to 10 \(line 4\).*--scale 10: 7 becom"),
            (["4.0", "87"], None, r"from 4 \(line 2\) to 87 \(line 3\).*use --scale 100: 75 becom"),
            (["1", "7"], None, "--scale 7: 5 becomes 3.5 stars"),
            (['"9.5"', "1"], None, r"to 9.5 \(line 2\)"),
            (["3", "11"], 10, "not up to 10.*--scale 100"),
            (["3", "6"], 5, "not up to 5.*--scale 7"),
            (["-9.5", "3"], None, r"from -9.5 \(line 2\)"),
            (["101", "3"], 100, r"to 101 \(line 2\).*convert the file"),
            (["4", "3.3"], None, "ratings.csv, line 3: 3.3 lies between.*--scale 5"),
            (["A+", "C"], None, "ratings.csv, line 2: 'A[+]' is no number, nor is any"),
        ],
    )
    def test_the_range_and_what_to_do_are_named(
        self, tmp_path: Path, ratings: list[str], scale: int | None, message: str
    ) -> None:
        with pytest.raises(SourceError, match=message):
            check(source_of(tmp_path, *ratings), scale)

    def test_whatever_separates_the_fields(self, tmp_path: Path) -> None:
        movies = "1::Détour, Le (1965)::Drama\n"
        source = write_dat(tmp_path, movies, "1::1::5::978300760\n2::1::9::978300760\n")
        with pytest.raises(SourceError, match=r"ratings.dat has ratings from 5 .* to 9 \(line 2\)"):
            check(source)

    @pytest.mark.django_db
    def test_nothing_is_imported(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="Nothing was imported") as stopped:
            call_command("import_movielens", str(source_of(tmp_path, "3", "8")))
        assert stopped.value.returncode == 2
        assert not Movie.objects.exists()
        assert "to 8 (line 3)" in ImportRun.objects.get().reason


class TestTaken:
    @pytest.mark.parametrize("ratings", [[], ["0.5", "5", "4.00", '"3"'], ["4", "x"], ["0", "4"]])
    def test_stars(self, tmp_path: Path, ratings: list[str]) -> None:
        """Lines that are no rating are rejected one by one."""
        check(source_of(tmp_path, *ratings))

    @pytest.mark.parametrize(
        ("scale", "ratings", "expected"),
        [
            (10, ["1", "7", "10", "7.5", "7.4", "10.0"], [1, 7, 10, 8, 7, 10]),
            (100, ["0", "4", "14", "15", "87", "100", "87.5"], [1, 1, 1, 2, 9, 10, 9]),
            (7, ["1", "4", "7"], [1, 6, 10]),
            (5, ["3.3", "3.2", "0.1", "4.5", "5"], [7, 6, 1, 9, 10]),
        ],
    )
    def test_ratings_become_the_nearest_half_stars(
        self, tmp_path: Path, scale: int, ratings: list[str], expected: list[int]
    ) -> None:
        source = source_of(tmp_path, *ratings)
        check(source, scale)
        assert half_stars(source, scale) == expected

    def test_whole_and_quoted_numbers_are_converted_alike(self, tmp_path: Path) -> None:
        """Plain lines are parsed many at a time, others one by one."""
        for scale in (7, 10, 100):
            values = [str(value) for value in range(1, scale + 1)]
            plain = half_stars(source_of(tmp_path, *values), scale)
            quoted = half_stars(source_of(tmp_path, *(f'"{value}"' for value in values)), scale)
            assert plain == quoted

    @pytest.mark.parametrize(("scale", "bad"), [(10, ["0", "x", ""]), (100, ["x", ""])])
    def test_what_is_no_rating_is_rejected(
        self, tmp_path: Path, scale: int, bad: list[str]
    ) -> None:
        *_, rejects = read(open_dataset(source_of(tmp_path, "7", *bad), scale=scale))
        assert reasons(rejects) == [("ratings.csv", 3 + n) for n in range(len(bad))]

    @pytest.mark.django_db
    def test_by_command(self, tmp_path: Path) -> None:
        call_command("import_movielens", str(source_of(tmp_path, "3", "8")), "--scale", "10")
        assert list(Rating.objects.order_by("pk").values_list("half_stars", flat=True)) == [3, 8]


@pytest.mark.django_db
def test_a_set_of_another_scale_is_known_when_it_comes_again(tmp_path: Path) -> None:
    source = source_of(tmp_path, "3", "8")
    for expected in (2, 0):
        report = import_source(open_dataset(source, scale=10))
        assert (report.ratings_new, report.ratings_changed) == (expected, 0)
