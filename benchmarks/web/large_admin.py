"""Fill the database for benchmarks/admin.py.

    python benchmarks/web/large_admin.py MOVIES RATINGS

One movie in fifty has a duplicate. Prints the session of an operator, and ids of a well known movie
and of a busy rater.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import django
import numpy as np

django.setup()

sys.path.insert(0, str(Path(__file__).parent))

from django.db import connection, transaction  # noqa: E402
from large_catalogue import fill as fill_catalogue  # noqa: E402

from accounts.models import User  # noqa: E402
from movies import published_figures  # noqa: E402
from movies.imports.rating_rows import RatingRows, insert  # noqa: E402
from movies.models import Movie, Rating  # noqa: E402
from movies.models.triggers.rating_counts import counted_at_once  # noqa: E402
from tests.demo_site import session_of  # noqa: E402

RATERS, AT_ONCE = 5_000, 100_000


def fill(n_movies: int, n_ratings: int) -> dict[str, object]:
    fill_catalogue(n_movies)
    _duplicate(n_movies // 50)
    pairs = add_ratings(n_ratings)
    operator = User.objects.create_superuser("operator")
    return {
        "session": session_of(operator),
        "movie": Movie.objects.order_by("pk").values_list("pk", flat=True)[0],
        "rater": int(pairs[0, 0]),
        "ratings": len(pairs),
    }


def add_ratings(n_ratings: int) -> np.ndarray:
    """Ratings of a data set's raters, as rows of user and movie."""
    rng = np.random.default_rng(2)
    movies = np.fromiter(Movie.objects.order_by("pk").values_list("pk", flat=True), np.int64)
    raters = User.objects.bulk_create(
        User(username=f"set:{n}", is_active=False, is_dataset_member=True) for n in range(RATERS)
    )
    # Popularity as in ml-25m: the thousandth movie has a hundredth of the ratings of the first.
    weight = 1 / (np.arange(len(movies)) + 20.0)
    users = np.array([rater.pk for rater in raters])[rng.integers(0, RATERS, 2 * n_ratings)]
    rated = rng.choice(movies, 2 * n_ratings, p=weight / weight.sum())
    pairs = np.unique(np.stack([users, rated], axis=1), axis=0)
    pairs = pairs[rng.permutation(len(pairs))[:n_ratings]]
    for start in range(0, len(pairs), AT_ONCE):
        _insert(pairs[start : start + AT_ONCE], rng)
    published_figures.publish_due()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    return pairs


def _duplicate(n: int) -> None:
    twins = [
        Movie(title=movie.title, title_key=movie.title_key, year=movie.year)
        for movie in Movie.objects.order_by("?")[:n]
    ]
    Movie.objects.bulk_create(twins, batch_size=2_000)


def _insert(pairs: np.ndarray, rng: np.random.Generator) -> None:
    n, now = len(pairs), int(time.time())
    stars = rng.integers(1, 11, n)
    rows = RatingRows(pairs[:, 0], pairs[:, 1], stars, now - rng.integers(0, 10**8, n))
    with (
        transaction.atomic(),
        counted_at_once(connection, rows.movies.tolist(), stars.tolist()),
    ):
        insert(rows, Rating._meta.db_table)


if __name__ == "__main__":
    print(json.dumps(fill(int(sys.argv[1]), int(sys.argv[2]))))
