"""Fill the database for benchmarks/lists.py.

    python benchmarks/web/large_lists.py MOVIES RATINGS

A fitted site on which one person is a member with ratings, marks, a diary and a list, and operator.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import django

django.setup()

sys.path.insert(0, str(Path(__file__).parent))

from large_admin import add_ratings  # noqa: E402
from large_site import Size  # noqa: E402
from large_site import fill as fill_site  # noqa: E402

from accounts.models import User  # noqa: E402
from movies.lists import entries, lifecycle  # noqa: E402
from movies.models import Mark, Movie, Viewing  # noqa: E402
from tests.demo_site import session_of  # noqa: E402

MARKED, VIEWED, LISTED = 1_000, 1_000, 200


def fill(n_movies: int, n_ratings: int) -> dict[str, object]:
    own = min(2_000, n_movies // 10)
    people = fill_site(Size(movies=n_movies, own_ratings=100, ratings_of_first=(own,), askers=1))
    pairs = add_ratings(n_ratings)
    User.objects.filter(pk=people[0].pk).update(is_staff=True, is_superuser=True)
    person = User.objects.get(pk=people[0].pk)
    movies = list(Movie.objects.order_by("-pk")[:MARKED])
    for movie in movies[:MARKED]:
        Mark.objects.add(person, movie, Mark.Kind.WATCHLIST)
    for movie in movies[:VIEWED]:
        Viewing.objects.log(person, movie)
    made = lifecycle.create(person, "Rainy Sundays", visibility="public")
    for movie in movies[:LISTED]:
        entries.add(made, movie)
    return {
        "session": session_of(person),
        "list": made.pk,
        "list_page": made.get_absolute_url(),
        "movie": movies[0].pk,
        "rater": int(pairs[0, 0]),
    }


if __name__ == "__main__":
    print(json.dumps(fill(int(sys.argv[1]), int(sys.argv[2]))))
