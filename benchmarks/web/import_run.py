"""Import a large Letterboxd zip in this process, for benchmarks/importing.py.

    python benchmarks/web/import_run.py CATALOGUE ROWS

Fills the database that the environment names with the built-in catalogue and generated titles, and
prints the figures as JSON.
"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
django.setup()

from accounts.models import User  # noqa: E402
from movies.imports.demo.catalogue import demo_movies  # noqa: E402
from movies.models import ImportedRow, Movie, PersonalImport, Rating  # noqa: E402
from movies.my_imports import lifecycle, reading  # noqa: E402
from movies.titles import title_key  # noqa: E402
from tests.movies.my_imports.noise import counted, letterboxd  # noqa: E402


def fill(size: int) -> list[Movie]:
    rng = random.Random(1)
    real = [demo.movie for demo in demo_movies()]
    films = [(movie.title, movie.original_title, movie.year) for movie in real]
    words = [word for title, *_ in films for word in title.split()]
    while len(films) < size:
        title = " ".join(rng.choices(words, k=rng.choice((2, 3, 3, 4, 5))))
        films.append((title, "", rng.randint(1920, 2026)))
    return Movie.objects.bulk_create(
        (
            Movie(
                title=title,
                original_title=original,
                title_key=title_key(title, original),
                year=year,
            )
            for title, original, year in films[:size]
        ),
        batch_size=1000,
    )


def main(size: int, n: int) -> dict[str, float]:
    movies = fill(size)
    user = User.objects.create_user("maria")
    export = letterboxd(movies, n)
    figures: dict[str, float] = {"zip_kb": len(export.zip.getvalue()) / 1000}
    made = _timed(figures, "read", lambda: _read(user, export.zip))
    rows = ImportedRow.objects.filter(personal_import=made, kind="rating")
    matches = {
        (title, year): movie for title, year, movie in rows.values_list("title", "year", "movie")
    }
    figures["matched"], figures["wrong"] = counted(export, matches)
    figures["rows"] = made.total
    lifecycle.start(made, wakes_worker=False)
    _run(figures, "work", made)
    figures["ratings"] = Rating.objects.of(user).count()
    again = _read(user, export.zip)
    lifecycle.start(again, policy="theirs", wakes_worker=False)
    _run(figures, "again", again)
    figures["changed_again"] = sum(
        number for key, number in again.counts.items() if key.endswith((" added", " changed"))
    )
    lifecycle.start_undo(made)
    _run(figures, "undo", made)
    figures["left_after_undo"] = Rating.objects.of(user).count()
    return figures


def _read(user: User, file: object) -> PersonalImport:
    return reading.receive(user, file, "letterboxd.zip", reading.Options())


def _run(figures: dict[str, float], name: str, work: PersonalImport) -> None:
    """The whole time, and that of the longest batch."""
    last, longest = time.perf_counter(), 0.0

    def on_progress(_done: int, _total: int) -> None:
        nonlocal last, longest
        now = time.perf_counter()
        last, longest = now, max(longest, now - last)

    _timed(figures, name, lambda: lifecycle.run(work, on_progress=on_progress))
    figures[f"{name}_batch"] = longest
    work.refresh_from_db()


def _timed(figures: dict[str, float], name: str, do: object) -> PersonalImport:
    began = time.perf_counter()
    found = do()  # type: ignore[operator]
    figures[name] = time.perf_counter() - began
    return found


if __name__ == "__main__":
    print(json.dumps(main(*map(int, sys.argv[1:3]))))
