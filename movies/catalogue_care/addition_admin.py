"""The admin's form that adds a movie by its IMDb or TMDB id, also for a member's request."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cfsite.lib.text import one_line
from movies.catalogue_care.additions import (
    OtherIds,
    add_movie,
    fact_sources_on,
    ids_in,
    look_alikes,
)
from movies.catalogue_care.requests import answer_with
from movies.models import EARLIEST_YEAR, LATEST_YEAR, Genre, Movie, MovieQuerySet, MovieRequest


def warning_of(movies: MovieQuerySet) -> SafeString:
    """Which movies look like the one to be saved; '' if none."""
    found = format_html_join(
        ", ",
        '<a href="{}">{} (#{})</a>',
        ((reverse("admin:movies_movie_change", args=[m.pk]), m, m.pk) for m in movies[:5]),
    )
    if not found:
        return SafeString("")
    text = _("This movie may be here already: {}. Tick “save anyway” if it’s another one.")
    return format_html(text, found)


class WarnsOfLookAlikes(forms.ModelForm):
    """Saves a movie that looks like another one only when told so a second time."""

    save_anyway = forms.BooleanField(
        label=gettext_lazy("Save anyway"), required=False, widget=forms.HiddenInput
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        title, year = data.get("title") or "", data.get("year")
        changed = set(self.changed_data)
        of_title = title if {"title", "year"} & changed else ""
        ids = OtherIds(
            (data.get("imdb_id") or "") if "imdb_id" in changed else "",
            data.get("tmdb_id") if "tmdb_id" in changed else None,
        )
        warning = warning_of(look_alikes(of_title, year, ids, besides=self.instance.pk))
        if warning:
            self.fields["save_anyway"].widget = forms.CheckboxInput()
            if not data.get("save_anyway"):
                self.add_error(None, warning)
        return data


class AddByIdForm(forms.Form):
    address = forms.CharField(
        label=gettext_lazy("IMDb or TMDB"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"size": 60}),
        help_text=gettext_lazy("A link to the movie’s page there, or its IMDb id: tt0079944."),
    )
    title = forms.CharField(label=gettext_lazy("Title"), required=False, max_length=300)
    year = forms.IntegerField(
        label=gettext_lazy("Year"),
        required=False,
        min_value=EARLIEST_YEAR,
        max_value=LATEST_YEAR,
    )
    genres = forms.ModelMultipleChoiceField(
        Genre.objects.all(),
        label=gettext_lazy("Genres"),
        required=False,
        help_text=gettext_lazy("They place the movie among others until it has ratings."),
    )
    save_anyway = forms.BooleanField(
        label=gettext_lazy("Save anyway"), required=False, widget=forms.HiddenInput
    )

    def clean_title(self) -> str:
        return one_line(self.cleaned_data["title"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        address = data.get("address", "")
        ids = ids_in(address)
        if address and not ids and "address" not in self.errors:
            self.add_error("address", _("There’s no IMDb or TMDB id in this."))
        needs_title = not ids or not fact_sources_on()
        if needs_title and not data.get("title") and "title" not in self.errors:
            self.add_error("title", self._why_title(ids))
        if not self.errors:
            warning = warning_of(look_alikes(data["title"], data.get("year"), ids))
            if warning:
                self.fields["save_anyway"].widget = forms.CheckboxInput()
                if not data.get("save_anyway"):
                    self.add_error(None, warning)
        return {**data, "ids": ids}

    def _why_title(self, ids: OtherIds) -> str:
        if not ids:
            return _("Enter a title, or an IMDb or TMDB id.")
        return _("Enter title and year: no source of facts is switched on that could tell them.")


def add_by_id(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("movies.add_movie"):
        raise PermissionDenied
    asked_for = _request_of(request)
    alike = _alike(asked_for)
    if asked_for and (existing := alike.filter(pk=_number(request.POST.get("existing"))).first()):
        answer_with(asked_for, existing)
        messages.success(request, _("The members who asked hear that it is here."))
        return redirect("admin:movies_movierequest_changelist")
    form = AddByIdForm(request.POST or None, initial=_initial(asked_for))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        movie = add_movie(data["title"], data["year"], data["ids"], data["genres"])
        admin.site.get_model_admin(Movie).log_addition(request, movie, "Added by id.")
        if asked_for:
            answer_with(asked_for, movie)
        link = format_html('<a href="{}">{}</a>', movie.get_absolute_url(), movie)
        text = _("{} is in the catalogue.")
        if data["ids"] and fact_sources_on():
            text = _("{} is in the catalogue. Its facts are on their way.")
        messages.success(request, format_html(text, link))
        done = "movierequest_changelist" if asked_for else "movie_changelist"
        return redirect(f"admin:movies_{done}")
    context = {
        **admin.site.each_context(request),
        "title": _("Add a movie by its id"),
        "form": form,
        "asked_for": asked_for,
        "alike": alike[:5],
        "sources": ", ".join(str(source.label) for source in fact_sources_on()),
    }
    return TemplateResponse(request, "admin/movies/movie/add_by_id.html", context)


def _request_of(request: HttpRequest) -> MovieRequest | None:
    pk = _number(request.GET.get("request"))
    return None if pk is None else get_object_or_404(MovieRequest.objects.open(), pk=pk)


def _number(text: str | None) -> int | None:
    is_key = text and text.isascii() and text.isdigit() and len(text) < 19
    return int(text) if is_key else None


def _alike(asked_for: MovieRequest | None) -> MovieQuerySet:
    """Movies of the catalogue that the members may have missed to find."""
    if asked_for is None:
        return Movie.objects.none()
    ids = OtherIds(asked_for.imdb_id, asked_for.tmdb_id)
    return look_alikes(asked_for.title, asked_for.year, ids).filter(retired_at=None)


def _initial(asked_for: MovieRequest | None) -> dict[str, Any]:
    if asked_for is None:
        return {}
    has_id = bool(ids_in(asked_for.link))
    return {
        "address": asked_for.link if has_id else "",
        "title": asked_for.title,
        "year": asked_for.year,
    }
