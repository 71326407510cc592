"""Bulk edits of a user's ratings: the confirmation page, the edit, and undo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from accounts.decorators import member_only
from accounts.models import User
from movies import scales
from movies.lists import lifecycle
from movies.lists.entries import MAX_MOVIES
from movies.lists.lifecycle import ListDeleted, ListLimitReached
from movies.models import BulkEdit, MovieList, Rating, RatingQuerySet
from movies.models.lists import LONGEST_NAME
from movies.my_ratings import bulk_edit as edits
from movies.my_ratings.query import MyRatingsQuery
from movies.rating.forms import StarsField
from movies.stars import to_half_stars, to_stars
from recommender.serving.expected import expected

# Titles on the confirmation page; the others are only counted.
MAX_TITLES = 12
NEW_LIST = "new"


class BulkEditForm(forms.Form):
    """What to do, and with which ratings: those ticked, or all that match the filters."""

    action = forms.ChoiceField(
        choices=BulkEdit.Kind.choices,
        error_messages={"required": gettext_lazy("Choose what to do.")},
    )
    stars = StarsField(required=False)
    which = forms.ChoiceField(choices=[(key, key) for key in ("ticked", "all")], required=False)
    query = forms.CharField(max_length=2000, required=False)
    # The id of one of the user's lists, or NEW_LIST and a name; asked on the confirmation page.
    onto = forms.CharField(max_length=20, required=False)
    name = forms.CharField(max_length=LONGEST_NAME, required=False)
    # The number of movies on the confirmation page; without it the page is shown first.
    n = forms.IntegerField(min_value=0, required=False)

    def __init__(self, post: QueryDict, user: User) -> None:
        super().__init__(post)
        self.user, self.ticked = user, post.getlist("ratings")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not all(pk.isascii() and pk.isdigit() and len(pk) < 19 for pk in self.ticked):
            raise forms.ValidationError(_("That rating isn’t on this list."), "invalid")
        if cleaned.get("which") != "all" and not self.ticked:
            raise forms.ValidationError(_("Select at least one movie."), "missing")
        if cleaned.get("action") == BulkEdit.Kind.STARS and not cleaned.get("stars"):
            raise forms.ValidationError(_("Choose how many stars to give."), "missing")
        return cleaned

    @property
    def asked(self) -> MyRatingsQuery:
        return MyRatingsQuery.from_params(QueryDict(self.cleaned_data["query"]))

    @property
    def is_for_list(self) -> bool:
        return self.cleaned_data["action"] == BulkEdit.Kind.LIST

    @property
    def is_ready(self) -> bool:
        """Whether the form has all that the action needs."""
        onto, name = self.cleaned_data["onto"], self.cleaned_data["name"]
        return not self.is_for_list or bool(name if onto == NEW_LIST else onto)

    @cached_property
    def lists(self) -> list[tuple[str, str]]:
        """(id as text, name) of the user's lists, the last changed first."""
        own = MovieList.objects.of(self.user).order_by("-updated_at", "-pk")
        return [(str(pk), name) for pk, name in own.values_list("pk", "name")]

    def chosen(self) -> RatingQuerySet:
        """The chosen ratings; those of other users are never among them."""
        if self.cleaned_data["which"] == "all":
            return self.asked.of(self.user)
        return Rating.objects.of(self.user).filter(pk__in=self.ticked)

    def movie_ids(self) -> list[int]:
        """Their movies in the order of the page, at most one more than a list may have."""
        surprises = expected(self.user) if self.asked.is_by_surprise else None
        ratings = self.asked.sort(self.chosen(), surprises, lambda ratings: ratings)
        return [rating.movie_id for rating in ratings[: MAX_MOVIES + 1]]

    def problem(self) -> str:
        return next(message for errors in self.errors.values() for message in errors)


@dataclass(frozen=True)
class Confirmation:
    """The numbers and titles on the confirmation page."""

    n: int
    n_changed: int
    current: Sequence[tuple[float, int]]  # (stars, movies that have them), most stars first
    titles: Sequence[str]
    n_more: int

    @classmethod
    def of(cls, form: BulkEditForm, chosen: QuerySet[Rating]) -> Confirmation:
        rows = chosen.order_by("movie__title_key", "pk").values_list("half_stars", "movie__title")
        counts = Counter(half for half, _title in rows)
        stars, n = form.cleaned_data["stars"], sum(counts.values())
        is_given = form.cleaned_data["action"] == BulkEdit.Kind.STARS
        return cls(
            n=n,
            n_changed=n - counts[to_half_stars(stars)] if is_given else n,
            current=[(to_stars(half), counts[half]) for half in sorted(counts, reverse=True)],
            titles=[title for _half, title in rows[:MAX_TITLES]],
            n_more=max(0, n - MAX_TITLES),
        )


