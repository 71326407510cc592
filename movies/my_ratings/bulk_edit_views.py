"""Changing several of one's own ratings: the question with its numbers, the doing, the undoing."""

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
from movies.my_ratings import bulk_edit as steps
from movies.my_ratings.query import OwnRatings
from movies.rating.forms import StarsField
from movies.stars import to_half_stars, to_stars
from recommender.serving.expected import expected

# Titles that a question names before it counts the others.
NAMED = 12
NEW_LIST = "new"


class SeveralForm(forms.Form):
    """What to do with which of one's ratings: those that are ticked, or all that the list holds."""

    action = forms.ChoiceField(
        choices=BulkEdit.Kind.choices,
        error_messages={"required": gettext_lazy("Choose what to do.")},
    )
    stars = StarsField(required=False)
    which = forms.ChoiceField(choices=[(key, key) for key in ("ticked", "all")], required=False)
    query = forms.CharField(max_length=2000, required=False)
    # Which list is asked with the number of movies: one's own by its number, or a new one's name.
    onto = forms.CharField(max_length=20, required=False)
    name = forms.CharField(max_length=LONGEST_NAME, required=False)
    # How many movies the question spoke of; nothing is done before it was asked.
    n = forms.IntegerField(min_value=0, required=False)

    def __init__(self, post: QueryDict, user: User) -> None:
        super().__init__(post)
        self.user, self.ticked = user, post.getlist("ratings")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not all(pk.isascii() and pk.isdigit() and len(pk) < 19 for pk in self.ticked):
            raise forms.ValidationError(_("There is no such rating in this list."), "invalid")
        if cleaned.get("which") != "all" and not self.ticked:
            raise forms.ValidationError(_("Tick at least one movie."), "missing")
        if cleaned.get("action") == BulkEdit.Kind.STARS and not cleaned.get("stars"):
            raise forms.ValidationError(_("Choose how many stars to give."), "missing")
        return cleaned

    @property
    def asked(self) -> OwnRatings:
        return OwnRatings.from_params(QueryDict(self.cleaned_data["query"]))

    @property
    def is_onto_list(self) -> bool:
        return self.cleaned_data["action"] == BulkEdit.Kind.LIST

    @property
    def is_ready(self) -> bool:
        """Nothing is left to ask but whether."""
        onto, name = self.cleaned_data["onto"], self.cleaned_data["name"]
        return not self.is_onto_list or bool(name if onto == NEW_LIST else onto)

    @cached_property
    def lists(self) -> list[tuple[str, str]]:
        """(number as the form says it, name) of this person's lists, the last changed first."""
        own = MovieList.objects.of(self.user).order_by("-updated_at", "-pk")
        return [(str(pk), name) for pk, name in own.values_list("pk", "name")]

    def chosen(self) -> RatingQuerySet:
        """This person's ratings that are meant; what is not theirs is never among them."""
        if self.cleaned_data["which"] == "all":
            return self.asked.of(self.user)
        return Rating.objects.of(self.user).filter(pk__in=self.ticked)

    def movie_ids(self) -> list[int]:
        """Their movies in the order in which one sees them, at most one more than a list holds."""
        surprises = expected(self.user) if self.asked.is_by_surprise else None
        some = self.asked.ordered(self.chosen(), surprises, lambda ratings: ratings)
        return [rating.movie_id for rating in some[: MAX_MOVIES + 1]]

    def problem(self) -> str:
        return next(message for errors in self.errors.values() for message in errors)


@dataclass(frozen=True)
class Question:
    """What one is about to do, in numbers."""

    n: int
    n_changed: int
    now: Sequence[tuple[float, int]]  # (stars, movies that have them), the most stars first
    titles: Sequence[str]
    n_more: int

    @classmethod
    def about(cls, form: SeveralForm, chosen: QuerySet[Rating]) -> Question:
        rows = chosen.order_by("movie__title_key", "pk").values_list("half_stars", "movie__title")
        counts = Counter(half for half, _title in rows)
        stars, n = form.cleaned_data["stars"], sum(counts.values())
        is_given = form.cleaned_data["action"] == BulkEdit.Kind.STARS
        return cls(
            n=n,
            n_changed=n - counts[to_half_stars(stars)] if is_given else n,
            now=[(to_stars(half), counts[half]) for half in sorted(counts, reverse=True)],
            titles=[title for _half, title in rows[:NAMED]],
            n_more=max(0, n - NAMED),
        )


