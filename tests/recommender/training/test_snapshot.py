"""The snapshot holds exactly what the tables hold."""

import numpy as np
import pytest

from movies.facts.movie_facts import MovieFacts, PersonFact
from movies.facts.writing import write_all
from movies.models import FactSource, Movie, Rating
from recommender.training import snapshot


def test_the_snapshot_is_the_table(
    two_tastes: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "IDS_PER_CHUNK", 100)
    ratings = snapshot.read_snapshot().ratings
    read = {
        (int(user), int(movie)): (float(stars), float(time))
        for user, movie, stars, time in zip(
            ratings.user_ids[ratings.user_index],
            ratings.item_ids[ratings.item_index],
            ratings.stars,
            ratings.times,
            strict=True,
        )
    }
    table = {
        (row.user_id, row.movie_id): (row.stars, float(int(row.rated_at.timestamp())))
        for row in Rating.objects.all()
    }
    assert read == table


def test_the_snapshot_places_movies_by_their_genres(make_movie) -> None:
    western, both, none = (
        make_movie(name, 1990, genres)
        for name, genres in (("A", "Western"), ("B", "Western|Comedy"), ("C", ""))
    )
    read = snapshot.read_snapshot()
    assert read.ratings.item_ids.tolist() == [western.pk, both.pk, none.pk]
    assert read.genres.sum(axis=1).tolist() == [1, 2, 0]


def test_facts_of_other_sites_are_not_learned_from(two_tastes: list[Movie]) -> None:
    """TMDB's terms forbid it."""
    before = snapshot.read_snapshot()
    facts = MovieFacts(
        year=1990,
        runtime=100,
        countries=("FR",),
        languages=("fr",),
        description="A tale.",
        directors=(PersonFact("Somebody", tmdb_id=1),),
        cast=(PersonFact("Somebody Else", tmdb_id=2),),
    )
    write_all(FactSource.TMDB, ((movie.pk, facts) for movie in two_tastes))
    after = snapshot.read_snapshot()
    assert after.rating_changes == before.rating_changes
    assert np.array_equal(after.genres, before.genres)
    for name in ("user_ids", "item_ids", "user_index", "item_index", "stars", "times"):
        assert np.array_equal(getattr(after.ratings, name), getattr(before.ratings, name)), name
