"""Fill the database with a catalogue of the given size, for benchmarks/search.py.

    python benchmarks/web/large_catalogue.py 86000

Titles have one to five words, drawn from the built-in catalogue as often as they occur there.
Prints the session of a member with 200 ratings.
"""

from __future__ import annotations

import json
import sys

import django
import numpy as np

django.setup()

from django.db import connection  # noqa: E402

from accounts.models import User  # noqa: E402
from movies import published_figures  # noqa: E402
from movies.imports.demo.catalogue import demo_movies  # noqa: E402
from movies.models import Genre, Movie, Rating  # noqa: E402
from movies.titles import title_key  # noqa: E402
from tests.demo_site import session_of  # noqa: E402

GENRES = ("Drama", "Comedy", "Thriller", "Action", "Romance", "Horror", "Crime", "Documentary")
OWN = 200


def fill(size: int) -> User:
    rng = np.random.default_rng(1)
    real = [demo.movie for demo in demo_movies()]
    words = [word for movie in real for word in movie.title.split()]
    titles = [movie.title for movie in real][:size]
    lengths = rng.choice([1, 2, 3, 4, 5], size - len(titles), p=[0.2, 0.35, 0.25, 0.12, 0.08])
    titles += [" ".join(rng.choice(words, length)) for length in lengths]
    movies = Movie.objects.bulk_create(
        (
            Movie(
                title=title,
                title_key=title_key(title),
                year=int(rng.integers(1920, 2027)),
                runtime=int(rng.integers(60, 200)),
            )
            for title in titles
        ),
        batch_size=2_000,
    )
    genres = [Genre.objects.create(name=name, slug=name.lower()) for name in GENRES]
    link = Movie.genres.through
    picks = rng.integers(0, len(genres), (len(movies), 2))
    link.objects.bulk_create(
        (
            link(movie_id=movie.pk, genre_id=genres[place].pk)
            for movie, places in zip(movies, picks, strict=True)
            for place in set(places.tolist())
        ),
        batch_size=5_000,
    )
    member = User.objects.create_user("maria")
    Rating.objects.bulk_create(
        Rating(user=member, movie=movie, half_stars=int(rng.integers(1, 11)))
        for movie in movies[:OWN]
    )
    published_figures.publish_due()
    if connection.vendor == "postgresql":
        # As autovacuum does within a minute of such an import.
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    return member


if __name__ == "__main__":
    print(json.dumps({"session": session_of(fill(int(sys.argv[1])))}))
