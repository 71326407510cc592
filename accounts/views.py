"""Settings, profile, data export and account deletion."""

from collections.abc import Iterator

from allauth.decorators import rate_limit
from django.conf import settings as site_settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    QueryDict,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import account_deletion, kept_data, prepared_export
from accounts.data_export import export
from accounts.forms import EraseForm, PreferenceForm, ProfileForm
from accounts.models import Boldness, Profile, User, profile_of


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def settings(request: HttpRequest) -> HttpResponse:
    form = PreferenceForm(_posted(request), instance=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Settings saved."))
        return redirect("accounts:settings")
    context = {
        "form": form,
        "stops": Boldness.choices,
        "chosen": form["boldness"].value(),
        # An added address is the account's once it is confirmed.
        "has_email": request.user.email or request.user.emailaddress_set.exists(),
    }
    return render(request, "accounts/settings.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def my_data(request: HttpRequest) -> HttpResponseBase:
    """The zip; if it is too large for a request, the page on which to ask the worker for it."""
    if request.method == "POST":
        prepared_export.ask_for(request.user)
        return redirect("accounts:export")
    if not prepared_export.is_large(request.user):
        return zip_response(request.user, export(request.user))
    prepared = prepared_export.prepared_for(request.user)
    if prepared is not None and prepared.ready_at and "download" in request.GET:
        return zip_response(request.user, prepared_export.content_of(prepared))
    context = {"prepared": prepared, "is_late": prepared is not None and prepared.is_late}
    return render(request, "accounts/export.html", context)


def zip_response(user: User, content: Iterator[bytes]) -> StreamingHttpResponse:
    """A download. "identity" keeps the middleware from compressing it again."""
    site = slugify(site_settings.SITE_NAME, allow_unicode=True) or "export"
    name = f"{site}-{user.get_username()}-{timezone.now():%Y-%m-%d}.zip"
    return StreamingHttpResponse(
        content,
        content_type="application/zip",
        headers={
            "Content-Disposition": content_disposition_header(True, name),
            "Content-Encoding": "identity",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@rate_limit(action="reauthenticate")
def erase(request: HttpRequest) -> HttpResponse:
    form = EraseForm(_posted(request), user=request.user)
    if form.is_valid():
        try:
            account_deletion.erase(request.user)
        except account_deletion.LastOperator:
            form.add_error(None, EraseForm.last_operator)
        else:
            logout(request)
            messages.success(request, _("Your account and everything in it have been erased."))
            return redirect("home")
    status = 422 if form.errors else 200
    return render(request, "accounts/erase.html", {"form": form}, status=status)


@require_safe
def data_notice(request: HttpRequest) -> HttpResponse:
    """What the site keeps about people, for everybody to read."""
    context = {
        "kept": list(kept_data.notices()),
        "remarks": kept_data.remarks(),
        "fewest": site_settings.MIN_PUBLIC_RATERS,
        "backup_days": site_settings.BACKUP_DAYS,
    }
    return render(request, "accounts/data_notice.html", context)


def _posted(request: HttpRequest) -> QueryDict | None:
    # None leaves the form unbound; an empty POST is bound and invalid.
    return request.POST if request.method == "POST" else None


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def profile(request: HttpRequest) -> HttpResponse:
    stored = profile_of(request.user)
    form = ProfileForm(_posted(request), instance=stored)
    if form.is_valid():
        saved = form.save()
        if saved.level == Profile.Level.PRIVATE:
            messages.success(request, _("Saved. Your profile is private: only you can see it."))
        else:
            messages.success(request, _("Profile saved."))
        return redirect("accounts:profile")
    status = 422 if form.errors else 200
    return render(request, "accounts/profile.html", {"form": form}, status=status)
