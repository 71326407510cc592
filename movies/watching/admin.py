"""The admin of the library: what was read, what did not match, and the upload of a list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cfsite.lib.admin import SafeAdmin
from movies.imports.catalogue_file.tables import MAX_BYTES
from movies.models import Library, OfferFetch
from movies.watching import library


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
        help_text=gettext_lazy(
            "IMDb or TMDB ids, one movie a line; the first line may name the columns (imdb_id, "
            "tmdb_id, title). The list replaces the one before."
        ),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            text = _("The file is larger than %(most)s megabytes.")
            raise forms.ValidationError(text % {"most": MAX_BYTES // 1024**2})
        return file


@admin.register(Library)
class LibraryAdmin(SafeAdmin):
    """Deleting a library takes its marks from the movies."""

    change_list_template = "admin/movies/library/change_list.html"
    list_display = ["source", "n_here", "n_listed", "n_unmatched", "read_at", "tried_at", "problem"]
    fields = [
        *("source", "n_here", "n_listed", "n_unmatched"),
        *("read_at", "tried_at", "problem", "not_matched"),
    ]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Library]:
        return super().get_queryset(request).annotate(n_items=Count("items"))

    def get_urls(self) -> list[URLPattern]:
        upload = self.admin_site.admin_view(self.upload)
        return [path("upload/", upload, name="movies_library_upload"), *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def upload(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm("movies.change_library"):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                read = library.read_file(file.read(), file.name)
            except library.LibraryError as error:
                form.add_error("file", str(error))
            else:
                text = _("%(here)s movies are marked as here, %(not_matched)s were not matched.")
                told = {"here": read.items.count(), "not_matched": read.n_unmatched}
                messages.success(request, text % told)
                return redirect("admin:movies_library_change", read.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Upload a list of your movies"),
            "form": form,
        }
        status = 422 if form.errors else 200
        return render(request, "admin/movies/library/upload.html", context, status=status)

    def delete_model(self, request: HttpRequest, obj: Library) -> None:
        library.remove([obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Library]) -> None:
        library.remove(list(queryset))

    @admin.display(description=gettext_lazy("movies here"))
    def n_here(self, found: Any) -> int:
        return found.n_items

    @admin.display(description=gettext_lazy("not matched"))
    def not_matched(self, found: Library) -> SafeString | str:
        rows = [tuple(row) for row in found.unmatched]
        return format_html_join("", "<div>{} ({})</div>", rows) if rows else "–"


@admin.register(OfferFetch)
class OfferFetchAdmin(SafeAdmin):
    """When TMDB was asked where a movie can be watched; deleting a row asks again."""

    list_display = ["movie", "problem", "fetched_at", "asked_at", "due_at", "countries"]
    sortable_by = ["due_at"]
    ordering = ["-pk"]
    list_select_related = ["movie"]
    list_filter = [("problem", admin.EmptyFieldListFilter)]
    search_fields = ["movie__title_key", "problem"]
    readonly_fields = ["movie", "countries", "problem", "fetched_at", "asked_at", "due_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
