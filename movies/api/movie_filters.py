"""Filters of the movie endpoints."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django_filters.utils import translate_validation
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import NotAuthenticated

from movies.browse.facets import LENGTHS, MINE
from movies.browse.orderings import PERSONAL_ORDERINGS
from movies.browse.query import BrowseQuery, length_bounds, movies_of
from movies.models import Genre, Mark, Movie, MovieQuerySet
from movies.models.catalogue import EARLIEST_YEAR, LATEST_YEAR
from movies.search.search import LONGEST_QUERY, search
from movies.watching.tonight import tonight_of

LONGEST_SLUG = Genre._meta.get_field("slug").max_length

ORDERS: dict[str, Callable[[MovieQuerySet], MovieQuerySet]] = {
    "best_loved": MovieQuerySet.best_loved,
    # By the published number, which a single rating does not move.
    "most_rated": MovieQuerySet.most_published,
    "newest": MovieQuerySet.newest,
    "title": MovieQuerySet.by_title,
}


# Values outside these bounds are rejected, because no database column could hold them. The schema
# generator does not find the bounds by itself.
YEAR = {"type": "integer", "minimum": EARLIEST_YEAR, "maximum": LATEST_YEAR}
TEXT = {"type": "string", "pattern": "^[^\\u0000]*$"}
CODE = "^[A-Za-z]{2,3}$"
LONGEST_RUNTIME, LARGEST_ID = 32_767, 10**18 - 1
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@extend_schema_field(YEAR)
class YearFilter(django_filters.Filter):
    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(min_value=EARLIEST_YEAR, max_value=LATEST_YEAR)
        super().__init__(*args, **kwargs)


def _begins_a_decade(year: int) -> None:
    # Django's StepValueValidator computes in floats, which overflow for very long numbers.
    if year % 10:
        raise ValidationError("Write a decade as its first year, like 1990.")


@extend_schema_field({**YEAR, "multipleOf": 10})
class DecadeFilter(YearFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, validators=[_begins_a_decade], **kwargs)


@extend_schema_field({**TEXT, "maxLength": LONGEST_QUERY})
class SearchFilter(django_filters.CharFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, max_length=LONGEST_QUERY, **kwargs)


@extend_schema_field({**TEXT, "maxLength": LONGEST_SLUG})
class GenreFilter(django_filters.CharFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, max_length=LONGEST_SLUG, **kwargs)


@extend_schema_field({"type": "string", "pattern": CODE})
class CodeFilter(django_filters.CharFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, validators=[RegexValidator(CODE)], **kwargs)


@extend_schema_field({"type": "integer", "minimum": 0, "maximum": LONGEST_RUNTIME})
class RuntimeFilter(django_filters.Filter):
    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=0, max_value=LONGEST_RUNTIME, **kwargs)


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": LARGEST_ID})
class PersonFilter(django_filters.Filter):
    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=1, max_value=LARGEST_ID, **kwargs)


@extend_schema_field(OpenApiTypes.BOOL)
class _DayField(forms.CharField):
    def to_python(self, value: Any) -> date | None:
        text = super().to_python(value)
        if not text:
            return None
        try:
            if not _DAY.fullmatch(text):
                raise ValueError
            return date.fromisoformat(text)
        except ValueError as error:
            raise ValidationError("Write a day like 2026-03-05.") from error


@extend_schema_field(OpenApiTypes.DATE)
class DayFilter(django_filters.Filter):
    field_class = _DayField


class TrueOrFalseFilter(django_filters.TypedChoiceFilter):
    """Rejects other words; django-filter's BooleanFilter ignores them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(
            choices=[("true", "true"), ("false", "false")], coerce=lambda word: word == "true"
        )
        super().__init__(*args, **kwargs)

    def filter(self, queryset: MovieQuerySet, value: bool | str) -> MovieQuerySet:
        return queryset if value == "" else super().filter(queryset, value)