@require_POST
@member_only
def bulk_edit(request: HttpRequest) -> HttpResponse:
    """Ask for confirmation first; then edit, if the number of movies is still the same."""
    form = BulkEditForm(request.POST, request.user)
    back = _return_url(request.POST)
    if not form.is_valid():
        messages.error(request, form.problem())
        return redirect(back)
    chosen = form.chosen()
    confirmation = Confirmation.of(form, chosen)
    if not confirmation.n:
        messages.error(request, _("These ratings no longer exist."))
        return redirect(back)
    if form.cleaned_data["n"] != confirmation.n or not form.is_ready:
        context = {"form": form, "confirmation": confirmation, "back": back}
        return render(request, "movies/my_ratings/bulk_edit_confirm.html", context)
    try:
        edit = _add_to_list(form) if form.is_for_list else _apply(form, chosen)
    except (ListLimitReached, ListDeleted) as refused:
        messages.error(request, str(refused) or _("This list no longer exists."))
        return redirect(back)
    if edit is None:
        messages.info(request, _("Nothing needed changing."))
    else:
        # The tag tells templates/_messages.html which edit its undo button is for.
        messages.success(request, _message(edit), extra_tags=f"bulk-edit:{edit.pk}")
    return redirect(back)


@require_POST
@member_only
def undo_bulk_edit(request: HttpRequest, pk: int) -> HttpResponse:
    if pk >= 2**63:
        raise Http404
    try:
        undone = edits.undo(request.user, pk)
    except edits.UndoError:
        raise Http404(_("It’s too late to undo that.")) from None
    text = ngettext(
        "Undone: %(n)s movie is back as it was.", "Undone: %(n)s movies are back as they were.",
        undone.n,
    ) % {"n": undone.n}  # fmt: skip
    if undone.n_left:
        text += " " + ngettext(
            "%(n)s movie stays as it is, because you’ve changed it since or it’s gone.",
            "%(n)s movies stay as they are, because you’ve changed them since or they’re gone.",
            undone.n_left,
        ) % {"n": undone.n_left}
    messages.success(request, text)
    return redirect(_return_url(request.POST))


def _return_url(post: QueryDict) -> str:
    """The URL to return to, rebuilt from its filters so that it cannot lead elsewhere."""
    query = MyRatingsQuery.from_params(QueryDict(post.get("query", "")[:2000])).query
    return f"{reverse('movies:ratings')}?{query}{'&' if query else ''}edit=1"


def _add_to_list(form: BulkEditForm) -> BulkEdit | None:
    """Add the movies to one of the user's lists, or to a new one if they fit on it.

    Raises:
        ListLimitReached, ListDeleted: see `entries.add_many`.
    """
    user, onto = form.user, form.cleaned_data["onto"]
    with transaction.atomic():
        if onto == NEW_LIST:
            movie_list = lifecycle.create(user, form.cleaned_data["name"])
        else:
            known = onto in dict(form.lists)
            movie_list = MovieList.objects.of(user).filter(pk=onto).first() if known else None
        if movie_list is None:
            raise ListDeleted
        return edits.add_to_list(user, movie_list, form.movie_ids())


def _apply(form: BulkEditForm, chosen: RatingQuerySet) -> BulkEdit | None:
    user, asked = form.user, form.cleaned_data
    if asked["action"] == BulkEdit.Kind.STARS:
        return edits.set_stars(user, chosen, to_half_stars(asked["stars"]))
    if asked["action"] == BulkEdit.Kind.REMOVED:
        return edits.remove_ratings(user, chosen)
    return edits.add_to_watchlist(user, chosen)


def _message(edit: BulkEdit) -> str:
    stars = scales.active().in_words(edit.stars or 0)
    text = {
        BulkEdit.Kind.STARS: ngettext(
            "You rated %(n)s movie %(stars)s.", "You rated %(n)s movies %(stars)s.", edit.n
        ),
        BulkEdit.Kind.REMOVED: ngettext("Removed %(n)s rating.", "Removed %(n)s ratings.", edit.n),
        BulkEdit.Kind.WATCHLIST: ngettext(
            "Added %(n)s movie to your watchlist.", "Added %(n)s movies to your watchlist.", edit.n
        ),
        BulkEdit.Kind.LIST: ngettext(
            "Added %(n)s movie to %(list)s.", "Added %(n)s movies to %(list)s.", edit.n
        ),
    }[BulkEdit.Kind(edit.kind)]
    name = edit.movie_list.name if edit.movie_list else ""
    return text % {"n": edit.n, "stars": stars, "list": name}
