"""The admin of this app: movies, genres, ratings, marks and posters here, the rest by feature."""

import logging
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cfsite.lib.admin import BoundedPaginator, SafeAdmin
from movies.catalogue_care.addition_admin import WarnsOfLookAlikes
from movies.catalogue_care.merge_admin import MovieMergeAdmin
from movies.catalogue_care.movie_admin import CatalogueRoom
from movies.catalogue_care.request_admin import MovieRequestAdmin
from movies.facts.admin import (
    AlternativeTitleInline,
    CreditInline,
    FactFetchAdmin,
    PersonAdmin,
    note_typed_fields,
    note_typed_rows,
)
from movies.imports.admin import ImportRunAdmin
from movies.lists.admin import MovieListAdmin
from movies.models import Genre, Mark, Movie, Rating, TmdbPoster
from movies.posters.files import SMALL, poster_url
from movies.posters.forms import MovieForm
from movies.stars import HALF_STARS_MAX, HALF_STARS_MIN, to_stars
from movies.watching.admin import LibraryAdmin, OfferFetchAdmin

logger = logging.getLogger(__name__)

__all__ = [
    "FactFetchAdmin",
    "ImportRunAdmin",
    "LibraryAdmin",
    "MovieListAdmin",
    "MovieMergeAdmin",
    "MovieRequestAdmin",
    "OfferFetchAdmin",
    "PersonAdmin",
]

HALF_STARS = [
    (half, f"{to_stars(half):g} ★") for half in range(HALF_STARS_MAX, HALF_STARS_MIN - 1, -1)
]


class StarsFilter(admin.SimpleListFilter):
    title = _("stars")
    parameter_name = "half_stars"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(half), stars) for half, stars in HALF_STARS]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        known = {value for value, _title in self.lookup_choices}
        return queryset.filter(half_stars=self.value()) if self.value() in known else queryset


class WarnedMovieForm(WarnsOfLookAlikes, MovieForm):
    """The form of a movie, which warns of duplicates."""


@admin.register(Movie)
class MovieAdmin(CatalogueRoom):
    form = WarnedMovieForm
    autocomplete_fields = ["genres"]
    readonly_fields = [
        "catalogue_key",
        "rating_link",
        "average_stars",
        "damped_stars",
        "added_at",
        "shown",
        "retired_at",
    ]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    *("title", "original_title", "year", "genres", "description"),
                    "save_anyway",
                ]
            },
        ),
        (_("Facts"), {"fields": ["runtime", "countries", "languages"]}),
        (_("Poster"), {"fields": ["shown", "poster_upload", "poster_removed"]}),
        (
            _("IDs on other sites"),
            {"fields": ["movielens_id", "imdb_id", "tmdb_id", "wikidata_id", "catalogue_key"]},
        ),
        (
            _("Ratings"),
            {
                "fields": [
                    *("rating_link", "average_stars", "damped_stars", "added_at", "retired_at"),
                ]
            },
        ),
    ]

    inlines = [AlternativeTitleInline, CreditInline]

    def save_model(self, request: HttpRequest, obj: Movie, form: Any, change: bool) -> None:
        note_typed_fields(obj, form.changed_data)
        super().save_model(request, obj, form, change)
        try:
            form.save_poster(obj)
        except OSError as error:  # of the disk or the bucket
            logger.warning("A poster could not be stored: %s", error)
            said = _("The picture couldn’t be saved, but the rest was. Please try again later.")
            messages.error(request, said)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        note_typed_rows(form.instance, formsets)

    @admin.display(description=_("current poster"))
    def shown(self, movie: Movie) -> str:
        if not movie.pk:
            return _("the drawn poster")
        source = poster_url(movie, SMALL)
        return format_html('<img src="{}" width="120" height="180" alt="">', source)

    @admin.display(description=_("average used for ranking"))
    def damped_stars(self, movie: Movie) -> str:
        return f"{movie.damped_average:.2f} ★" if movie.n_ratings else "–"


