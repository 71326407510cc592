"""Two rows of one movie, with every kind of row that can belong to a movie."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import serializers
from django.utils import timezone

from accounts.models import User
from movies import published_figures
from movies.catalogue_care.movie_rows import FOLLOWING
from movies.models import (
    AlternativeTitle,
    Credit,
    FactFetch,
    ImportedRow,
    Library,
    LibraryItem,
    Mark,
    Movie,
    MovieList,
    MovieRequest,
    Person,
    PersonalImport,
    Rating,
    TmdbPoster,
    Viewing,
)
from movies.models.rating_history import EarlierRating
from recommender.models import (
    Guest,
    GuestRating,
    LoggedPrediction,
    StartingAnswer,
    TrainingRun,
    TriedRating,
)

TODAY = timezone.now()
LONG_AGO = TODAY - timedelta(days=400)


def rows_of_movies() -> dict[str, list[dict[str, Any]]]:
    """All rows that a merge may touch, with all their columns."""
    models = {rows.model for rows in FOLLOWING}
    models |= {Movie, AlternativeTitle, Credit, FactFetch, TmdbPoster}
    found = {}
    for model in models:
        rows = model._base_manager.order_by("pk")
        found[model._meta.label] = serializers.serialize("python", rows)
    return found


@pytest.fixture
def pair(make_movie: Callable[..., Movie]) -> tuple[Movie, Movie]:
    """The row that is kept, with few facts, and its duplicate, with many."""
    kept = make_movie("Solyaris", 1972, imdb_id="tt0069293")
    double = make_movie(
        "Solaris",
        1972,
        "Drama|Sci-Fi",
        original_title="Солярис",
        movielens_id=2069,
        runtime=167,
        countries="SU",
        description="A psychologist visits a station above a strange ocean.",
        fact_sources={"runtime": {"source": "wikidata", "at": "2026-11-01"}},
    )
    return kept, double


@pytest.fixture
def raters(make_user: Callable[..., User]) -> list[User]:
    return [make_user(f"rater{n}", email=None) for n in range(6)]


@pytest.fixture
def everything(
    pair: tuple[Movie, Movie], raters: list[User], alice: User, bob: User
) -> tuple[Movie, Movie]:
    """Alice did everything with both, Bob with the duplicate alone."""
    kept, double = pair
    for n, user in enumerate(raters):
        Rating.objects.rate(user, kept if n % 2 else double, 3 + n / 2 % 2, rated_at=LONG_AGO)
    Rating.objects.rate(alice, kept, 2, rated_at=LONG_AGO)
    Rating.objects.rate(alice, double, 4.5)
    Rating.objects.filter(user=alice, movie=kept).update(updated_at=LONG_AGO)
    Rating.objects.rate(bob, double, 4)
    history = {"half_stars": 5, "rated_at": LONG_AGO, "replaced_at": TODAY}
    EarlierRating.objects.create(user=bob, movie=double, **history)
    for user, movie in ((alice, kept), (alice, double), (bob, double)):
        Mark.objects.add(user, movie, Mark.Kind.WATCHLIST)
        Viewing.objects.log(user, movie, note=f"in {movie}", tags=["cinema"])
        StartingAnswer.objects.create(user=user, movie=movie, kind="favourite")
        _put_on_lists(user, movie)
    _add_rows_of_guests(kept, double, alice)
    _add_facts(kept, double)
    own_import = PersonalImport.objects.create(user=bob, source="letterboxd")
    ImportedRow.objects.create(
        personal_import=own_import, line=1, kind="rating", movie=double, match="found"
    )
    MovieRequest.objects.create(title="Solaris", movie=double, state="added")
    library = Library.objects.create(source=Library.Source.FILE)
    for movie in (kept, double):
        LibraryItem.objects.create(library=library, movie=movie)
    published_figures.publish_due()
    return Movie.objects.get(pk=kept.pk), Movie.objects.get(pk=double.pk)


def _put_on_lists(user: User, movie: Movie) -> None:
    movie_list, _new = MovieList.objects.get_or_create(owner=user, name="Space")
    movie_list.entries.create(movie=movie, position=movie_list.entries.count() + 1, note="slow")


def _add_rows_of_guests(kept: Movie, double: Movie, alice: User) -> None:
    run = TrainingRun.objects.create(state=TrainingRun.State.READY)
    guest = Guest.objects.create(name="Gus")
    for movie in (kept, double):
        GuestRating.objects.create(guest=guest, movie=movie, half_stars=7)
        TriedRating.objects.create(visitor="token", movie=movie, half_stars=8)
        LoggedPrediction.objects.create(
            user=alice,
            movie=movie,
            run=run,
            predicted=3.5,
            half_stars=9,
            prediction_shown=False,
            rated_at=TODAY,
        )


def _add_facts(kept: Movie, double: Movie) -> None:
    director, actor = (Person.objects.create(name=name) for name in ("A. T.", "N. B."))
    Credit.objects.create(movie=kept, person=director, role="director")
    Credit.objects.create(movie=double, person=director, role="director")
    Credit.objects.create(movie=double, person=actor, role="cast")
    AlternativeTitle.objects.create(movie=double, title="Soljaris")
    FactFetch.objects.create(movie=double, source="wikidata")
    TmdbPoster.objects.create(movie=double, fetched_at=TODAY)
    TmdbPoster.objects.create(movie=kept, problem="TMDB has no poster")
    Movie.objects.filter(pk=double.pk).update(poster_file=f"{double.pk}-tmdb-abc")
