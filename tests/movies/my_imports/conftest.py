"""A small catalogue, and imports of uploads into it."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from movies.models import Movie, PersonalImport
from movies.my_imports import lifecycle, reading
from movies.my_imports.reading import Options

Import = Callable[..., PersonalImport]


@pytest.fixture
def films(make_movie: Callable[..., Movie]) -> dict[str, Movie]:
    return {
        "alien": make_movie("Alien", 1979, imdb_id="tt0078748", tmdb_id=348, movielens_id=1214),
        "heat": make_movie("Heat", 1995, imdb_id="tt0113277", tmdb_id=949, movielens_id=6),
        "solaris": make_movie(
            "Solaris", 1972, original_title="Solyaris", imdb_id="tt0069293", tmdb_id=593
        ),
        "amelie": make_movie("Amélie", 2001, original_title="Le Fabuleux Destin d'Amélie Poulain"),
    }


@pytest.fixture
def read(alice: User) -> Import:
    """Read an upload of Alice's."""

    def do(file: io.BytesIO, **options: object) -> PersonalImport:
        return reading.receive(alice, file, file.name, Options(**options))

    return do


@pytest.fixture
def do_import(read: Import) -> Import:
    """Read an upload and import it at once."""

    def do(file: io.BytesIO, policy: str = "newer", **options: object) -> PersonalImport:
        choices = {
            name: options.pop(name)
            for name in ("takes_title_matches", "adds_movies")
            if name in options
        }
        made = read(file, **options)
        lifecycle.start(made, policy=policy, **choices)
        assert lifecycle.run(made)
        made.refresh_from_db()
        assert made.state == "done", made.reason
        return made

    return do


@pytest.fixture
def time_machine_later() -> Iterator[Callable[[timedelta], None]]:
    """Move the clock on by this much and a second."""
    with contextlib.ExitStack() as stack:

        def move(by: timedelta) -> None:
            later = timezone.now() + by + timedelta(seconds=1)
            stack.enter_context(time_machine.travel(later))

        yield move