@admin.register(Genre)
class GenreAdmin(SafeAdmin):
    list_display = ["name", "slug", "n_movies"]
    ordering = ["name"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Genre]:
        return super().get_queryset(request).annotate(n_movies=Count("movies"))

    @admin.display(description=_("movies"), ordering="n_movies")
    def n_movies(self, genre: Genre) -> int:
        return genre.n_movies


class RatingForm(forms.ModelForm):
    half_stars = forms.TypedChoiceField(label=_("stars"), choices=HALF_STARS, coerce=int)

    class Meta:
        model = Rating
        fields = ["user", "movie", "half_stars", "prediction_shown"]


class OfOneFilter(admin.SimpleListFilter):
    """Set by the links of a movie or user to what belongs to it; offers no choices of its own.

    A search by title or name would have to join a million rows first.
    """

    template = "admin/movies/of_one_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        one = self._one()
        return [(str(one.pk), str(one))] if one else []

    def has_output(self) -> bool:
        return self.value() is not None

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() is None:
            return queryset
        one = self._one()
        return queryset.filter(**{self.parameter_name: one.pk}) if one else queryset.none()

    def _one(self) -> Model | None:
        pk = self.value() or ""
        is_key = pk.isascii() and pk.isdigit() and len(pk) < 19
        return self.rows.filter(pk=pk).first() if is_key else None


class OfMovieFilter(OfOneFilter):
    title, parameter_name, rows = _("movie"), "movie", Movie.everything


class OfUserFilter(OfOneFilter):
    title, parameter_name, rows = _("user"), "user", User.objects


class NewestPaginator(BoundedPaginator):
    """Older rows are reached from their movie or user: skipping many takes seconds."""

    MAX_COUNT = 5_000


@admin.register(Rating)
class RatingAdmin(SafeAdmin):
    form = RatingForm
    list_display = ["user", "movie", "stars_given", "rated_at", "updated_at"]
    list_display_links = ["stars_given"]
    # Sorting millions of ratings by the other columns would need an index on each.
    sortable_by: list[str] = []
    ordering = ["-pk"]
    list_select_related = ["user", "movie"]
    list_filter = [OfMovieFilter, OfUserFilter, StarsFilter]
    paginator = NewestPaginator
    autocomplete_fields = ["user", "movie"]
    readonly_fields = ["rated_at", "updated_at"]

    @admin.display(description=_("stars"))
    def stars_given(self, rating: Rating) -> str:
        return f"{rating.stars:g} ★"

    def get_readonly_fields(self, request: HttpRequest, obj: Rating | None = None) -> list[str]:
        """User and movie of a rating never change; a wrong rating is deleted."""
        return [*self.readonly_fields, *(["user", "movie"] if obj else [])]

    def save_model(self, request: HttpRequest, obj: Rating, form: Any, change: bool) -> None:
        obj.updated_at = timezone.now()
        super().save_model(request, obj, form, change)


@admin.register(Mark)
class MarkAdmin(SafeAdmin):
    list_display = ["user", "movie", "kind", "created_at"]
    list_display_links = ["kind"]
    sortable_by: list[str] = []
    ordering = ["-pk"]
    list_select_related = ["user", "movie"]
    list_filter = [OfMovieFilter, OfUserFilter, "kind"]
    paginator = NewestPaginator
    autocomplete_fields = ["user", "movie"]
    readonly_fields = ["created_at"]


@admin.register(TmdbPoster)
class TmdbPosterAdmin(SafeAdmin):
    """Results of requests to TMDB; deleting one makes the worker ask again."""

    list_display = ["movie", "problem", "fetched_at", "asked_at", "due_at"]
    sortable_by = ["due_at"]
    ordering = ["-pk"]
    list_select_related = ["movie"]
    list_filter = [("problem", admin.EmptyFieldListFilter)]
    search_fields = ["movie__title_key", "problem"]
    readonly_fields = ["movie", "problem", "fetched_at", "asked_at", "due_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
