"""The movie of the API: one object, wherever an answer has a movie.

The objects of an answer are written together, from movies and figures read together
(`movies.api.representation`). The serializers describe them in the schema, and put them where other
serializers have a movie.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from movies.api.people import (
    CreditSerializer,
    LinkSerializer,
    PersonNameSerializer,
    SourceSerializer,
)
from movies.cards import movie_urls
from movies.genres import genre_label
from movies.models import Mark, Movie
from movies.posters.sizes import DRAWN, NAMES, PICTURE, Poster, poster_urls
from movies.stars import STEPS
from movies.watching.serializers import WhereSerializer
from recommender.serving.predictions import OwnFigures, PredictedStars

STARS = {"type": "number", "minimum": STEPS[0], "maximum": STEPS[-1], "multipleOf": 0.5}


class MovieGenreSerializer(serializers.Serializer):
    slug = serializers.CharField(help_text="For the parameter `genre`; the same in all languages.")
    name = serializers.CharField(help_text="In your language.")


class PosterSerializer(serializers.Serializer):
    """WebP, two by three. Its address changes with the picture, so keep it as long as you like."""

    url = serializers.URLField()
    width = serializers.IntegerField(help_text="Pixels.")
    height = serializers.IntegerField(help_text="Pixels.")


class PostersSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(
        [PICTURE, DRAWN], help_text="`drawn`: by this site, for a movie without a picture."
    )
    small = PosterSerializer(help_text="240 pixels wide.")
    medium = PosterSerializer(help_text="480 pixels wide.")
    large = PosterSerializer(help_text="720 pixels wide; a `picture` is at most 480.")


class PredictedStarsSerializer(serializers.Serializer):
    """The stars we expect you to give. Eight in ten such ratings fall between `low` and `high`."""

    stars = serializers.FloatField(min_value=STEPS[0], max_value=STEPS[-1])
    low = serializers.FloatField(min_value=STEPS[0], max_value=STEPS[-1])
    high = serializers.FloatField(min_value=STEPS[0], max_value=STEPS[-1])


class MovieSerializer(serializers.Serializer):
    """A movie, with your rating, your marks and your predicted rating."""

    # The context has `movies`: the objects of the answer by movie id. What is serialized is a movie
    # or its id.

    id = serializers.IntegerField()
    title = serializers.CharField()
    original_title = serializers.CharField(allow_null=True)
    year = serializers.IntegerField(allow_null=True)
    url = serializers.URLField(help_text="The movie's page on this site.")
    genres = MovieGenreSerializer(many=True)
    runtime = serializers.IntegerField(allow_null=True, help_text="Minutes.")
    languages = serializers.ListField(
        child=serializers.CharField(), help_text="ISO 639-1, the main one first."
    )
    countries = serializers.ListField(
        child=serializers.CharField(), help_text="ISO 3166-1, the main one first."
    )
    directors = PersonNameSerializer(many=True)
    description = serializers.CharField(allow_null=True)
    movielens_id = serializers.IntegerField(allow_null=True)
    imdb_id = serializers.CharField(allow_null=True)
    tmdb_id = serializers.IntegerField(allow_null=True)
    wikidata_id = serializers.CharField(allow_null=True)
    posters = PostersSerializer()
    n_ratings = serializers.IntegerField(
        help_text="How many ratings `average` is based on; 0 while too few people have rated."
    )
    average = serializers.FloatField(
        allow_null=True,
        help_text="Mean stars; null while too few people have rated. Updated for several people "
        "at a time, so that nobody can work out a single rating.",
    )
    my_rating = serializers.SerializerMethodField(
        help_text="Your stars; null if you haven't rated it."
    )
    my_marks = serializers.ListField(
        child=serializers.ChoiceField(Mark.Kind.choices), help_text="Your marks."
    )
    predicted = PredictedStarsSerializer(
        allow_null=True, help_text="null without an account, and before the first training run."
    )

    @extend_schema_field({**STARS, "nullable": True})
    def get_my_rating(self, movie: Movie) -> float | None:
        """For the schema; `to_representation` has the value."""
        raise NotImplementedError

    def to_representation(self, movie: Movie | int) -> dict[str, Any]:
        return self.context["movies"][movie if isinstance(movie, int) else movie.pk]


class MovieDetailSerializer(MovieSerializer):
    """A movie with all of its facts."""

    alternative_titles = serializers.ListField(child=serializers.CharField())
    credits = CreditSerializer(many=True, help_text="Directors, writers, cast.")
    description_source = SourceSerializer(
        allow_null=True, help_text="Who wrote the description, if not this site."
    )
    links = LinkSerializer(many=True, help_text="Its pages on other sites.")
    where = WhereSerializer(help_text="Where to watch it.")


def movie_objects(
    request: Request, movies: Sequence[Movie], own: OwnFigures
) -> dict[int, dict[str, Any]]:
    """By movie id. The movies come from `Movie.….for_api()`."""
    site = request.build_absolute_uri("/").rstrip("/")
    writer = _Writer(site, own)
    return {movie.pk: writer.write(movie) for movie in movies}


class _Writer:
    """Writes the movies of one answer."""

    def __init__(self, site: str, own: OwnFigures) -> None:
        self._site, self._own = site, own
        self._url_of, self._poster_url = movie_urls(), poster_urls()
        self._labels: dict[str, str] = {}  # of genres, by name

    def write(self, movie: Movie) -> dict[str, Any]:
        average = movie.average
        return {
            "id": movie.pk,
            "title": movie.title,
            "original_title": movie.original_title or None,
            "year": movie.year,
            "url": self._site + self._url_of(movie),
            "genres": self._genres(movie),
            "runtime": movie.runtime,
            "languages": movie.languages.split(),
            "countries": movie.countries.split(),
            "directors": [{"id": pk, "name": name} for pk, name in movie.directors],
            "description": movie.description or None,
            "movielens_id": movie.movielens_id,
            "imdb_id": movie.imdb_id or None,
            "tmdb_id": movie.tmdb_id,
            "wikidata_id": movie.wikidata_id or None,
            "posters": self._posters(Poster.of(movie)),
            "n_ratings": movie.shown_count,
            "average": None if average is None else round(average, 2),
            "my_rating": self._own.ratings.get(movie.pk),
            "my_marks": list(self._own.marks.get(movie.pk, ())),
            "predicted": predicted_object(self._own.predicted.get(movie.pk)),
        }

    def _genres(self, movie: Movie) -> list[dict[str, str]]:
        rows = sorted((name, slug) for _id, name, slug in movie.genre_rows or [])
        return [{"slug": slug, "name": self._label(name)} for name, slug in rows]

    def _label(self, name: str) -> str:
        if name not in self._labels:
            self._labels[name] = genre_label(name)
        return self._labels[name]

    def _posters(self, poster: Poster) -> dict[str, Any]:
        sizes = {
            name: {
                "url": self._site + self._poster_url(poster, width),
                "width": width,
                "height": width * 3 // 2,
            }
            for name, width in zip(NAMES, poster.widths, strict=True)
        }
        return {"kind": poster.kind, **sizes}


def predicted_object(stars: PredictedStars | None) -> dict[str, float] | None:
    if stars is None:
        return None
    return {"stars": round(stars, 2), "low": round(stars.low, 2), "high": round(stars.high, 2)}
