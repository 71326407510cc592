"""Fill the database with a catalogue of the given size, for benchmarks/search.py.

    python benchmarks/web/large_catalogue.py 86000

Titles have one to five words, drawn from the built-in catalogue as often as they occur there. Each
movie has people, a description of such words, countries and languages; few people made many movies
and most made one or two. Prints the session of a member with 200 ratings.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence

import django
import numpy as np

django.setup()

from django.db import connection  # noqa: E402

from accounts.models import User  # noqa: E402
from movies import published_figures  # noqa: E402
from movies.imports.demo.catalogue import demo_movies  # noqa: E402
from movies.models import AlternativeTitle, Credit, Genre, Movie, Person, Rating  # noqa: E402
from movies.titles import fold, title_key  # noqa: E402
from tests.demo_site import session_of  # noqa: E402

GENRES = ("Drama", "Comedy", "Thriller", "Action", "Romance", "Horror", "Crime", "Documentary")
OWN = 200
# Countries with their language and their share of the movies.
COUNTRIES = (
    *(("US", "en", 0.42), ("GB", "en", 0.09), ("FR", "fr", 0.09), ("IT", "it", 0.06)),
    *(("DE", "de", 0.06), ("JP", "ja", 0.06), ("IN", "hi", 0.06), ("ES", "es", 0.04)),
    *(("CA", "en", 0.04), ("HK", "zh", 0.03), ("SE", "sv", 0.02), ("KR", "ko", 0.03)),
)
# People for each movie, and roles: one director, one writer, five of the cast.
PEOPLE_PER_MOVIE = 2
ROLES = ("director", "writer", *["cast"] * 5)
FIRST_NAMES, LAST_NAMES = 600, 40_000
# The share of the person of rank r falls with 1 / (r + FLATTENED) ** 0.9: the busiest have some
# hundred movies.
FLATTENED = 200
BEST_KNOWN = "Quentin Tarantino"
WORDS_OF_DESCRIPTION = 22


def fill(size: int) -> User:
    rng = np.random.default_rng(1)
    real = [demo.movie for demo in demo_movies()]
    words = [word for movie in real for word in movie.title.split()]
    titles = [movie.title for movie in real][:size]
    lengths = rng.choice([1, 2, 3, 4, 5], size - len(titles), p=[0.2, 0.35, 0.25, 0.12, 0.08])
    titles += [" ".join(rng.choice(words, length)) for length in lengths]
    places = rng.choice(len(COUNTRIES), (size, 2), p=[share for *_, share in COUNTRIES])
    sentences = rng.choice(words, (size, WORDS_OF_DESCRIPTION))
    movies = Movie.objects.bulk_create(
        (
            Movie(
                title=title,
                title_key=title_key(title),
                year=int(rng.integers(1920, 2027)),
                runtime=int(rng.integers(60, 200)),
                description=f"{' '.join(sentence)}.",
                countries=" ".join(dict.fromkeys(COUNTRIES[place][0] for place in both)),
                languages=COUNTRIES[both[0]][1],
            )
            for title, sentence, both in zip(titles, sentences, places.tolist(), strict=True)
        ),
        batch_size=2_000,
    )
    _link_genres(rng, movies)
    _name_otherwise(rng, movies, words)
    _credit(rng, movies)
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


def _link_genres(rng: np.random.Generator, movies: Sequence[Movie]) -> None:
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


def _name_otherwise(
    rng: np.random.Generator, movies: Sequence[Movie], words: Sequence[str]
) -> None:
    """Every third movie has an alternative title."""
    named = movies[::3]
    titles = [" ".join(each) for each in rng.choice(words, (len(named), 3))]
    AlternativeTitle.objects.bulk_create(
        (
            AlternativeTitle(movie=movie, title=title, title_key=title_key(title))
            for movie, title in zip(named, titles, strict=True)
        ),
        batch_size=5_000,
    )


def _credit(rng: np.random.Generator, movies: Sequence[Movie]) -> None:
    n = PEOPLE_PER_MOVIE * len(movies)
    people = Person.objects.bulk_create(
        (Person(name=name, name_key=fold(name)) for name in _names(rng, n)), batch_size=5_000
    )
    shares = 1 / (np.arange(n) + FLATTENED) ** 0.9
    drawn = rng.choice(n, (len(movies), len(ROLES)), p=shares / shares.sum())
    Credit.objects.bulk_create(
        (
            Credit(movie_id=movie.pk, person_id=people[place].pk, role=role, position=position)
            for movie, places in zip(movies, drawn.tolist(), strict=True)
            for position, (role, place) in enumerate(zip(ROLES, places, strict=True))
        ),
        batch_size=5_000,
        ignore_conflicts=True,  # somebody drawn twice for the same role
    )


def _names(rng: np.random.Generator, n: int) -> Iterator[str]:
    syllables = [first + vowel for first in "bcdfghjklmnprstvwz" for vowel in ("a", "e", "i", "or")]

    def made(count: int, most: int) -> list[str]:
        lengths = rng.integers(2, most + 1, count)
        return ["".join(rng.choice(syllables, length)).capitalize() for length in lengths]

    first, last = made(FIRST_NAMES, 3), made(LAST_NAMES, 4)
    yield BEST_KNOWN
    # A few names are borne by many.
    for one, other in zip(rng.zipf(1.4, n), rng.zipf(1.2, n), strict=True):
        yield f"{first[one % FIRST_NAMES]} {last[other % LAST_NAMES]}"


if __name__ == "__main__":
    print(json.dumps({"session": session_of(fill(int(sys.argv[1])))}))