class _BrowseFilters(django_filters.FilterSet):
    """The search and the facets of the Browse page."""

    q = SearchFilter(
        method="searched",
        label="Words of the title, people, genre, decade, country or plot; best match first.",
    )
    genre = GenreFilter(method="of_genre", label="The slug of a genre.")
    decade = DecadeFilter(method="of_decade", label="First year of a decade: 1990.")
    length = django_filters.ChoiceFilter(
        choices=[(key, key) for key in LENGTHS],
        method="of_length",
        label="Minutes: below 90, 120, 150, or from there on.",
    )
    country = CodeFilter(method="of_country", label="ISO 3166-1 code of a country: FR.")
    language = CodeFilter(method="of_language", label="ISO 639-1 code of a language: fr.")
    mine = django_filters.ChoiceFilter(
        choices=[(key, key) for key in MINE],
        method="of_mine",
        label="What you rated, did not rate, or have on your watchlist.",
    )

    tonight = TrueOrFalseFilter(
        method="of_tonight",
        label="true: nothing but movies in the library and on your services.",
    )

    class Meta:
        model = Movie
        fields: list[str] = []

    def of_tonight(self, queryset: MovieQuerySet, name: str, value: bool) -> MovieQuerySet:
        if not self.request.user.is_authenticated:
            raise NotAuthenticated
        return tonight_of(self.request.user).only(queryset) if value else queryset

    def searched(self, queryset: MovieQuerySet, name: str, value: str) -> MovieQuerySet:
        return search(queryset, value, popularity="published_count")

    def of_genre(self, queryset: MovieQuerySet, name: str, value: str) -> MovieQuerySet:
        return queryset.in_genre(value)

    def of_decade(self, queryset: MovieQuerySet, name: str, value: int) -> MovieQuerySet:
        return queryset.of_decade(value)

    def of_length(self, queryset: MovieQuerySet, name: str, value: str) -> MovieQuerySet:
        return queryset.of_length(*length_bounds(value))

    def of_country(self, queryset: MovieQuerySet, name: str, value: str) -> MovieQuerySet:
        return queryset.of_country(value.upper())

    def of_language(self, queryset: MovieQuerySet, name: str, value: str) -> MovieQuerySet:
        return queryset.of_language(value.lower())

    def of_mine(self, queryset: MovieQuerySet, name: str, value: str) -> MovieQuerySet:
        if not self.request.user.is_authenticated:
            raise NotAuthenticated
        return movies_of(queryset, self.request.user, value)


class FacetFilter(_BrowseFilters):
    """The choices already made, for the counts of further ones."""

    def asked(self) -> BrowseQuery:
        """The query that the Browse page would have.

        Raises:
            ValidationError: a value is not among the choices.
            NotAuthenticated: a visitor asks for `mine`.
        """
        if not self.is_valid():
            raise translate_validation(self.errors)
        chosen, user = self.form.cleaned_data, self.request.user
        is_tonight = chosen.pop("tonight") or False
        if (chosen["mine"] or is_tonight) and not user.is_authenticated:
            raise NotAuthenticated
        chosen["tonight"] = tonight_of(user) if user.is_authenticated else None
        chosen["is_tonight"] = is_tonight
        written = {
            "genre": _genre(chosen["genre"]),
            "country": chosen["country"].upper(),
            "language": chosen["language"].lower(),
        }
        return BrowseQuery(**{**chosen, **written})


def _genre(slug: str) -> Genre | None:
    """An unknown genre becomes one without movies, as in the list of movies."""
    return (Genre.objects.filter(slug=slug).first() or Genre(pk=0, slug=slug)) if slug else None


class MovieFilter(_BrowseFilters):
    year_from = YearFilter(field_name="year", lookup_expr="gte", label="Not before this year.")
    year_to = YearFilter(field_name="year", lookup_expr="lte", label="Not after this year.")
    runtime_from = RuntimeFilter(
        field_name="runtime", lookup_expr="gte", label="At least so many minutes."
    )
    runtime_to = RuntimeFilter(
        field_name="runtime", lookup_expr="lte", label="At most so many minutes."
    )
    person = PersonFilter(
        method="with_person", label="The id of somebody who directed, wrote or acted."
    )
    rated = TrueOrFalseFilter(method="rated_by_me", label="Rated by you, or not.")
    order = django_filters.ChoiceFilter(
        choices=[(name, name) for name in (*ORDERS, *PERSONAL_ORDERINGS)],
        method="ordered",
        label="best_loved when neither this nor `q` is given. for_you: what you will probably "
        "like first, without what you watched or are not interested in; best_loved until you "
        "have rated.",
    )

    class Meta:
        model = Movie
        fields: list[str] = []

    def with_person(self, queryset: MovieQuerySet, name: str, value: int) -> MovieQuerySet:
        return queryset.with_person(value)

    def rated_by_me(self, queryset: MovieQuerySet, name: str, value: bool) -> MovieQuerySet:
        if not self.request.user.is_authenticated:
            raise NotAuthenticated
        return movies_of(queryset, self.request.user, "rated" if value else "unrated")

    def ordered(self, queryset: MovieQuerySet, name: str, value: str) -> MovieQuerySet:
        if value in ORDERS:
            return ORDERS[value](queryset)
        if not self.request.user.is_authenticated:
            raise NotAuthenticated
        return queryset  # the view orders it, by predictions that are not in the database


class MarkFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=Mark.Kind.choices)
    tonight = TrueOrFalseFilter(
        method="of_tonight",
        label="true: nothing but movies in the library and on your services.",
    )

    def of_tonight(self, queryset: QuerySet[Mark], name: str, value: bool) -> QuerySet[Mark]:
        if not value:
            return queryset
        movies = tonight_of(self.request.user).only(Movie.objects.all())
        return queryset.filter(movie__in=movies.order_by().values("pk"))

    class Meta:
        model = Mark
        fields = ["kind"]
