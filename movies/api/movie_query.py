"""Which movies a client asks for: the filters of all endpoints that choose movies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated
from rest_framework.fields import empty

from accounts.models import User
from cfsite.lib.api.strict import QuerySerializer
from movies.browse.facets import LENGTHS, MINE
from movies.browse.orderings import PERSONAL_ORDERINGS
from movies.browse.query import BrowseQuery, length_bounds, movies_of
from movies.models import Genre, MovieQuerySet
from movies.models.catalogue import EARLIEST_YEAR, LATEST_YEAR
from movies.search import index as catalogue_index
from movies.search.index import CatalogueIndex
from movies.search.search import LONGEST_QUERY, search
from movies.watching.tonight import tonight_of

LONGEST_SLUG = Genre._meta.get_field("slug").max_length
CODE = "^[A-Za-z]{2,3}$"
# Values outside these bounds are rejected, because no database column could hold them.
LONGEST_RUNTIME, LARGEST_ID = 32_767, 10**18 - 1
MOST_IDS = 100

ORDERS: dict[str, Callable[[MovieQuerySet], MovieQuerySet]] = {
    "best_loved": MovieQuerySet.best_loved,
    # By the published number, which a single rating does not move.
    "most_rated": MovieQuerySet.most_published,
    "newest": MovieQuerySet.newest,
    "title": MovieQuerySet.by_title,
}


@extend_schema_field(
    {
        "type": "integer",
        "minimum": EARLIEST_YEAR,
        "maximum": LATEST_YEAR,
        "multipleOf": 10,
        "description": "First year of a decade: 1990.",
    }
)
class DecadeField(serializers.IntegerField):
    default_error_messages = {"no_decade": "Write a decade as its first year, like 1990."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=EARLIEST_YEAR, max_value=LATEST_YEAR, **kwargs)

    def to_internal_value(self, data: Any) -> int:
        year = super().to_internal_value(data)
        if year % 10:
            self.fail("no_decade")
        return year


@extend_schema_field(
    {
        "type": "array",
        "items": {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
        "minItems": 1,
        "maxItems": MOST_IDS,
    }
)
class IdsField(serializers.Field):
    """Numbers separated by commas."""

    default_error_messages = {
        "invalid": "Write ids as numbers separated by commas.",
        "max_length": "Ask for at most {most} at a time.",
    }

    def to_internal_value(self, data: Any) -> list[int]:
        parts = str(data).split(",")
        if not all(one.isascii() and one.isdigit() and len(one) <= 18 for one in parts):
            self.fail("invalid")
        ids = list(dict.fromkeys(int(one) for one in parts))
        if len(ids) > MOST_IDS:
            self.fail("max_length", most=MOST_IDS)
        return ids

    def to_representation(self, value: list[int]) -> str:
        return ",".join(map(str, value))


IDS = OpenApiParameter(
    "ids",
    {
        "type": "array",
        "items": {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
        "minItems": 1,
        "maxItems": MOST_IDS,
    },
    explode=False,
    description="These movies, in this order and in one answer; unknown ones are left out. Cannot "
    "be combined with `q` and `order`.",
)


def _year(text: str) -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=EARLIEST_YEAR, max_value=LATEST_YEAR, required=False, help_text=text
    )


def _minutes(text: str) -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=0, max_value=LONGEST_RUNTIME, required=False, help_text=text
    )


class TrueOrFalseField(serializers.BooleanField):
    """A parameter that is left out is not false, as a checkbox of a form would be."""

    default_empty_html = empty


class FacetChoices(serializers.Serializer):
    """The filters that Browse has."""

    genre = serializers.CharField(
        max_length=LONGEST_SLUG, required=False, help_text="The slug of a genre."
    )
    decade = DecadeField(required=False)
    length = serializers.ChoiceField(
        list(LENGTHS),
        required=False,
        help_text="Minutes: below 90, 120, 150, or from there on.",
    )
    country = serializers.RegexField(
        CODE, required=False, help_text="ISO 3166-1 code of a country: FR."
    )
    language = serializers.RegexField(
        CODE, required=False, help_text="ISO 639-1 code of a language: fr."
    )
    tonight = TrueOrFalseField(
        required=False, help_text="Nothing but movies in the library and on your services."
    )


class MovieChoices(FacetChoices):
    """The filters of all endpoints that choose movies."""

    year_from = _year("Not before this year.")
    year_to = _year("Not after this year.")
    runtime_from = _minutes("At least so many minutes.")
    runtime_to = _minutes("At most so many minutes.")


class SearchWords(serializers.Serializer):
    q = serializers.CharField(
        max_length=LONGEST_QUERY,
        required=False,
        help_text="Words of the title, people, genre, decade, country or plot; best match first.",
    )
    mine = serializers.ChoiceField(
        list(MINE),
        required=False,
        help_text="What you rated, did not rate, or have on your watchlist.",
    )


class FacetsQuery(SearchWords, FacetChoices, QuerySerializer):
    """The choices already made, for the counts of further ones."""


class MoviesQuery(SearchWords, MovieChoices, QuerySerializer):
    """The parameters of the list of movies."""

    ids = IdsField(required=False)
    person = serializers.IntegerField(
        min_value=1,
        max_value=LARGEST_ID,
        required=False,
        help_text="The id of somebody who directed, wrote or acted.",
    )
    rated = TrueOrFalseField(required=False, help_text="Rated by you, or not.")
    order = serializers.ChoiceField(
        [*ORDERS, *PERSONAL_ORDERINGS],
        required=False,
        help_text="`best_loved` when neither this nor `q` is given. `for_you`: what you will "
        "probably like first, without what you watched or are not interested in; `best_loved` "
        "until you have rated.",
    )

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        if "ids" in asked and asked.keys() & {"q", "order"}:
            raise serializers.ValidationError({"ids": "Ids have their own order."}, "combined")
        return asked


# Each narrows the movies to those that have the value.
_FILTERS: Mapping[str, Callable[[MovieQuerySet, Any], MovieQuerySet]] = {
    "genre": MovieQuerySet.in_genre,
    "decade": MovieQuerySet.of_decade,
    "length": lambda movies, key: movies.of_length(*length_bounds(key)),
    "country": lambda movies, code: movies.of_country(code.upper()),
    "language": lambda movies, code: movies.of_language(code.lower()),
    "year_from": lambda movies, year: movies.filter(year__gte=year),
    "year_to": lambda movies, year: movies.filter(year__lte=year),
    "runtime_from": lambda movies, minutes: movies.filter(runtime__gte=minutes),
    "runtime_to": lambda movies, minutes: movies.filter(runtime__lte=minutes),
    "person": MovieQuerySet.with_person,
    # By the published number of ratings, as `most_rated`.
    "q": partial(search, popularity="published_count"),
}


def chosen(
    movies: MovieQuerySet, asked: Mapping[str, Any], user: User | AnonymousUser
) -> MovieQuerySet:
    """Those of `movies` that pass all filters in `asked`, validated values of `MoviesQuery`.

    Raises:
        NotAuthenticated: a visitor asks for something personal.
    """
    for name, narrow in _FILTERS.items():
        if name in asked:
            movies = narrow(movies, asked[name])
    personal = {"mine", "rated", "tonight"} & asked.keys()
    if personal and not user.is_authenticated:
        raise NotAuthenticated
    if "mine" in asked:
        movies = movies_of(movies, user, asked["mine"])
    if "rated" in asked:
        movies = movies_of(movies, user, "rated" if asked["rated"] else "unrated")
    if asked.get("tonight"):
        movies = tonight_of(user).only(movies)
    return movies


def in_order(movies: MovieQuerySet, order: str, user: User | AnonymousUser) -> MovieQuerySet:
    """Personal orders are left to the view: they are not in the database."""
    if order in ORDERS:
        return ORDERS[order](movies)
    if order and not user.is_authenticated:
        raise NotAuthenticated
    return movies


@dataclass(frozen=True)
class ChosenMovies:
    """What a list of recommendations is limited to."""

    movies: MovieQuerySet

    @cached_property
    def movie_ids(self) -> np.ndarray:
        """(n,) int64 ascending. One query."""
        return np.unique(np.fromiter(self.movies.order_by().values_list("pk", flat=True), np.int64))

    def only(self, movies: MovieQuerySet) -> MovieQuerySet:
        return movies.filter(pk__in=self.movies.order_by().values("pk"))


# What the catalogue index does not know exactly.
_OF_THE_DATABASE = {"year_from", "year_to", "runtime_from", "runtime_to", "person", "rated"}


def ids_to_rank(
    movies: MovieQuerySet, asked: Mapping[str, Any], user: User | AnonymousUser
) -> np.ndarray | QuerySet:
    """The ids of `movies`, which `chosen` returned; of the catalogue index where it knows them."""
    if asked.get("order") not in PERSONAL_ORDERINGS or _OF_THE_DATABASE & asked.keys():
        return movies.order_by().values_list("pk", flat=True)
    return browse_query(asked, user).ids_of(user)


def browse_query(asked: Mapping[str, Any], user: User | AnonymousUser) -> BrowseQuery:
    """The query that the Browse page would have, for its facets."""
    if {"mine", "tonight"} & asked.keys() and not user.is_authenticated:
        raise NotAuthenticated
    index = catalogue_index.current()
    return BrowseQuery(
        q=asked.get("q", ""),
        genre=_genre(index, asked["genre"]) if "genre" in asked else None,
        decade=asked.get("decade"),
        length=asked.get("length", ""),
        country=asked.get("country", "").upper(),
        language=asked.get("language", "").lower(),
        mine=asked.get("mine", ""),
        tonight=tonight_of(user) if user.is_authenticated else None,
        is_tonight=asked.get("tonight", False),
        known_index=index,
    )


def _genre(index: CatalogueIndex, slug: str) -> Genre:
    """An unknown genre becomes one without movies, as in the list of movies."""
    named = (genre for genre in index.all_genres if genre.slug == slug)
    return next(named, Genre(pk=0, slug=slug))
