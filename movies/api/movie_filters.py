"""Filters that the lists of a member's own ratings, viewings and marks share."""

import re
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from movies.api.movie_query import LONGEST_SLUG
from movies.models import Mark, Movie, MovieQuerySet
from movies.models.catalogue import EARLIEST_YEAR, LATEST_YEAR
from movies.search.search import LONGEST_QUERY
from movies.watching.tonight import tonight_of

# Values outside these bounds are rejected, because no database column could hold them. The schema
# generator does not find the bounds by itself.
YEAR = {"type": "integer", "minimum": EARLIEST_YEAR, "maximum": LATEST_YEAR}
TEXT = {"type": "string", "pattern": "^[^\\u0000]*$"}
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
        raise ValidationError(_("Write a decade as its first year, like 1990."))


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
            raise ValidationError(_("Write a day like 2026-03-05.")) from error


@extend_schema_field(OpenApiTypes.DATE)
class DayFilter(django_filters.Filter):
    field_class = _DayField


@extend_schema_field({"type": "boolean"})
class TrueOrFalseFilter(django_filters.TypedChoiceFilter):
    """Rejects other words; django-filter's BooleanFilter ignores them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(
            choices=[("true", "true"), ("false", "false")], coerce=lambda word: word == "true"
        )
        super().__init__(*args, **kwargs)

    def filter(self, queryset: MovieQuerySet, value: bool | str) -> MovieQuerySet:
        return queryset if value == "" else super().filter(queryset, value)


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
