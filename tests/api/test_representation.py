"""What the API says of a movie is what its serializer declares."""

from collections.abc import Callable

import pytest
from django.test import RequestFactory

from movies.api.serializers import MovieSerializer
from movies.models import Movie
from recommender.serving.predictions import PredictedStars


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"runtime": 117, "imdb_id": "tt0078748", "tmdb_id": 348, "movielens_id": 1214},
        {"original_title": "Ålien", "description": "In space.", "year": None},
    ],
)
def test_it_is_what_rest_framework_would_say(
    make_movie: Callable[..., Movie], fields: dict
) -> None:
    movie = make_movie("Alien", **{"year": 1979, **fields}, genres="Horror|Sci-Fi")
    context = {
        "request": RequestFactory().get("/", headers={"Host": "localhost"}),
        "my_ratings": {movie.pk: 4.5},
        "predicted": {movie.pk: PredictedStars(4.123, 0.5)},
    }
    serializer = MovieSerializer(movie, context=context)
    theirs = super(MovieSerializer, serializer).to_representation(movie)
    assert serializer.data == theirs
    assert list(serializer.data) == list(theirs)
    assert serializer.data["url"] == f"http://localhost{movie.get_absolute_url()}"
