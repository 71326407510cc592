"""The page "Where you're logged in"."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.devices.devices import alive, devices_of, log_out, log_out_elsewhere


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def devices(request: HttpRequest) -> HttpResponse:
    this_key = request.session.session_key
    if request.method == "POST":
        one = request.POST.get("device", "")
        if not one:
            log_out_elsewhere(request.user, this_key)
            messages.success(request, _("You’re logged out everywhere else."))
        elif one.isascii() and one.isdigit() and len(one) < 19:
            log_out(alive(request.user).filter(pk=int(one)).exclude(session_key=this_key))
            messages.success(request, _("Logged out there."))
        return redirect("usersessions_list")
    context = {"devices": devices_of(request.user, this_key)}
    return render(request, "accounts/devices/devices.html", context)
