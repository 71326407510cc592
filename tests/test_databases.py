"""What runs on PostgreSQL as well: the lists name files that exist, and leave out no SQL."""

import re
from pathlib import Path

import pytest

from tests.databases import EVERY_CASE, HERE, NO_SAY, is_whole, runs_again

# What may end in another way on another database.
SQL = re.compile(r"connection\.vendor|connection\.cursor\(|transaction=True|transactional_db")

VENDOR = re.compile(r"connection\.vendor")


def files_of(*paths: str) -> list[Path]:
    found: list[Path] = []
    for path in map(HERE.joinpath, paths):
        found += [path] if path.suffix else path.rglob("test_*.py")
    return found


def test_it_works(db: None, request: pytest.FixtureRequest) -> None:
    assert runs_again(request.node, set())
    assert not runs_again(request.node, {request.node.nodeid}), "another case of it ran"


def test_a_test_without_a_database_does_not_run_again(request: pytest.FixtureRequest) -> None:
    assert not runs_again(request.node, set())


def test_the_lists_name_what_there_is() -> None:
    paths = [*EVERY_CASE, *(path for paths in NO_SAY.values() for path in paths)]
    assert [path for path in paths if not files_of(path) or not (HERE / path).exists()] == []


def test_sql_and_transactions_are_not_left_out() -> None:
    """Processes may: they are about something else, or bring a database of their own."""
    left_out = files_of(
        *(path for why, paths in NO_SAY.items() if why != "processes" for path in paths)
    )
    assert [file.name for file in left_out if SQL.search(file.read_text())] == []


def test_what_asks_which_database_it_is_runs_with_every_case() -> None:
    processes = set(files_of(*NO_SAY["processes"]))
    asking = [file for file in files_of(".") if VENDOR.search(file.read_text())]
    assert len(asking) > 5
    assert [file for file in asking if not is_whole(file) and file not in processes] == []
