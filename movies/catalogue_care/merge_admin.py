"""The admin's pages of duplicates: find, compare, merge, undo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from cfsite.lib.admin import ReadOnlyAdmin
from movies.catalogue_care.duplicates import Suspects, suspects
from movies.catalogue_care.merging import MergeError, merge, undo
from movies.catalogue_care.movie_rows import FOLLOWING
from movies.models import Movie, MovieMerge
from movies.posters.files import SMALL, poster_url

PER_PAGE = 25
MOST_AT_ONCE = 10


class MergeForm(forms.Form):
    """The movies are known; which of them survives is the question."""

    survivor = forms.IntegerField(min_value=1)

    def __init__(self, movies: list[Movie], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._ids = {movie.pk for movie in movies}

    def clean_survivor(self) -> int:
        survivor = self.cleaned_data["survivor"]
        if survivor not in self._ids:
            raise forms.ValidationError(_("Choose the movie that stays."), code="unknown")
        return survivor


@dataclass(frozen=True)
class Candidate:
    """One of the movies, and how much belongs to it."""

    movie: Movie
    poster: str
    genres: str
    rows: list[tuple[str, int]]


def with_permission(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perms(["movies.change_movie", "movies.delete_movie"]):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked


@with_permission
@require_GET
def duplicates_page(request: HttpRequest) -> HttpResponse:
    page = Paginator(suspects(), PER_PAGE).get_page(request.GET.get("p"))
    ids = [pk for one in page for pk in one.movie_ids]
    movies = Movie.objects.with_genres().in_bulk(ids)

    def found(one: Suspects) -> tuple[Any, list[Movie], str]:
        pks = [pk for pk in one.movie_ids if pk in movies]
        return one.why, [movies[pk] for pk in pks], merge_address(pks)

    context = {
        **admin.site.each_context(request),
        "title": _("Maybe duplicates"),
        "page": page,
        "suspects": [found(one) for one in page],
        "merges": MovieMerge.objects.undoable().select_related("survivor", "merged"),
    }
    return TemplateResponse(request, "admin/movies/movie/duplicates.html", context)


def merge_address(movie_ids: list[int]) -> str:
    ids = "-".join(map(str, movie_ids[:MOST_AT_ONCE]))
    return reverse("admin:movies_movie_merge", args=[ids])


@with_permission
def merge_page(request: HttpRequest, ids: str) -> HttpResponse:
    """The movies side by side; which of them is to stay."""
    wanted = [int(pk) for pk in ids.split("-") if pk.isdigit()][:MOST_AT_ONCE]
    found = Movie.objects.with_genres().in_bulk(wanted)
    movies = [found[pk] for pk in dict.fromkeys(wanted) if pk in found]
    if len(movies) < 2:
        messages.error(request, _("These movies were merged or removed in the meantime."))
        return redirect("admin:movies_movie_duplicates")
    form = MergeForm(movies, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _merge_all(request, movies, form.cleaned_data["survivor"])
    best = max(movies, key=lambda movie: (movie.n_ratings, -movie.pk))
    context = {
        **admin.site.each_context(request),
        "title": _("Merge movies"),
        "form": form,
        "candidates": [_candidate(movie) for movie in movies],
        "best": best.pk,
    }
    return TemplateResponse(request, "admin/movies/movie/merge.html", context)


def _candidate(movie: Movie) -> Candidate:
    counted = ((rows.model._meta.verbose_name_plural, rows.of(movie.pk)) for rows in FOLLOWING)
    rows = [(str(name), found.count()) for name, found in counted]
    return Candidate(
        movie,
        poster_url(movie, SMALL),
        ", ".join(movie.genre_names),
        [(name, n) for name, n in rows if n],
    )


def _merge_all(request: HttpRequest, movies: list[Movie], survivor_id: int) -> HttpResponse:
    survivor = next(movie for movie in movies if movie.pk == survivor_id)
    for other in movies:
        if other.pk == survivor_id:
            continue
        try:
            merge(survivor_id, other.pk)
        except MergeError as error:
            messages.error(request, f"{other}: {error}")
        else:
            movie_admin = admin.site.get_model_admin(Movie)
            movie_admin.log_change(request, survivor, f"Merged {other} (#{other.pk}) into it.")
            text = _("%(merged)s is part of %(survivor)s now. You can undo that for a day.")
            messages.success(request, text % {"merged": other, "survivor": survivor})
    return redirect("admin:movies_movie_duplicates")


@with_permission
@require_POST
def undo_merge(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        done = undo(pk)
    except MergeError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(movie)s is back as it was.") % {"movie": done.merged})
        admin.site.get_model_admin(Movie).log_change(request, done.merged, "Undid its merge.")
    return redirect("admin:movies_movie_duplicates")


@admin.register(MovieMerge)
class MovieMergeAdmin(ReadOnlyAdmin):
    """What was merged, for good or until it is undone."""

    list_display = ["merged_title", "survivor_link", "made_at", "undone_at"]
    list_per_page = 50
    sortable_by: list[str] = []
    ordering = ["-pk"]
    fields = ["merged", "survivor", "made_at", "undone_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[MovieMerge]:
        rows = super().get_queryset(request).select_related("survivor", "merged")
        return rows.defer("moved", "made", "before")

    @admin.display(description=gettext_lazy("merged movie"))
    def merged_title(self, done: MovieMerge) -> str:
        return str(done.merged)

    @admin.display(description=gettext_lazy("into"))
    def survivor_link(self, done: MovieMerge) -> str:
        url = reverse("admin:movies_movie_change", args=[done.survivor_id])
        return format_html('<a href="{}">{}</a>', url, done.survivor)
