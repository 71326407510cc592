"""The pages of personal imports: upload, columns, preview, progress, outcome."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts.decorators import member_only
from movies.models import PersonalImport
from movies.my_imports import choosing, lifecycle, reading, report
from movies.my_imports.forms import ColumnsForm, StartForm, UploadForm
from movies.my_imports.lifecycle import NotPossible
from movies.my_imports.missing import missing_rows
from movies.my_imports.parsing.entries import Refused
from movies.my_imports.reading import SAMPLE_ROWS, Options
from movies.my_imports.sources import SOURCES, any_csv

PAST_IMPORTS = 10
State = PersonalImport.State


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def upload(request: HttpRequest) -> HttpResponse:
    is_sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if is_sent else UploadForm()
    if is_sent and form.is_valid():
        file, source = form.cleaned_data["file"], form.cleaned_data["source"]
        try:
            made = reading.receive(request.user, file, file.name, Options(source=source))
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            return redirect("movies:import", made.pk)
    past = PersonalImport.objects.of(request.user).shown().order_by("-pk")[:PAST_IMPORTS]
    context = {
        "form": form,
        "sources": SOURCES.values(),
        "past": [(one, report.source_name(one.source), report.state_in_words(one)) for one in past],
    }
    status = 422 if form.errors else 200
    return render(request, "movies/my_imports/upload.html", context, status=status)


def own_import(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Passes the user's import of this number to the view, or answers 404."""

    @wraps(view)
    def with_import(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        found = lifecycle.of(request.user, pk)
        if found is None:
            raise Http404
        return view(request, found, **kwargs)

    return with_import


@require_safe
@login_required
@own_import
def show(request: HttpRequest, personal_import: PersonalImport) -> HttpResponse:
    """The next step of an import, or what became of it."""
    if personal_import.state == State.ASKING:
        return _columns(request, personal_import, None)
    context = {
        "import": personal_import,
        "source": report.source_name(personal_import.source),
        "scale": report.scale_in_words(personal_import),
    }
    if personal_import.state == State.READY:
        context |= {
            "preview": report.Preview.of(personal_import),
            "form": StartForm(),
            "policies": PersonalImport.Policy.choices,
        }
        return render(request, "movies/my_imports/preview.html", context)
    if personal_import.state in (State.WAITING, State.RUNNING):
        context |= _progress(personal_import)
        return render(request, "movies/my_imports/running.html", context)
    context |= {
        "figures": report.outcome(personal_import),
        "n_ratings": report.n_ratings_now(personal_import),
        "left_out": report.left_out(personal_import),
        "undo_days": reading.UNDO_LASTS.days,
    }
    return render(request, "movies/my_imports/outcome.html", context)


def _progress(personal_import: PersonalImport) -> dict[str, Any]:
    work = lifecycle.progress(personal_import)
    in_vain = lifecycle.is_waiting_in_vain(personal_import)
    return {"work": work, "waits_in_vain": in_vain}


@require_safe
@login_required
@own_import
def progress(request: HttpRequest, personal_import: PersonalImport) -> HttpResponse:
    """Polled by the page of a running import; reloads the page when it is finished."""
    if not request.htmx:
        return redirect("movies:import", personal_import.pk)
    if personal_import.state not in (State.WAITING, State.RUNNING):
        return HttpResponseClientRefresh()
    context = {"import": personal_import, **_progress(personal_import)}
    return render(request, "movies/my_imports/_progress.html", context)


@require_POST
@member_only
@own_import
def name_columns(request: HttpRequest, personal_import: PersonalImport) -> HttpResponse:
    """The answer to a table that asked for its columns."""
    if personal_import.state != State.ASKING:
        return redirect("movies:import", personal_import.pk)
    form = ColumnsForm(personal_import.table["names"], request.POST)
    if form.is_valid():
        try:
            made = reading.answer(personal_import, form.columns, form.cleaned_data["scale"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("movies:import", made.pk)
    return _columns(request, personal_import, form)


def _columns(
    request: HttpRequest, personal_import: PersonalImport, form: ColumnsForm | None
) -> HttpResponse:
    table = personal_import.table
    guessed = {**any_csv.guess(table["names"])}
    context = {
        "import": personal_import,
        "form": form or ColumnsForm(table["names"], initial=guessed),
        "names": table["names"],
        "sample": [cells for _line, cells in table["rows"][:SAMPLE_ROWS]],
    }
    status = 422 if form is not None else 200
    return render(request, "movies/my_imports/columns.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@own_import
def choose(request: HttpRequest, personal_import: PersonalImport) -> HttpResponse:
    """Films that several movies fit."""
    if personal_import.state != State.READY:
        return redirect("movies:import", personal_import.pk)
    if request.method == "POST":
        n = choosing.decide(personal_import, _decided(request))
        text = ngettext(
            "Saved your choice for %(n)s movie.", "Saved your choices for %(n)s movies.", n
        )
        messages.success(request, text % {"n": n})
        if choosing.ambiguous(personal_import).exists():
            return redirect("movies:import-choose", personal_import.pk)
        return redirect("movies:import", personal_import.pk)
    choices = choosing.choices(personal_import)
    if not choices:
        return redirect("movies:import", personal_import.pk)
    context = {"import": personal_import, "choices": choices}
    return render(request, "movies/my_imports/choose.html", context)


def _decided(request: HttpRequest) -> dict[int, int | None]:
    """`row-7=12` of the form: row 7 is movie 12; `none` is none of the movies."""
    decided: dict[int, int | None] = {}
    for name, value in request.POST.items():
        row = name.removeprefix("row-")
        if name.startswith("row-") and _is_id(row) and (value == "none" or _is_id(value)):
            decided[int(row)] = None if value == "none" else int(value)
    return decided


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


@require_safe
@login_required
@own_import
def missing(request: HttpRequest, personal_import: PersonalImport) -> HttpResponse:
    """The rows without a movie, as CSV."""
    answer = StreamingHttpResponse(missing_rows(personal_import), content_type="text/csv")
    answer["Content-Disposition"] = 'attachment; filename="not-in-the-catalogue.csv"'
    return answer


@require_POST
@member_only
@own_import
def start(request: HttpRequest, personal_import: PersonalImport) -> HttpResponse:
    form = StartForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose what to do with movies you’ve already rated."))
        return redirect("movies:import", personal_import.pk)
    return _do(
        request, personal_import, lambda: lifecycle.start(personal_import, **form.cleaned_data)
    )


@require_POST
@member_only
@own_import
def resume(request: HttpRequest, personal_import: PersonalImport) -> HttpResponse:
    """Go on with an import that was cancelled or failed, as it was started."""
    chosen = {
        name: getattr(personal_import, name)
        for name in ("policy", "takes_title_matches", "adds_movies")
    }
    return _do(request, personal_import, lambda: lifecycle.start(personal_import, **chosen))


@require_POST
@member_only
@own_import
def cancel(request: HttpRequest, personal_import: PersonalImport) -> HttpResponse:
    return _do(request, personal_import, lambda: lifecycle.cancel(personal_import))


@require_POST
@member_only
@own_import
def undo(request: HttpRequest, personal_import: PersonalImport) -> HttpResponse:
    return _do(request, personal_import, lambda: lifecycle.start_undo(personal_import))


@require_POST
@member_only
@own_import
def run_here(request: HttpRequest, personal_import: PersonalImport) -> HttpResponse:
    """Do a part of the work in this request, where no worker does it."""
    if lifecycle.is_waiting_in_vain(personal_import):
        lifecycle.run(personal_import, lifecycle.SECONDS_IN_A_REQUEST)
    return redirect("movies:import", personal_import.pk)


@require_POST
@member_only
@own_import
def discard(request: HttpRequest, personal_import: PersonalImport) -> HttpResponse:
    _do(request, personal_import, lambda: lifecycle.discard(personal_import))
    return redirect("movies:imports")


def _do(
    request: HttpRequest, personal_import: PersonalImport, action: Callable[[], None]
) -> HttpResponse:
    """Try it, and show the import as it is then."""
    try:
        action()
    except NotPossible as error:
        messages.error(request, str(error))
    return redirect("movies:import", personal_import.pk)
