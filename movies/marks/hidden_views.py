"""The page of movies one is not interested in, and taking those marks away."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import member_only
from cfsite.lib.web.pagination import page_of
from movies.marks.views import SEAL_TAG
from movies.models import Mark, MarkQuerySet
from movies.rating.undo import seal_mark


class UnhideForm(forms.Form):
    """Which of the user's marks to remove: one, those ticked, or all."""

    only = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    everything = forms.BooleanField(required=False)

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request.POST)
        self.ticked = request.POST.getlist("marks")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        one = cleaned.get("only")
        ids = [str(one)] if one else self.ticked
        if not all(pk.isascii() and pk.isdigit() and len(pk) < 19 for pk in ids):
            raise forms.ValidationError(_("That movie isn’t on this list."), "invalid")
        if not ids and not cleaned.get("everything"):
            raise forms.ValidationError(_("Select at least one movie."), "missing")
        return {**cleaned, "ids": ids}

    def chosen(self, own: MarkQuerySet) -> MarkQuerySet:
        """The marks among `own` that the form selects."""
        ids = self.cleaned_data["ids"]
        return own.filter(pk__in=ids) if ids else own


@require_safe
@login_required
def hidden(request: HttpRequest) -> HttpResponse:
    newest = _hidden_marks(request).order_by("-created_at", "-pk")
    page = page_of(request, newest.select_related("movie").prefetch_related("movie__genres"))
    return render(request, "movies/marks/hidden.html", {"page": page})


@require_POST
@member_only
def unhide(request: HttpRequest) -> HttpResponse:
    form = UnhideForm(request)
    if form.is_valid():
        chosen = form.chosen(_hidden_marks(request))
        first, *more = chosen.select_related("movie")[:2] or [None]
        n, _by_model = chosen.delete()
        # A single movie gets an undo button.
        is_single = first is not None and not more
        sealed = (
            SEAL_TAG + seal_mark(request.user, first.movie, first.kind, first) if is_single else ""
        )
        text = ngettext(
            "We may recommend %(n)s movie to you again.",
            "We may recommend %(n)s movies to you again.",
            n,
        )
        messages.success(request, text % {"n": n}, extra_tags=sealed)
    else:
        messages.error(request, next(iter(form.errors.values()))[0])
    return redirect("movies:hidden")


def _hidden_marks(request: HttpRequest) -> MarkQuerySet:
    return Mark.objects.filter(user=request.user, kind=Mark.Kind.NOT_INTERESTED)
