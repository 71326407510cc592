"""The admin of facts: people, credits and titles of a movie, and how far each source is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cfsite.lib.admin import SafeAdmin
from movies.facts.fetching import statuses
from movies.facts.provenance import COLUMNS, PEOPLE, TITLES
from movies.models import AlternativeTitle, Credit, FactFetch, FactSource, Movie, Person
from movies.titles import fold


class CreditInline(admin.TabularInline):
    model = Credit
    fields = ["role", "position", "person", "character"]
    autocomplete_fields = ["person"]
    ordering = ["role", "position", "pk"]
    extra = 0


class AlternativeTitleInline(admin.TabularInline):
    model = AlternativeTitle
    fields = ["title"]
    extra = 0


def note_typed_fields(movie: Movie, changed: Iterable[str]) -> None:
    """What an operator typed is theirs from now on; call it before the movie is saved."""
    names = [name for name in changed if name in COLUMNS]
    movie.note_source(names, FactSource.OPERATOR)
    if movie.pk and {"imdb_id", "tmdb_id"} & set(names):
        # What was fetched belongs to another movie.
        FactFetch.objects.filter(movie=movie).update(due_at=timezone.now())


def note_typed_rows(movie: Movie, formsets: Iterable[BaseInlineFormSet]) -> None:
    """The same for credits and alternative titles, once they are saved."""
    names: set[str] = set()
    for formset in formsets:
        for form in formset.forms:
            if not form.has_changed():
                continue
            if formset.model is AlternativeTitle:
                names.add(TITLES)
            elif formset.model is Credit:
                roles = {form.initial.get("role"), form.cleaned_data.get("role")}
                names |= {PEOPLE[role] for role in roles if role in PEOPLE}
    if names:
        movie.note_source(sorted(names), FactSource.OPERATOR)
        movie.save(update_fields=["fact_sources"])


@admin.register(Person)
class PersonAdmin(SafeAdmin):
    list_display = ["name", "n_credits", "imdb_id", "tmdb_id", "wikidata_id"]
    sortable_by = ["name"]
    ordering = ["name_key", "pk"]
    search_fields = ["name_key", "imdb_id", "wikidata_id"]
    search_help_text = _("Words of the name, with or without accents, or an id.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        return super().get_queryset(request).annotate(n_credits=Count("credits"))

    def search_key(self, search_term: str) -> str:
        return fold(search_term)

    @admin.display(description=_("credits"))
    def n_credits(self, person: Person) -> int:
        return person.n_credits


@admin.register(FactFetch)
class FactFetchAdmin(SafeAdmin):
    """When each source was asked for each movie; deleting a row makes the worker ask again."""

    change_list_template = "admin/movies/factfetch/change_list.html"
    list_display = ["movie", "source", "problem", "fetched_at", "asked_at", "due_at"]
    sortable_by = ["due_at"]
    ordering = ["-pk"]
    list_select_related = ["movie"]
    list_filter = ["source", ("problem", admin.EmptyFieldListFilter)]
    search_fields = ["movie__title_key", "problem"]
    readonly_fields = ["movie", "source", "problem", "fetched_at", "asked_at", "due_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        rows = [(FactSource(name).label, status) for name, status in statuses().items()]
        return super().changelist_view(request, {**(extra_context or {}), "statuses": rows})
