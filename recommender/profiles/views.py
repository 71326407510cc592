"""Public profiles: what a user chose to show, to whom they chose to show it."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Profile, profile_of
from recommender.profiles.sections import sections_for
from recommender.serving.cards import cards_for, shown_predictions

LONGEST_USERNAME = 150


@never_cache
@require_safe
def profile(request: HttpRequest, username: str) -> HttpResponse:
    """A private profile answers other users as if it did not exist."""
    profile = _visible_profile(request, username)
    if profile.user.username != username:
        return redirect(profile)
    is_own = profile.user_id == request.user.pk
    role = request.GET.get("as", "") if is_own else ""
    # The owner can preview the page as a stranger or as another member.
    is_seen = profile.level != Profile.Level.PRIVATE
    if role == "stranger":
        is_seen = profile.level == Profile.Level.PUBLIC
    context: dict[str, Any] = {"profile": profile, "is_own": is_own, "role": role}
    context["is_seen"] = is_seen
    if is_seen or not role:
        shown = sections_for(request.user, profile)
        predicted = shown_predictions(request.user, shown.movies)
        context |= {
            "shown": shown,
            "favourites": cards_for(request.user, shown.favourites, predicted, notes=shown.notes),
            "recent": cards_for(request.user, shown.recent, predicted, notes=shown.notes),
            "watchlist": cards_for(request.user, shown.watchlist, predicted),
        }
    return render(request, "recommender/profiles/profile.html", context)


def _visible_profile(request: HttpRequest, username: str) -> Profile:
    viewer = request.user
    if "\0" in username or len(username) > LONGEST_USERNAME:
        raise Http404
    mine = Profile.objects.filter(user=viewer.pk, shows_ratings=True)
    mine = mine.exclude(level=Profile.Level.PRIVATE)
    profiles = Profile.objects.visible_to(viewer).annotate(viewer_shows=Exists(mine))
    if profile := profiles.at(username).first():
        return profile
    if viewer.is_authenticated and viewer.username == username:
        return profile_of(viewer)  # never saved yet: private
    raise Http404(_("We couldn't find that person."))
