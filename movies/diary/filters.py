"""Filters of the viewings endpoint, those of the diary page."""

from __future__ import annotations

from datetime import date

import django_filters
from django import forms
from drf_spectacular.utils import extend_schema_field

from movies.api.movie_filters import TEXT, DayFilter, SearchFilter, TrueOrFalseFilter
from movies.diary.query import ORDERS, search
from movies.models import Viewing, ViewingQuerySet
from movies.models.viewings import LONGEST_TAG


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": 2**63 - 1})
class MovieIdFilter(django_filters.Filter):
    field_class = forms.IntegerField


@extend_schema_field({**TEXT, "maxLength": LONGEST_TAG})
class TagFilter(django_filters.CharFilter):
    pass


class ViewingFilter(django_filters.FilterSet):
    q = SearchFilter(method="searched", label="Words of the title, the note or a tag.")
    movie = MovieIdFilter(
        field_name="movie_id", min_value=1, max_value=2**63 - 1, label="Of this movie."
    )
    tag = TagFilter(method="tagged", max_length=LONGEST_TAG, label="With this tag.")
    watched_from = DayFilter(
        field_name="watched_on", lookup_expr="gte", label="Watched on this day or later."
    )
    watched_to = DayFilter(
        field_name="watched_on",
        lookup_expr="lte",
        label="On this day or earlier. A month or year alone counts as its first day.",
    )
    dated = TrueOrFalseFilter(method="with_date", label="With a date, or without.")
    is_rewatch = TrueOrFalseFilter(label="Rewatches, or first viewings.")
    order = django_filters.ChoiceFilter(
        choices=[(name, name) for name in ORDERS],
        method="ordered",
        label="latest when not given.",
    )

    class Meta:
        model = Viewing
        fields: list[str] = []

    def searched(self, viewings: ViewingQuerySet, name: str, value: str) -> ViewingQuerySet:
        return search(viewings, value)

    def tagged(self, viewings: ViewingQuerySet, name: str, value: str) -> ViewingQuerySet:
        return viewings.tagged(value)

    def with_date(
        self, viewings: ViewingQuerySet, name: str, value: bool | date
    ) -> ViewingQuerySet:
        return viewings.filter(watched_on__isnull=not value)

    def ordered(self, viewings: ViewingQuerySet, name: str, value: str) -> ViewingQuerySet:
        return viewings.earliest_first() if value == "earliest" else viewings.latest_first()
