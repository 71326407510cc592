"""A small data set."""

from pathlib import Path

import pytest

from tests.movies.imports.movielens_files import (
    write_csv,
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "ml-tiny")
