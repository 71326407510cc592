"""The page of hidden movies, and unhiding them."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import member_only
from cfsite.lib.pagination import page_of
from movies.marks.views import SEAL_TAG
from movies.models import Mark, MarkQuerySet, Rating
from movies.rating.undo import seal_mark

KIND_LABELS = {
    Mark.Kind.NOT_INTERESTED: gettext_lazy("Not interested"),
    Mark.Kind.SEEN: gettext_lazy("Seen, not rated"),
}


class UnhideForm(forms.Form):
    """Which of the user's marks to remove: one, those ticked, or all of a kind."""

    kind = forms.ChoiceField(choices=[(kind, kind) for kind in Mark.HIDING_KINDS], required=False)
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
            raise forms.ValidationError(_("There is no such movie in this list."), "invalid")
        if not ids and not cleaned.get("everything"):
            raise forms.ValidationError(_("Choose at least one movie."), "missing")
        return {**cleaned, "ids": ids}

    def chosen(self, own: MarkQuerySet) -> MarkQuerySet:
        """The marks among `own` that the form selects."""
        cleaned = self.cleaned_data
        chosen = _of_kind(own, cleaned["kind"])
        return chosen.filter(pk__in=cleaned["ids"]) if cleaned["ids"] else chosen


class KindChoice(NamedTuple):
    """A link to the hidden movies of one kind."""

    query: str
    label: str | Promise
    n: int
    is_current: bool


@require_safe
@login_required
def hidden(request: HttpRequest) -> HttpResponse:
    kind = request.GET.get("kind", "")
    kind = kind if kind in Mark.HIDING_KINDS else ""
    own = _hidden_marks(request)
    newest = _of_kind(own, kind).order_by("-created_at", "-pk")
    page = page_of(request, newest.select_related("movie").prefetch_related("movie__genres"))
    counts = own.aggregate(
        **{kind: Count("pk", filter=Q(kind=kind)) for kind in Mark.HIDING_KINDS}, all=Count("pk")
    )
    kinds = [KindChoice("", _("All"), counts["all"], not kind)]
    kinds += [
        KindChoice(f"?kind={key}", label, counts[key], key == kind)
        for key, label in KIND_LABELS.items()
    ]
    return render(request, "movies/marks/hidden.html", {"page": page, "kind": kind, "kinds": kinds})


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
            "%(n)s movie may be recommended to you again.",
            "%(n)s movies may be recommended to you again.",
            n,
        )
        messages.success(request, text % {"n": n}, extra_tags=sealed)
    else:
        messages.error(request, next(iter(form.errors.values()))[0])
    kind = form.cleaned_data.get("kind") or ""
    query = f"?kind={kind}" if kind else ""
    return redirect(reverse("movies:hidden") + query)


def _hidden_marks(request: HttpRequest) -> MarkQuerySet:
    """The user's marks that hide movies, but not "seen" of movies rated since.

    Those marks stay stored, so that removing the rating does not unhide the movie.
    """
    own = Mark.objects.filter(user=request.user, kind__in=Mark.HIDING_KINDS)
    rated = Rating.objects.of(request.user).filter(movie=OuterRef("movie"))
    return own.exclude(Q(Exists(rated), kind=Mark.Kind.SEEN))


def _of_kind(marks: MarkQuerySet, kind: str) -> MarkQuerySet:
    return marks.filter(kind=kind) if kind else marks
