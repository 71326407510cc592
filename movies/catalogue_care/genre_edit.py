"""Adding, removing or replacing genres of many movies at once, in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from movies.models import Genre, Movie

SHOWN = 12
CHUNK = 500


class GenreEditForm(forms.Form):
    class Mode:
        ADD, REMOVE, REPLACE = "add", "remove", "replace"

    mode = forms.ChoiceField(
        label=gettext_lazy("What to do"),
        choices=[
            (Mode.ADD, gettext_lazy("Add these genres")),
            (Mode.REMOVE, gettext_lazy("Remove these genres")),
            (Mode.REPLACE, gettext_lazy("Replace all genres by these")),
        ],
        initial=Mode.ADD,
    )
    genres = forms.ModelMultipleChoiceField(
        Genre.objects.all(),
        label=gettext_lazy("Genres"),
        widget=forms.SelectMultiple(attrs={"size": 12}),
    )


def edit_genres(movies: QuerySet[Movie], mode: str, genres: list[Genre]) -> int:
    """Returns how many movies were looked at."""
    through = Movie.genres.through
    with transaction.atomic():
        ids = sorted(movies.order_by().values_list("pk", flat=True))
        for start in range(0, len(ids), CHUNK):
            some = ids[start : start + CHUNK]
            links = through.objects.filter(movie__in=some)
            if mode == GenreEditForm.Mode.REMOVE:
                links.filter(genre__in=genres).delete()
                continue
            if mode == GenreEditForm.Mode.REPLACE:
                links.exclude(genre__in=genres).delete()
            through.objects.bulk_create(
                [through(movie_id=pk, genre=genre) for pk in some for genre in genres],
                ignore_conflicts=True,
            )
    return len(ids)


def edit_genres_action(
    model_admin: ModelAdmin, request: HttpRequest, queryset: QuerySet[Movie]
) -> HttpResponse | None:
    """Asks which genres on a page of its own, which sends the same choice of movies again."""
    is_answer = "genres_chosen" in request.POST
    form = GenreEditForm(request.POST if is_answer else None)
    if is_answer and form.is_valid():
        genres = list(form.cleaned_data["genres"])
        n = edit_genres(queryset, form.cleaned_data["mode"], genres)
        text = ngettext("Genres of %(n)d movie changed.", "Genres of %(n)d movies changed.", n)
        model_admin.message_user(request, text % {"n": n}, messages.SUCCESS)
        return None
    context: dict[str, Any] = {
        **model_admin.admin_site.each_context(request),
        "title": _("Change genres"),
        "opts": model_admin.opts,
        "form": form,
        "movies": queryset[:SHOWN],
        "n": queryset.count(),
        "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "select_across": request.POST.get("select_across", "0"),
    }
    return TemplateResponse(request, "admin/movies/movie/genres.html", context)
