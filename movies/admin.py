"""The admin of this app: movies, genres, ratings, marks and posters here, the rest by feature."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from cfsite.lib.admin import SafeAdmin
from movies.facts.admin import (
    AlternativeTitleInline,
    CreditInline,
    FactFetchAdmin,
    PersonAdmin,
    note_typed_fields,
    note_typed_rows,
)
from movies.imports.admin import ImportRunAdmin
from movies.imports.catalogue_file.admin_views import upload_movies, write_uploaded_movies
from movies.lists.admin import MovieListAdmin
from movies.models import Genre, Mark, Movie, Rating, TmdbPoster
from movies.models.catalogue import EARLIEST_YEAR
from movies.posters.files import SMALL, file_url
from movies.posters.forms import MovieForm
from movies.stars import HALF_STARS_MAX, HALF_STARS_MIN, to_stars
from movies.titles import fold
from movies.watching.admin import LibraryAdmin, OfferFetchAdmin

__all__ = [
    "FactFetchAdmin",
    "ImportRunAdmin",
    "LibraryAdmin",
    "MovieListAdmin",
    "OfferFetchAdmin",
    "PersonAdmin",
]

HALF_STARS = [
    (half, f"{to_stars(half):g} ★") for half in range(HALF_STARS_MAX, HALF_STARS_MIN - 1, -1)
]


class DecadeFilter(admin.SimpleListFilter):
    title = _("decade")
    parameter_name = "decade"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        latest = timezone.now().year // 10 * 10
        return [(str(year), f"{year}–{year + 9}") for year in range(latest, EARLIEST_YEAR - 1, -10)]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = self.value() or ""
        return queryset.of_decade(int(value)) if value in self._known() else queryset

    def _known(self) -> set[str]:
        return {str(value) for value, _title in self.lookup_choices}


class StarsFilter(admin.SimpleListFilter):
    title = _("stars")
    parameter_name = "half_stars"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(half), stars) for half, stars in HALF_STARS]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        known = {value for value, _title in self.lookup_choices}
        return queryset.filter(half_stars=self.value()) if self.value() in known else queryset


@admin.register(Movie)
class MovieAdmin(SafeAdmin):
    form = MovieForm
    list_display = ["title", "year", "genre_names", "n_ratings", "average_stars", "movielens_id"]
    list_filter = ["genres", DecadeFilter]
    ordering = ["-n_ratings", "pk"]
    search_fields = ["title_key", "imdb_id"]
    search_help_text = _("Words of the title, with or without accents, or an IMDb id.")
    autocomplete_fields = ["genres"]
    readonly_fields = [
        "catalogue_key",
        "n_ratings",
        "average_stars",
        "damped_stars",
        "added_at",
        "shown",
    ]
    fieldsets = [
        (None, {"fields": ["title", "original_title", "year", "genres", "description"]}),
        (_("Facts"), {"fields": ["runtime", "countries", "languages"]}),
        (_("Poster"), {"fields": ["shown", "poster_upload", "poster_removed"]}),
        (
            _("Elsewhere"),
            {"fields": ["movielens_id", "imdb_id", "tmdb_id", "wikidata_id", "catalogue_key"]},
        ),
        (
            _("Ratings"),
            {"fields": ["n_ratings", "average_stars", "damped_stars", "added_at"]},
        ),
    ]

    inlines = [AlternativeTitleInline, CreditInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Movie]:
        return super().get_queryset(request).prefetch_related("genres")

    def get_urls(self) -> list[URLPattern]:
        return [
            path("upload/", upload_movies, name="movies_movie_upload"),
            path("upload/write/", write_uploaded_movies, name="movies_movie_write_upload"),
            *super().get_urls(),
        ]

    def save_model(self, request: HttpRequest, obj: Movie, form: Any, change: bool) -> None:
        note_typed_fields(obj, form.changed_data)
        super().save_model(request, obj, form, change)
        form.save_poster(obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        note_typed_rows(form.instance, formsets)

    @admin.display(description=_("shown now"))
    def shown(self, movie: Movie) -> str:
        if not movie.poster_file:
            return _("the drawn poster")
        source = file_url(movie.poster_file, SMALL)
        return format_html('<img src="{}" width="120" height="180" alt="">', source)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        folded = fold(search_term)
        if search_term.strip() and not folded:  # only punctuation
            return queryset.none(), False
        return super().get_search_results(request, queryset, folded)

    @admin.display(description=_("genres"))
    def genre_names(self, movie: Movie) -> str:
        return ", ".join(genre.name for genre in movie.genres.all())

    @admin.display(description=_("average"))
    def average_stars(self, movie: Movie) -> str:
        return "–" if movie.average is None else f"{movie.average:.2f} ★"

    @admin.display(description=_("damped average"))
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


@admin.register(Rating)
class RatingAdmin(SafeAdmin):
    form = RatingForm
    list_display = ["user", "movie", "stars_given", "rated_at", "updated_at"]
    list_display_links = ["stars_given"]
    # Sorting millions of ratings by the other columns would need an index on each.
    sortable_by: list[str] = []
    ordering = ["-pk"]
    list_select_related = ["user", "movie"]
    list_filter = [StarsFilter, "prediction_shown", "user__is_dataset_member"]
    search_fields = ["user__username", "movie__title_key"]
    search_help_text = _("Words of the movie's title or of the username.")
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
    list_filter = ["kind"]
    search_fields = ["user__username", "movie__title_key"]
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
