"""The page on which one says who may see what of oneself."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.profile_forms import ProfileForm
from accounts.profiles import Profile, profile_of


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def profile(request: HttpRequest) -> HttpResponse:
    stored = profile_of(request.user)
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=stored)
    if form.is_valid():
        saved = form.save()
        if saved.level == Profile.Level.PRIVATE:
            messages.success(request, _("Saved. Your profile is private: nobody else sees it."))
        else:
            messages.success(request, _("Your profile is saved."))
        return redirect("accounts:profile")
    status = 422 if form.errors else 200
    return render(request, "accounts/profile.html", {"form": form}, status=status)