@require_POST
@member_only
def several(request: HttpRequest) -> HttpResponse:
    """Ask first, with the number of movies; then do it, if it is still that many."""
    form = SeveralForm(request.POST, request.user)
    back = _list(request.POST)
    if not form.is_valid():
        messages.error(request, form.problem())
        return redirect(back)
    chosen = form.chosen()
    question = Question.about(form, chosen)
    if not question.n:
        messages.error(request, _("None of these ratings are there any more."))
        return redirect(back)
    if form.cleaned_data["n"] != question.n or not form.is_ready:
        context = {"form": form, "question": question, "back": back}
        return render(request, "movies/my_ratings/ratings_several.html", context)
    try:
        step = _put_on_list(form) if form.is_onto_list else _do(form, chosen)
    except (ListLimitReached, ListDeleted) as refused:
        messages.error(request, str(refused) or _("This list is not there any more."))
        return redirect(back)
    if step is None:
        messages.info(request, _("Nothing had to be changed."))
    else:
        # The tag carries the step to the undo button beside the message.
        messages.success(request, _said(step), extra_tags=f"several:{step.pk}")
    return redirect(back)


@require_POST
@member_only
def undo_several(request: HttpRequest, pk: int) -> HttpResponse:
    if pk >= 2**63:
        raise Http404
    try:
        undone = steps.undo(request.user, pk)
    except steps.UndoError:
        raise Http404(_("This can no longer be undone.")) from None
    text = ngettext(
        "Taken back: %(n)s movie is as it was.", "Taken back: %(n)s movies are as they were.",
        undone.n,
    ) % {"n": undone.n}  # fmt: skip
    if undone.n_left:
        text += " " + ngettext(
            "%(n)s stays, because you changed it again since or it is gone.",
            "%(n)s stay, because you changed them again since or they are gone.",
            undone.n_left,
        ) % {"n": undone.n_left}
    messages.success(request, text)
    return redirect(_list(request.POST))


def _list(post: QueryDict) -> str:
    """The list one came from, to go on there; made anew from what its address asked for."""
    query = OwnRatings.from_params(QueryDict(post.get("query", "")[:2000])).query
    return f"{reverse('movies:ratings')}?{query}{'&' if query else ''}edit=1"


def _put_on_list(form: SeveralForm) -> BulkEdit | None:
    """On one's own list, or on a new one, which is not made if they do not fit on it.

    Raises:
        ListLimitReached, ListDeleted: see there.
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
        return steps.put_on_list(user, movie_list, form.movie_ids())


def _do(form: SeveralForm, chosen: RatingQuerySet) -> BulkEdit | None:
    user, asked = form.user, form.cleaned_data
    if asked["action"] == BulkEdit.Kind.STARS:
        return steps.give(user, chosen, to_half_stars(asked["stars"]))
    if asked["action"] == BulkEdit.Kind.REMOVED:
        return steps.remove(user, chosen)
    return steps.put_on_watchlist(user, chosen)


def _said(step: BulkEdit) -> str:
    stars = scales.active().in_words(step.stars or 0)
    text = {
        BulkEdit.Kind.STARS: ngettext(
            "%(n)s movie now has %(stars)s.", "%(n)s movies now have %(stars)s.", step.n
        ),
        BulkEdit.Kind.REMOVED: ngettext(
            "%(n)s rating is removed.", "%(n)s ratings are removed.", step.n
        ),
        BulkEdit.Kind.WATCHLIST: ngettext(
            "%(n)s movie is on your watchlist.", "%(n)s movies are on your watchlist.", step.n
        ),
        BulkEdit.Kind.LIST: ngettext(
            "%(n)s movie was put on %(list)s.", "%(n)s movies were put on %(list)s.", step.n
        ),
    }[BulkEdit.Kind(step.kind)]
    name = step.movie_list.name if step.movie_list else ""
    return text % {"n": step.n, "stars": stars, "list": name}
