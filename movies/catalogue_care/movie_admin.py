"""What the admin of movies has beside its form: care, duplicates, genres, files."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from import_export.admin import ExportMixin
from import_export.forms import ExportForm

from cfsite.lib.admin import BoundedPaginator, SafeAdmin
from movies.catalogue_care.addition_admin import add_by_id
from movies.catalogue_care.export import FORMATS, MovieResource
from movies.catalogue_care.filters import DecadeFilter, NeedsCareFilter, RetiredFilter
from movies.catalogue_care.genre_edit import edit_genres_action
from movies.catalogue_care.merge_admin import (
    MOST_AT_ONCE,
    duplicates_page,
    merge_address,
    merge_page,
    undo_merge,
)
from movies.imports.catalogue_file.admin_views import upload_movies, write_uploaded_movies
from movies.models import Movie, Rating
from movies.posters.files import SMALL, poster_url
from movies.titles import fold


class MoviePaginator(BoundedPaginator):
    """Counting 100,000 movies takes longer than showing a page of them."""

    MAX_COUNT = 10_000


class CatalogueRoom(ExportMixin, SafeAdmin):
    list_display = ["poster", "title", "year", "genre_names", "rating_link", "average_stars"]
    list_display_links = ["title"]
    list_filter = [NeedsCareFilter, RetiredFilter, "genres", DecadeFilter]
    ordering = ["-n_ratings", "pk"]
    paginator = MoviePaginator
    search_fields = ["title_key", "imdb_id"]
    search_help_text = gettext_lazy("Words of the title, with or without accents, or an IMDb id.")
    actions = ["edit_genres", "merge_selected", "retire", "bring_back", "delete_selected"]
    resource_classes = [MovieResource]
    formats = FORMATS
    export_form_class = ExportForm
    export_template_name = "admin/movies/movie/export.html"
    import_export_change_list_template = "admin/movies/movie/change_list.html"

    class Media:
        css = {"all": ["admin-extra/catalogue.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Movie]:
        """Retired ones too; merged ones are looked after on their own pages."""
        movies = Movie.everything.filter(merged_into=None).prefetch_related("genres")
        ordering = self.get_ordering(request)
        return movies.order_by(*ordering) if ordering else movies

    def get_urls(self) -> list[URLPattern]:
        def view(route: str, page: Any, name: str) -> URLPattern:
            return path(route, self.admin_site.admin_view(page), name=f"movies_movie_{name}")

        return [
            view("upload/", upload_movies, "upload"),
            view("upload/write/", write_uploaded_movies, "write_upload"),
            view("add-by-id/", add_by_id, "add_by_id"),
            view("duplicates/", duplicates_page, "duplicates"),
            view("merge/<str:ids>/", merge_page, "merge"),
            view("merges/<int:pk>/undo/", undo_merge, "undo_merge"),
            *super().get_urls(),
        ]

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def search_key(self, search_term: str) -> str:
        return fold(search_term)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if request.resolver_match and request.resolver_match.url_name == "autocomplete":
            found = found.filter(retired_at=None)
        return found, may_repeat

    @admin.display(description="")
    def poster(self, movie: Movie) -> str:
        return format_html(
            '<img class="poster" src="{}" width="40" height="60" loading="lazy" alt="">',
            poster_url(movie, SMALL),
        )

    @admin.display(description=gettext_lazy("genres"))
    def genre_names(self, movie: Movie) -> str:
        return ", ".join(genre.name for genre in movie.genres.all())

    @admin.display(description=gettext_lazy("ratings"), ordering="n_ratings")
    def rating_link(self, movie: Movie) -> str:
        """To the ratings of the movie: searching a million of them by title takes seconds."""
        if not movie.n_ratings:
            return "0"
        url = reverse(f"admin:{Rating._meta.app_label}_rating_changelist")
        return format_html('<a href="{}?movie={}">{}</a>', url, movie.pk, f"{movie.n_ratings:,}")

    @admin.display(description=gettext_lazy("average"))
    def average_stars(self, movie: Movie) -> str:
        return "–" if movie.average is None else f"{movie.average:.2f} ★"

    @admin.action(permissions=["change"], description=gettext_lazy("Change genres"))
    def edit_genres(self, request: HttpRequest, queryset: QuerySet[Movie]) -> HttpResponse | None:
        return edit_genres_action(self, request, queryset)

    @admin.action(permissions=["delete"], description=gettext_lazy("Merge duplicates"))
    def merge_selected(
        self, request: HttpRequest, queryset: QuerySet[Movie]
    ) -> HttpResponse | None:
        ids = list(
            queryset.filter(retired_at=None).values_list("pk", flat=True)[: MOST_AT_ONCE + 1]
        )
        if not 2 <= len(ids) <= MOST_AT_ONCE:
            text = _("Choose from two to %(n)d movies of the catalogue.") % {"n": MOST_AT_ONCE}
            self.message_user(request, text, messages.ERROR)
            return None
        return HttpResponseRedirect(merge_address(ids))

    @admin.action(permissions=["change"], description=gettext_lazy("Retire"))
    def retire(self, request: HttpRequest, queryset: QuerySet[Movie]) -> None:
        chosen = Movie.everything.filter(pk__in=queryset.order_by().values("pk"))
        n = chosen.retire()
        text = ngettext("%(n)d movie retired.", "%(n)d movies retired.", n) % {"n": n}
        undo = format_html('<a href="?retired=yes">{}</a>', _("See retired movies"))
        self.message_user(request, format_html("{} {}", text, undo), messages.SUCCESS)
        self._log(request, "Retired.")

    @admin.action(permissions=["change"], description=gettext_lazy("Bring back retired movies"))
    def bring_back(self, request: HttpRequest, queryset: QuerySet[Movie]) -> None:
        n = Movie.everything.filter(pk__in=queryset.order_by().values("pk")).bring_back()
        text = ngettext("%(n)d movie is back.", "%(n)d movies are back.", n)
        self.message_user(request, text % {"n": n}, messages.SUCCESS)
        self._log(request, "Brought back.")

    def _log(self, request: HttpRequest, what: str) -> None:
        """Of the movies that were ticked one by one."""
        ids = [pk for pk in request.POST.getlist(ACTION_CHECKBOX_NAME) if pk.isdigit()]
        for movie in Movie.everything.filter(pk__in=ids):
            self.log_change(request, movie, what)
