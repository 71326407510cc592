"""Lines that an import rejects."""

from pathlib import Path

import pytest

from accounts.models import User
from movies.imports.dataset import Reject
from movies.models import Movie
from tests.movies.imports.importing import run_import
from tests.movies.imports.movielens_files import (
    RATINGS_CSV,
    write_csv,
)

pytestmark = pytest.mark.django_db


BAD_RATINGS = RATINGS_CSV + "3,99,4.0,1100000000\n3,1,4_0,1100000000\n3,2,4.0,1100000000\n"


def test_rejected_lines_are_reported(source: Path) -> None:
    rejects: list[Reject] = []
    report = run_import(write_csv(source, ratings=BAD_RATINGS), on_reject=rejects.append)
    assert [(reject.line, reject.file) for reject in rejects] == [
        (6, "ratings.csv"),
        (7, "ratings.csv"),
    ]
    assert str(rejects[0]) == "ratings.csv, line 6: movie 99 is not in movies.csv"
    assert "number of stars" in rejects[1].reason
    assert (report.ratings_new, report.rejected, report.exit_code) == (5, 2, 3)
    assert report.first_rejects == tuple(rejects)


def test_strict_writes_all_or_nothing(source: Path) -> None:
    report = run_import(write_csv(source, ratings=BAD_RATINGS), strict=True)
    assert (report.rejected, report.written, report.exit_code) == (2, False, 2)
    assert not Movie.objects.exists()
    assert not User.objects.exists()
    assert run_import(write_csv(source), strict=True).ratings_new == 4


def test_only_the_first_rejected_lines_are_kept(source: Path) -> None:
    ratings = RATINGS_CSV + "x\n" * 500
    rejects: list[Reject] = []
    report = run_import(write_csv(source, ratings=ratings), on_reject=rejects.append)
    assert len(report.first_rejects) == 20
    assert len(rejects) == report.rejected == 500
