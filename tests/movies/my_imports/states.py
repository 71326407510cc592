"""A member's imports in every state that has a page of its own."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from accounts.models import User
from movies.models import ImportedRow, Movie, PersonalImport

State, Match, Kind = PersonalImport.State, ImportedRow.Match, ImportedRow.Kind
N_PROBLEMS = {"not_a_film": 3, "no_rating": 2, "unreadable": 1}
OUTCOME = {"rating added": 412, "rating same": 20, "rating kept": 3, "watchlist added": 31}


def imports_in_every_state(user: User, movies: Sequence[Movie]) -> dict[str, PersonalImport]:
    now = timezone.now()
    common = {"user": user, "source": "letterboxd", "scale": "5", "queued_at": now}
    problems = [["ratings.csv", 17, "“nan” is not a rating"]]
    left_out = {"counts": N_PROBLEMS, "problems": problems}
    table = {
        "file": "mine.csv",
        "names": ["film", "jahr", "note"],
        "rows": [[2, ["Alien", "1979", "9"]], [3, ["Heat", "1995", "8"]]],
    }
    create = PersonalImport.objects.create
    made = {
        State.ASKING: create(user=user, source="csv", state=State.ASKING, table=table),
        State.READY: create(**common, **left_out, state=State.READY),
        State.WAITING: create(**common, state=State.WAITING, total=60, done=20),
        State.DONE: create(
            **{**common, "counts": {**N_PROBLEMS, **OUTCOME}},
            problems=problems,
            state=State.DONE,
            started_at=now,
            finished_at=now,
        ),
    }
    _add_rows(made[State.READY], movies)
    return made


def _add_rows(ready: PersonalImport, movies: Sequence[Movie]) -> None:
    rows = [
        (Kind.RATING, movies[0], Match.FOUND),
        (Kind.RATING, movies[1], Match.NEAR),
        (Kind.WATCHLIST, movies[2], Match.FOUND),
        (Kind.SEEN, movies[0], Match.TITLE),
        (Kind.RATING, None, Match.AMBIGUOUS),
        (Kind.RATING, None, Match.MISSING),
    ]
    ImportedRow.objects.bulk_create(
        ImportedRow(
            personal_import=ready,
            file="ratings.csv",
            line=line,
            kind=kind,
            title=movie.title if movie else "Solaris",
            year=movie.year if movie else 1972,
            half_stars=8 if kind == Kind.RATING else None,
            details={"candidates": [one.pk for one in movies[:2]]} if movie is None else {},
            movie=movie,
            match=match,
        )
        for line, (kind, movie, match) in enumerate(rows, start=2)
    )
