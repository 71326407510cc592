"""Finding the files of a data set in a zip or a folder."""

from pathlib import Path

import pytest

from movies.imports.dataset import SourceError
from movies.imports.movielens.reader import open_dataset
from tests.movies.imports.movielens.reading import read
from tests.movies.imports.movielens_files import (
    RATINGS_CSV,
    write_csv,
    write_files,
    zipped,
)


@pytest.mark.parametrize("top", ["", "ml-tiny"])
def test_zip_and_folder_give_the_same(tmp_path: Path, top: str) -> None:
    folder = write_csv(tmp_path / "ml-tiny")
    archive = zipped(folder, tmp_path / "ml-tiny.zip", top)
    assert open_dataset(archive).name == "ml-tiny"
    assert read(open_dataset(archive)) == read(open_dataset(folder))


@pytest.mark.parametrize("outer", ["outer", "outer/inner"])
def test_folders_around_the_folder(tmp_path: Path, outer: str) -> None:
    folder = write_csv(tmp_path / outer / "ml-tiny")
    assert open_dataset(tmp_path / "outer").name == "ml-tiny"
    archive = zipped(folder, tmp_path / "some.zip", f"{outer}/ml-tiny")
    assert open_dataset(archive).name == "ml-tiny"


def test_deeper_folders_are_not_searched(tmp_path: Path) -> None:
    write_csv(tmp_path / "a" / "b" / "c" / "ml-tiny")
    with pytest.raises(SourceError, match="no MovieLens data set"):
        open_dataset(tmp_path / "a")


def test_two_data_sets_are_an_error(tmp_path: Path) -> None:
    write_csv(tmp_path / "outer" / "a")
    write_csv(tmp_path / "outer" / "b")
    with pytest.raises(SourceError, match="more than one"):
        open_dataset(tmp_path / "outer")


@pytest.mark.parametrize("files", [{}, {"ratings.csv": RATINGS_CSV}, {"u.data": ""}])
def test_no_data_set_is_an_error(tmp_path: Path, files: dict[str, str]) -> None:
    with pytest.raises(SourceError, match="no MovieLens data set"):
        open_dataset(write_files(tmp_path / "x", dict(files)))


def test_a_missing_path_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not exist"):
        open_dataset(tmp_path / "nowhere")
