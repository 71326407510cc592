"""The admin's upload of a file of movies: first a preview, then the import.

Between the two steps the file stays in the cache, which is in the database: another host may take
the second one.
"""

from __future__ import annotations

import hashlib
import re

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.decorators import staff_member_required
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from movies.imports.catalogue_file.changes import CataloguePlan, plan_changes, write_changes
from movies.imports.catalogue_file.reader import read_catalogue_file
from movies.imports.catalogue_file.tables import MAX_BYTES
from movies.imports.dataset import SourceError

KEPT_SECONDS = 24 * 3600
SHOWN = 50
_TOKEN = re.compile(r"[0-9a-f]{64}")


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.json,.xlsx,text/csv,application/json"}),
        help_text=gettext_lazy(
            "CSV or JSON in UTF-8, or Excel (XLSX), up to 20 MB. It needs a title column; year, "
            "genres, original_title, runtime, countries, languages, description, imdb_id, "
            "tmdb_id, wikidata_id and movieId (MovieLens) are optional."
        ),
    )
    overwrite = forms.BooleanField(
        label=gettext_lazy("Replace values that differ"),
        required=False,
        help_text=gettext_lazy("If off, only blank fields are filled in."),
    )


class ConfirmForm(forms.Form):
    token = forms.RegexField(_TOKEN, widget=forms.HiddenInput)
    name = forms.CharField(max_length=200, widget=forms.HiddenInput)
    overwrite = forms.BooleanField(required=False, widget=forms.HiddenInput)


@staff_member_required
def upload_movies(request: HttpRequest) -> HttpResponse:
    """The upload form and, after an upload, the preview."""
    _require_permission(request)
    form = UploadForm(request.POST or None, request.FILES or None)
    context = {**admin.site.each_context(request), "title": _("Import movies"), "form": form}
    if request.method == "POST" and form.is_valid():
        file, overwrite = form.cleaned_data["file"], form.cleaned_data["overwrite"]
        try:
            content = _content(file)
            plan = plan_changes(read_catalogue_file(file.name, content), overwrite=overwrite)
        except SourceError as error:
            form.add_error("file", str(error))
        else:
            if plan.is_possible and not plan.changes_nothing:
                token = _keep(content)
                initial = {"token": token, "name": file.name[:200], "overwrite": overwrite}
                context["confirm_form"] = ConfirmForm(initial=initial)
            context.update(_preview(plan))
    return render(request, "admin/movies/movie/upload.html", context)


@staff_member_required
def write_uploaded_movies(request: HttpRequest) -> HttpResponse:
    """The import of the file that was previewed."""
    _require_permission(request)
    form = ConfirmForm(request.POST)
    back = HttpResponseRedirect(reverse("admin:movies_movie_upload"))
    if not form.is_valid():
        return back
    key = _key(form.cleaned_data["token"])
    content = cache.get(key)
    if content is None:
        messages.error(
            request, _("The uploaded file is no longer available. Please upload it again.")
        )
        return back
    try:
        found = read_catalogue_file(form.cleaned_data["name"], content)
        plan = plan_changes(found, overwrite=form.cleaned_data["overwrite"])
    except SourceError as error:
        messages.error(request, str(error))
        return back
    if not plan.is_possible:
        messages.error(
            request, _("The catalogue has changed in the meantime: %s") % str(plan.file.rejects[0])
        )
        return back
    write_changes(plan)
    cache.delete(key)
    text = _("%(new)d movies added, %(changed)d changed.")
    messages.success(request, text % {"new": len(plan.new), "changed": len(plan.changed)})
    return HttpResponseRedirect(reverse("admin:movies_movie_changelist"))


def _require_permission(request: HttpRequest) -> None:
    if not request.user.has_perms(["movies.add_movie", "movies.change_movie"]):
        raise PermissionDenied


def _content(file: UploadedFile) -> bytes:
    if (file.size or 0) > MAX_BYTES:
        raise SourceError(f"{file.name} is larger than {MAX_BYTES // 1024**2} megabytes.")
    return file.read()


def _preview(plan: CataloguePlan) -> dict[str, object]:
    return {
        "plan": plan,
        "new": plan.new[:SHOWN],
        "changed": plan.changed[:SHOWN],
        "n_more_new": max(0, len(plan.new) - SHOWN),
        "n_more_changed": max(0, len(plan.changed) - SHOWN),
        "n_more_rejected": plan.file.n_rejected - len(plan.file.rejects),
        "ignored_columns": ", ".join(plan.file.ignored_columns),
    }


def _keep(content: bytes) -> str:
    """Keep the file for the second step."""
    token = hashlib.sha256(content).hexdigest()
    cache.set(_key(token), content, KEPT_SECONDS)
    return token


def _key(token: str) -> str:
    return f"uploaded-movies-{token}"
