"""Pages of access tokens."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import AccessToken
from accounts.tokens.forms import NewTokenForm


@require_safe
@login_required
@never_cache
def tokens(request: HttpRequest) -> HttpResponse:
    context = {"tokens": list(AccessToken.objects.of(request.user))}
    return render(request, "accounts/tokens/tokens.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@reauthentication_required
@never_cache
@sensitive_variables("made", "secret")
def new(request: HttpRequest) -> HttpResponse:
    """The form; then the only page that ever shows the token."""
    form = NewTokenForm(request.POST if request.method == "POST" else None)
    made = form.create_for(request.user) if form.is_valid() else None
    if made is None:
        status = 422 if form.errors else 200
        return render(request, "accounts/tokens/new.html", {"form": form}, status=status)
    token, secret = made
    return render(request, "accounts/tokens/made.html", {"token": token, "secret": secret})


@require_POST
@login_required
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(AccessToken.objects.of(request.user), pk=pk)
    token.delete()
    messages.success(request, _("“%(name)s” no longer works.") % {"name": token.name})
    return redirect("accounts:tokens")
