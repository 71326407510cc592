"""Serializers of people and of what is known of a movie beside its card."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import NoReverseMatch
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from movies.facts.links import OutboundLink, movie_links, person_links
from movies.models import Credit, FactSource, Movie, Person

# Name, SPDX identifier of the licence, and address, where there are.
_SOURCES = {
    FactSource.BUILT_IN: ("cfsite", "MIT", None),
    FactSource.WIKIDATA: ("Wikidata", "CC0-1.0", "https://www.wikidata.org/"),
    FactSource.TMDB: ("TMDB", None, "https://www.themoviedb.org/"),
}


class PersonNameSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class CreditSerializer(serializers.Serializer):
    person = serializers.IntegerField(help_text="The person's id: `/artists/{id}/`.")
    name = serializers.CharField()
    role = serializers.ChoiceField(Credit.Role.choices)
    character = serializers.CharField(allow_null=True, help_text="Of the cast, where known.")
    order = serializers.IntegerField(help_text="Order of billing within the role, from 0.")


class LinkSerializer(serializers.Serializer):
    name = serializers.CharField()
    url = serializers.URLField()


class SourceSerializer(serializers.Serializer):
    name = serializers.CharField()
    licence = serializers.CharField(
        allow_null=True, help_text="SPDX identifier; null for terms of the source."
    )
    url = serializers.URLField(allow_null=True)


def details_of(movie: Movie) -> dict[str, Any]:
    """What only the answer about one movie has; two queries."""
    names = movie.alternative_titles.order_by("pk").values_list("title", flat=True)
    return {
        "alternative_titles": list(names),
        "credits": credits_of(movie),
        "description_source": _source(movie) if movie.description else None,
        "links": _links(movie_links(movie)),
    }


def credits_of(movie: Movie) -> list[dict[str, Any]]:
    """Directors, writers and cast, each in order."""
    roles = list(Credit.Role.values)
    rows = movie.credits.select_related("person").order_by("position", "pk")
    found = [
        {
            "person": credit.person_id,
            "name": credit.person.name,
            "role": credit.role,
            "character": credit.character or None,
            "order": credit.position,
        }
        for credit in rows
    ]
    return sorted(found, key=lambda credit: roles.index(credit["role"]))


def _source(movie: Movie) -> dict[str, str | None] | None:
    known = _SOURCES.get(movie.fact_sources.get("description", {}).get("source"))
    return None if known is None else dict(zip(("name", "licence", "url"), known, strict=True))


def _links(links: Iterable[OutboundLink]) -> list[dict[str, str]]:
    return [{"name": link.name, "url": link.url} for link in links]


class NullIfEmptyField(serializers.CharField):
    """A text that is not known is null."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, allow_null=True, **kwargs)

    def to_representation(self, value: str) -> str | None:
        return value or None


class PersonSerializer(serializers.ModelSerializer):
    """A director, writer or actor."""

    # The context has `n_movies`: by person id.

    imdb_id = NullIfEmptyField()
    wikidata_id = NullIfEmptyField()
    n_movies = serializers.SerializerMethodField(help_text="Their movies in this catalogue.")
    url = serializers.SerializerMethodField(help_text="Their page on this site.")
    links = serializers.SerializerMethodField(help_text="Their pages on other sites.")

    class Meta:
        model = Person
        fields = ["id", "name", "n_movies", "imdb_id", "tmdb_id", "wikidata_id", "url", "links"]
        read_only_fields = fields

    def get_n_movies(self, person: Person) -> int:
        return self.context["n_movies"][person.pk]

    def get_url(self, person: Person) -> str:
        try:
            return self.context["request"].build_absolute_uri(person.get_absolute_url())
        except NoReverseMatch:
            return ""

    @extend_schema_field(LinkSerializer(many=True))
    def get_links(self, person: Person) -> list[dict[str, str]]:
        return _links(person_links(person))
