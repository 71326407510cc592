"""The history of the demo's member: somebody who loves crime, science fiction and old Hollywood.

member.csv names well-known movies, the latest watched first; those without stars are for the
watchlist. Data sets differ, so more are named than are used: the first that the catalogue has.
"""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone

from movies.models import Mark, Movie, Rating, Viewing
from movies.periods import Period
from movies.titles import title_key

if TYPE_CHECKING:
    from accounts.models import User

FILE = Path(__file__).with_name("member.csv")
N_RATED, N_VIEWINGS, N_WATCHLIST = 40, 12, 8
# A movie every nine days; so the diary covers the last months.
DAYS_APART = 9
# Data sets disagree about the year of some movies.
YEARS_APART = 1


class Entry(NamedTuple):
    movie: Movie
    stars: float | None  # None for the watchlist
    note: str


def add_history(user: User) -> None:
    """Rate `N_RATED` movies, put the latest `N_VIEWINGS` in the diary, and fill the watchlist."""
    entries = _in_catalogue()
    rated = [entry for entry in entries if entry.stars is not None][:N_RATED]
    for place, entry in enumerate(rated):
        evening = timezone.now() - timedelta(days=1 + DAYS_APART * place)
        Rating.objects.rate(user, entry.movie, entry.stars or 0, rated_at=evening)
        if place < N_VIEWINGS:
            day = Period.of_day(timezone.localdate(evening))
            Viewing.objects.log(user, entry.movie, day, note=entry.note)
    wanted = [entry.movie for entry in entries if entry.stars is None]
    for movie in wanted[:N_WATCHLIST]:
        Mark.objects.add(user, movie, Mark.Kind.WATCHLIST)


def _in_catalogue() -> list[Entry]:
    by_title: dict[str, list[Movie]] = {}
    for movie in Movie.objects.only("title", "year").order_by("-n_ratings", "pk"):
        by_title.setdefault(title_key(movie.title), []).append(movie)
    found = []
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, strict=True):
            for movie in by_title.get(title_key(row["title"]), []):
                if movie.year and abs(movie.year - int(row["year"])) <= YEARS_APART:
                    stars = float(row["stars"]) if row["stars"] else None
                    found.append(Entry(movie, stars, row["note"]))
                    break
    return found
