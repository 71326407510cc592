"""Serializers of movies, ratings and marks."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cfsite.lib.strict import StrictSerializer
from movies.api.people import (
    CreditSerializer,
    LinkSerializer,
    PersonNameSerializer,
    SourceSerializer,
)
from movies.models import EarlierRating, Genre, Mark, Movie, Rating
from movies.posters.files import poster_url
from movies.stars import STEPS, to_half_stars
from movies.watching.serializers import WhereSerializer

STARS = {"type": "number", "minimum": STEPS[0], "maximum": STEPS[-1], "multipleOf": 0.5}


@extend_schema_field(STARS)
class StarsField(serializers.Field):
    """Stars on the half-star grid, as a JSON number: "4" and true are rejected."""

    default_error_messages = {
        "invalid": "A rating is one of 0.5, 1.0, 1.5 ... 5.0 stars, as a number."
    }

    def to_internal_value(self, data: Any) -> float:
        if not isinstance(data, int | float):
            self.fail("invalid")
        try:
            return to_half_stars(data) / 2
        except ValueError:
            self.fail("invalid")

    def to_representation(self, value: float) -> float:
        return value


class GenreSerializer(serializers.ModelSerializer):
    class Meta:
        model = Genre
        fields = ["name", "slug"]
        read_only_fields = fields


class MovieCardSerializer(serializers.ModelSerializer):
    """The short form of a movie, nested in other objects."""

    url = serializers.SerializerMethodField(help_text="The movie's page on this site.")

    class Meta:
        model = Movie
        fields = ["id", "title", "year", "url"]
        read_only_fields = fields

    def get_url(self, movie: Movie) -> str:
        return self._site + movie.get_absolute_url()

    @property
    def _site(self) -> str:
        """Scheme and host of URLs, built once per response."""
        site = self.context.get("site")
        if site is None:
            site = self.context["request"].build_absolute_uri("/").rstrip("/")
            self.context["site"] = site
        return site


class ChoiceSerializer(serializers.Serializer):
    value = serializers.CharField(help_text="The value to send for this choice.")
    label = serializers.CharField()
    n = serializers.IntegerField(help_text="Movies left if you add this choice.")
    chosen = serializers.BooleanField(source="on")


class FacetSerializer(serializers.Serializer):
    key = serializers.CharField(help_text="The query parameter these choices belong to.")
    label = serializers.CharField()
    choices = ChoiceSerializer(many=True)


class FacetsSerializer(serializers.Serializer):
    """Facets with the counts of their choices; those with a single choice are left out."""

    n = serializers.IntegerField(help_text="Movies that match the current choices.")
    facets = FacetSerializer(many=True)


class MovieSerializer(MovieCardSerializer):
    """A movie with your rating and your predicted rating."""

    # The context has `my_ratings` and `predicted`: stars by movie id, for all movies of a page.
    # Predicted stars may have `spread`, `low` and `high`.

    genres = serializers.SerializerMethodField()
    countries = serializers.SerializerMethodField(help_text="ISO 3166-1, the main one first.")
    languages = serializers.SerializerMethodField(help_text="ISO 639-1, the main one first.")
    directors = serializers.SerializerMethodField()
    poster = serializers.SerializerMethodField(
        help_text="An image, two by three: WebP if there is one, else an SVG drawn by this site."
    )
    n_ratings = serializers.IntegerField(
        source="shown_count",
        help_text="How many ratings `average` is based on; 0 while too few people have rated.",
    )
    average = serializers.SerializerMethodField(
        help_text="Mean stars; null while too few people have rated. Updated for several people "
        "at a time, so that nobody can work out a single rating."
    )
    my_rating = serializers.SerializerMethodField(
        help_text="Your stars; null if you haven't rated it."
    )
    predicted = serializers.SerializerMethodField(
        help_text="The stars we expect you to give; null if there is no prediction."
    )
    spread = serializers.SerializerMethodField(
        help_text="Standard deviation of your rating around `predicted`, in stars."
    )
    interval_80 = serializers.SerializerMethodField(
        help_text="Lowest and highest: eight in ten such ratings fall between these stars."
    )

    class Meta:
        model = Movie
        fields = [
            "id",
            "title",
            "original_title",
            "year",
            "genres",
            "runtime",
            "countries",
            "languages",
            "directors",
            "description",
            "movielens_id",
            "imdb_id",
            "tmdb_id",
            "wikidata_id",
            "url",
            "poster",
            "n_ratings",
            "average",
            "my_rating",
            "predicted",
            "spread",
            "interval_80",
        ]
        read_only_fields = fields

    @extend_schema_field(GenreSerializer(many=True))
    def get_genres(self, movie: Movie) -> list[dict[str, str]]:
        return [{"name": genre.name, "slug": genre.slug} for genre in movie.genre_list]

    def get_countries(self, movie: Movie) -> list[str]:
        return movie.countries.split()

    def get_languages(self, movie: Movie) -> list[str]:
        return movie.languages.split()

    @extend_schema_field(PersonNameSerializer(many=True))
    def get_directors(self, movie: Movie) -> list[dict[str, Any]]:
        return [{"id": pk, "name": name} for pk, name in movie.directors]

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_poster(self, movie: Movie) -> str:
        return self._site + poster_url(movie)

    def get_average(self, movie: Movie) -> float | None:
        return None if movie.average is None else round(movie.average, 2)

    @extend_schema_field({**STARS, "nullable": True})
    def get_my_rating(self, movie: Movie) -> float | None:
        return self.context["my_ratings"].get(movie.pk)

    def get_predicted(self, movie: Movie) -> float | None:
        stars = self.context["predicted"].get(movie.pk)
        return None if stars is None else round(stars, 2)

    def get_spread(self, movie: Movie) -> float | None:
        spread = getattr(self.context["predicted"].get(movie.pk), "spread", None)
        return None if spread is None else round(spread, 2)

    @extend_schema_field({"type": "array", "items": {"type": "number"}, "nullable": True})
    def get_interval_80(self, movie: Movie) -> list[float] | None:
        stars = self.context["predicted"].get(movie.pk)
        if getattr(stars, "spread", None) is None:
            return None
        return [round(stars.low, 2), round(stars.high, 2)]


class MovieDetailSerializer(MovieSerializer):
    """A movie with all of its facts."""

    # The context has the values of these fields too.

    alternative_titles = serializers.SerializerMethodField()
    credits = serializers.SerializerMethodField(help_text="Directors, writers, cast.")
    description_source = serializers.SerializerMethodField(
        help_text="Who wrote the description, if not this site."
    )
    links = serializers.SerializerMethodField(help_text="Its pages on other sites.")
    where = serializers.SerializerMethodField(help_text="Where to watch it.")

    class Meta(MovieSerializer.Meta):
        fields = [
            *MovieSerializer.Meta.fields,
            "alternative_titles",
            "credits",
            "description_source",
            "links",
            "where",
        ]
        read_only_fields = fields

    def get_alternative_titles(self, movie: Movie) -> list[str]:
        return self.context["alternative_titles"]

    @extend_schema_field(CreditSerializer(many=True))
    def get_credits(self, movie: Movie) -> list[dict[str, Any]]:
        return self.context["credits"]

    @extend_schema_field(SourceSerializer(allow_null=True))
    def get_description_source(self, movie: Movie) -> dict[str, str] | None:
        return self.context["description_source"]

    @extend_schema_field(LinkSerializer(many=True))
    def get_links(self, movie: Movie) -> list[dict[str, str]]:
        return self.context["links"]

    @extend_schema_field(WhereSerializer)
    def get_where(self, movie: Movie) -> dict[str, Any]:
        return self.context["where"]


class RatingSerializer(serializers.ModelSerializer):
    """One of your ratings."""

    movie = MovieCardSerializer(read_only=True)
    stars = StarsField(read_only=True)

    class Meta:
        model = Rating
        fields = ["movie", "stars", "rated_at", "updated_at", "prediction_shown"]
        read_only_fields = fields


class EarlierRatingSerializer(serializers.ModelSerializer):
    """A rating you have since changed or removed."""

    movie = MovieCardSerializer(read_only=True)
    stars = StarsField(read_only=True)

    class Meta:
        model = EarlierRating
        fields = ["movie", "stars", "rated_at", "replaced_at"]
        read_only_fields = fields


class RateSerializer(StrictSerializer):
    """The body of a PUT; user and movie are known from the request."""

    stars = StarsField()
    prediction_shown = serializers.BooleanField(
        default=False,
        help_text="Whether a predicted rating was visible when this rating was given.",
    )


class MarkSerializer(serializers.ModelSerializer):
    movie = MovieCardSerializer(read_only=True)

    class Meta:
        model = Mark
        fields = ["movie", "kind", "created_at"]
        read_only_fields = fields
