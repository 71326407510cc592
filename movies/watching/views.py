"""The page of a member's country and services."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from movies.watching import choices
from movies.watching.forms import ServicesForm


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def services(request: HttpRequest) -> HttpResponse:
    """`?country=DE` shows the services of another country, before anything is saved."""
    saved = choices.choice_of(request.user)
    country = (request.POST or request.GET).get("country", "")
    if country not in dict(choices.countries()):
        country = saved.country
    form = ServicesForm(
        request.POST if request.method == "POST" else None, country=country, chosen=saved.services
    )
    if form.is_valid():
        choices.choose(request.user, form.cleaned_data["country"], form.cleaned_data["services"])
        messages.success(request, _("Your services are saved."))
        return redirect("movies:services")
    context = {
        "form": form,
        "countries": choices.countries(),
        "country": country,
        "offered": [(one, one.id in saved.services) for one in form.offered],
    }
    status = 422 if form.errors else 200
    return render(request, "movies/watching/services.html", context, status=status)
