"""Filters of the admin's list of movies: what is missing, doubtful or retired."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from movies.catalogue_care.duplicates import suspected
from movies.models import Credit, Movie
from movies.models.catalogue import EARLIEST_YEAR


class DecadeFilter(admin.SimpleListFilter):
    title = _("decade")
    parameter_name = "decade"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        latest = timezone.now().year // 10 * 10
        return [(str(year), f"{year}–{year + 9}") for year in range(latest, EARLIEST_YEAR - 1, -10)]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = self.value() or ""
        known = {value for value, _title in self.lookup_choices}
        return queryset.of_decade(int(value)) if value in known else queryset


def _without_genre(movies: QuerySet) -> QuerySet:
    links = Movie.genres.through.objects.filter(movie=OuterRef("pk"))
    return movies.exclude(Exists(links))


def _without_facts(movies: QuerySet) -> QuerySet:
    people = Credit.objects.filter(movie=OuterRef("pk"))
    return movies.filter(description="", runtime=None).exclude(Exists(people))


MISSING: dict[str, tuple[str | Promise, Callable[[QuerySet], QuerySet]]] = {
    "year": (_("No year"), lambda movies: movies.filter(year=None)),
    "genre": (_("No genre"), _without_genre),
    "facts": (_("No facts"), _without_facts),
    "ratings": (_("No ratings"), lambda movies: movies.filter(n_ratings=0)),
    "duplicates": (
        _("Maybe a duplicate"),
        lambda movies: movies.filter(pk__in=suspected().order_by().values("pk")),
    ),
}


class NeedsCareFilter(admin.SimpleListFilter):
    title = _("what is missing")
    parameter_name = "care"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(key, label) for key, (label, _of) in MISSING.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = self.value()
        return MISSING[value][1](queryset) if value in MISSING else queryset


class RetiredFilter(admin.SimpleListFilter):
    """Hides retired movies by default."""

    title = _("state")
    parameter_name = "retired"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("In the catalogue")), ("yes", _("Retired")), ("all", _("All"))]

    def choices(self, changelist: Any) -> Any:
        for value, title in self.lookup_choices:
            yield {
                "selected": (self.value() or "no") == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": title,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "all":
            return queryset
        return queryset.retired() if self.value() == "yes" else queryset.filter(retired_at=None)
