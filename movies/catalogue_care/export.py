"""The catalogue as CSV, JSON or Excel file, in the columns that "Import movies" reads."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from import_export import fields, resources
from import_export.formats.base_formats import CSV, JSON, XLSX

from cfsite.lib.safe_csv import safe_cell
from movies.models import Movie

FORMATS = (CSV, JSON, XLSX)


class MovieResource(resources.ModelResource):
    """One row a movie. No cell is a formula to a spreadsheet; reading it back gives the same."""

    movieId = fields.Field(attribute="movielens_id")  # noqa: N815  as MovieLens calls it
    genres = fields.Field()

    class Meta:
        model = Movie
        fields = (
            *("title", "original_title", "year", "genres", "runtime", "countries", "languages"),
            *("description", "imdb_id", "tmdb_id", "wikidata_id", "movieId"),
        )
        export_order = fields

    def dehydrate_genres(self, movie: Movie) -> str:
        return "|".join(sorted(genre.name for genre in movie.genres.all()))

    def filter_export(self, queryset: QuerySet[Movie], **kwargs: Any) -> QuerySet[Movie]:
        return queryset.prefetch_related("genres")

    def export_field(self, field: fields.Field, instance: Movie, **kwargs: Any) -> Any:
        value = super().export_field(field, instance, **kwargs)
        return safe_cell(value) if isinstance(value, str) else value
