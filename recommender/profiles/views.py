"""A person's page for others: what they chose to show, to whom they chose to show it."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Profile, profile_of
from recommender.profiles.sections import shown_to

LONGEST_USERNAME = 150


@never_cache
@require_safe
def person(request: HttpRequest, username: str) -> HttpResponse:
    """Strangers to a private profile get the answer of one that does not exist."""
    profile = _found(request, username)
    if profile.user.username != username:
        return redirect(profile)
    is_own = profile.user_id == request.user.pk
    role = request.GET.get("as", "") if is_own else ""
    # One's own page can be looked at as a stranger or another member would.
    is_seen = profile.level != Profile.Level.PRIVATE
    if role == "stranger":
        is_seen = profile.level == Profile.Level.PUBLIC
    context: dict[str, Any] = {"profile": profile, "is_own": is_own, "role": role}
    context["is_seen"] = is_seen
    if is_seen or not role:
        context["shown"] = shown_to(request.user, profile)
    return render(request, "recommender/profiles/person.html", context)


def _found(request: HttpRequest, username: str) -> Profile:
    viewer = request.user
    if "\0" in username or len(username) > LONGEST_USERNAME:
        raise Http404
    mine = Profile.objects.filter(user=viewer.pk, shows_ratings=True)
    mine = mine.exclude(level=Profile.Level.PRIVATE)
    profiles = Profile.objects.visible_to(viewer).annotate(viewer_shows=Exists(mine))
    if profile := profiles.at(username).first():
        return profile
    if viewer.is_authenticated and viewer.username == username:
        return profile_of(viewer)  # who never saved one has a private one
    raise Http404(_("There is nobody here to show."))
