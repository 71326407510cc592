"""The snapshot holds exactly what the tables hold."""

import pytest

from movies.models import Movie, Rating
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
