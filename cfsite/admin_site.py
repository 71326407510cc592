"""The operator's admin: its name, and its front page by what an operator looks for.

Django groups models by app, which gives two sections called Accounts and two lists of Groups.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Models by their labels. One that is not named comes last in the section of its app.
SECTIONS: tuple[tuple[str | Promise, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        _("Catalogue"),
        ("movies",),
        (
            *("movies.Movie", "movies.MovieRequest", "movies.MovieMerge", "movies.Genre"),
            *("movies.Person", "movies.FactFetch", "movies.TmdbPoster"),
            *("movies.ImportRun", "movies.ImportedDataSet"),
        ),
    ),
    (
        _("What members did"),
        (),
        ("movies.Rating", "movies.Mark", "movies.MovieList", "recommender.Group"),
    ),
    (
        _("Accounts"),
        ("accounts", "account", "auth", "mfa"),
        (
            *("accounts.User", "accounts.Profile", "recommender.SuspiciousProfile"),
            *("account.EmailAddress", "mfa.Authenticator", "accounts.AccessToken", "auth.Group"),
        ),
    ),
    (
        _("Recommendations"),
        ("recommender",),
        (
            *("recommender.TrainingRun", "recommender.RefitPolicy", "recommender.Evaluation"),
            "recommender.HyperparameterSearch",
        ),
    ),
    (
        _("Operation"),
        ("operations",),
        (
            "operations.Alert",
            "operations.ServerError",
            "operations.OutgoingMail",
            "operations.Backup",
            "django_celery_beat.PeriodicTask",
        ),
    ),
)
NAMES = {
    "auth.Group": _("Permissions of staff"),
    "mfa.Authenticator": _("Second factors"),
    "recommender.Group": _("Groups"),
    "django_celery_beat.PeriodicTask": _("Scheduled work"),
}
# Edited from the scheduled work.
HIDDEN = frozenset({"django_celery_beat.IntervalSchedule"})


class OperatorSite(admin.AdminSite):
    index_title = _("Run the site")

    @property
    def site_header(self) -> str:  # type: ignore[override]
        return settings.SITE_NAME

    @property
    def site_title(self) -> str:  # type: ignore[override]
        return self.site_header

    def index(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        """With the dashboard for those who may see what it shows."""
        from cfsite.operations.dashboard import dashboard

        context = dict(extra_context or {})
        if request.user.has_perm("operations.view_alert"):
            context["dashboard"] = dashboard()
        return super().index(request, context)

    def worker_missing(self) -> str:
        """Since when nobody takes work, in words; empty while somebody does."""
        from cfsite.operations.heartbeats import worker_missing

        return worker_missing()

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        apps = super().get_app_list(request, app_label)
        if app_label:
            return apps
        found = {model["model"]._meta.label: model for app in apps for model in app["models"]}
        for label in HIDDEN:
            found.pop(label, None)
        for label, name in NAMES.items():
            if label in found:
                found[label]["name"] = name
        sections = [
            _section(number, name, [found.pop(label) for label in labels if label in found])
            for number, (name, _apps, labels) in enumerate(SECTIONS)
        ]
        for label, model in found.items():
            sections[_place_of(label.split(".")[0])]["models"].append(model)
        return [section for section in sections if section["models"]]


def _section(number: int, name: str | Promise, models: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": name,
        "app_label": f"section-{number}",
        "app_url": reverse("admin:index"),
        "has_module_perms": True,
        "models": models,
    }


def _place_of(app_label: str) -> int:
    """The section of an app; the last one for apps of others."""
    places = (place for place, (_name, apps, _models) in enumerate(SECTIONS) if app_label in apps)
    return next(places, len(SECTIONS) - 1)


class OperatorAdminConfig(AdminConfig):
    default_site = "cfsite.admin_site.OperatorSite"
