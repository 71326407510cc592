"""Filters of the ratings endpoint, the same as on the My ratings page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from movies.api.movie_filters import DecadeFilter, GenreFilter, SearchFilter
from movies.api.serializers import STARS
from movies.models import Rating
from movies.my_ratings.query import ORDERS, MyRatingsQuery
from movies.periods import midnight
from movies.stars import to_half_stars

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class _StarsField(forms.CharField):
    def to_python(self, value: Any) -> float | None:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return to_half_stars(text) / 2
        except ValueError as error:
            raise ValidationError("A rating is one of 0.5, 1.0, 1.5 ... 5.0 stars.") from error


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
            raise ValidationError("A day is written like 2026-03-05.") from error


@extend_schema_field(STARS)
class StarsFilter(django_filters.Filter):
    field_class = _StarsField


@extend_schema_field(OpenApiTypes.DATE)
class DayFilter(django_filters.Filter):
    field_class = _DayField


class RatingFilter(django_filters.FilterSet):
    q = SearchFilter(label="Words of the title.")
    stars_from = StarsFilter(label="Not fewer stars than these.")
    stars_to = StarsFilter(label="Not more stars than these.")
    genre = GenreFilter(label="The slug of a genre.")
    decade = DecadeFilter(label="First year of a decade: 1990.")
    rated_from = DayFilter(label="Rated on this day or later, where the site is.")
    rated_to = DayFilter(label="Rated on this day or earlier.")
    order = django_filters.ChoiceFilter(
        choices=[(name, name) for name in ORDERS],
        label="newest when not given. surprise: furthest from what was to be expected first; "
        "as newest while the site has no model.",
    )

    class Meta:
        model = Rating
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Rating]) -> QuerySet[Rating] | Sequence[Rating]:
        """The ratings that the page would list, between the two days."""
        chosen = dict(self.form.cleaned_data)
        first, last = chosen.pop("rated_from"), chosen.pop("rated_to")
        asked = MyRatingsQuery(**{name: value for name, value in chosen.items() if value})

        ratings = asked.of(self.request.user)
        # At the first and the last year of the calendar, time zones overflow; nobody rated then.
        if first and first.year > 1:
            ratings = ratings.filter(rated_at__gte=midnight(first))
        if last and last.year < 9999:
            ratings = ratings.filter(rated_at__lt=midnight(last + timedelta(days=1)))
        # By surprise needs predictions: `RatingViewSet` sorts that way itself.
        return asked.sort(ratings, None, lambda some: some.select_related("movie"))
