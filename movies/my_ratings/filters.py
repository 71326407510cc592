"""Filters of the ratings endpoint, the same as on the My ratings page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field

from movies.api.movie_filters import DayFilter, DecadeFilter, GenreFilter, SearchFilter
from movies.api.serializers import STARS
from movies.models import Rating
from movies.my_ratings.query import ORDERS, MyRatingsQuery
from movies.periods import midnight
from movies.stars import to_half_stars


class _StarsField(forms.CharField):
    def to_python(self, value: Any) -> float | None:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return to_half_stars(text) / 2
        except ValueError as error:
            raise ValidationError(_("Choose a rating of 0.5, 1.0, 1.5 ... 5.0 stars.")) from error


@extend_schema_field(STARS)
class StarsFilter(django_filters.Filter):
    field_class = _StarsField


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
