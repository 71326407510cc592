"""manage.py import_ratings."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from movies.models import Movie, PersonalImport, Rating
from tests.movies.my_imports import exports


@pytest.fixture
def letterboxd(tmp_path: Path) -> Path:
    path = tmp_path / "export.zip"
    path.write_bytes(exports.zip_file(exports.LETTERBOXD).getvalue())
    return path


def run(*words: str, **options: Any) -> str:
    out = io.StringIO()
    call_command("import_ratings", *words, stdout=out, **options)
    return out.getvalue()


def code(*words: str, **options: Any) -> int:
    with pytest.raises(CommandError) as error:
        run(*words, **options)
    return error.value.returncode


def test_it_works(films: dict[str, Movie], alice: User, letterboxd: Path) -> None:
    said = run("alice", str(letterboxd))
    assert "2 rating added" in said
    assert Rating.objects.of(alice).count() == 2
    report = json.loads(run("alice", str(letterboxd), "--json"))
    assert report["source"] == "letterboxd"
    assert report["counts"]["rating same"] == 2


def test_a_dry_run_writes_nothing(films: dict, alice: User, letterboxd: Path) -> None:
    assert "found" in run("alice", str(letterboxd), "--dry-run")
    assert not Rating.objects.exists()
    assert not PersonalImport.objects.exists()


def test_films_that_were_not_found(alice: User, letterboxd: Path, tmp_path: Path) -> None:
    missing = tmp_path / "missing.csv"
    assert code("alice", str(letterboxd), "--missing", str(missing)) == 3
    assert "Amélie,2001" in missing.read_text("utf-8")
    run("alice", str(letterboxd), "--add-movies")
    assert Rating.objects.of(alice).count() == 2


def test_a_table(films: dict, alice: User, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("Film,Jahr,Note\nAlien,1979,9\n")
    assert code("alice", str(path)) == 2
    words = ["--column", "title=Film", "--column", "year=Jahr", "--column", "rating=Note"]
    assert code("alice", str(path), *words) == 2
    run("alice", str(path), "--source", "csv", *words, "--scale", "10")
    assert Rating.objects.of(alice).get().stars == 4.5


@pytest.mark.parametrize(
    "words",
    [
        ["nobody", "{file}"],
        ["alice", "/nowhere.zip"],
        ["alice", "/"],
        ["alice", "{file}", "--source", "imdb"],
        ["alice", "{file}", "--column", "title"],
        ["alice", "{file}", "--column", "director=x"],
        ["alice", "{file}", "--missing", "/nowhere/x.csv"],
    ],
)
def test_bad_input(alice: User, letterboxd: Path, words: list[str]) -> None:
    assert code(*(word.format(file=letterboxd) for word in words)) == 2
    assert not PersonalImport.objects.exists()
