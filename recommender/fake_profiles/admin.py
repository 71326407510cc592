"""Suspicious profiles in the admin: look at the evidence, quarantine, release, clear."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from accounts.quarantine import quarantine, release
from cfsite.lib.admin import RemovableAdmin
from recommender.fake_profiles.evidence import evidence_about
from recommender.models import SuspiciousProfile


class DecisionFilter(admin.SimpleListFilter):
    """Shows by default what nobody has decided about."""

    title = gettext_lazy("decision")
    parameter_name = "decision"
    NAMES = (
        ("open", gettext_lazy("To look at")),
        ("quarantined", gettext_lazy("In quarantine")),
        ("cleared", gettext_lazy("Cleared")),
        ("all", gettext_lazy("All")),
    )

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(self.NAMES)

    def choices(self, changelist: Any) -> Any:
        for value, title in self.lookup_choices:
            yield {
                "selected": (self.value() or "open") == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": title,
            }

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[SuspiciousProfile]
    ) -> QuerySet[SuspiciousProfile]:
        match self.value():
            case "all":
                return queryset
            case "quarantined":
                return queryset.filter(user__quarantined_at__isnull=False)
            case "cleared":
                return queryset.filter(user__quarantined_at=None, cleared_at__isnull=False)
            case _:
                return queryset.open()


@admin.register(SuspiciousProfile)
class SuspiciousProfileAdmin(RemovableAdmin):
    """Refits write the list; staff decide."""

    list_display = ["__str__", "how_suspicious", "n_ratings", "joined", "decision"]
    list_filter = [DecisionFilter]
    list_select_related = ["user"]
    list_per_page = 50
    sortable_by: list[str] = []
    search_fields = ["user__username"]
    actions = ["quarantine", "release", "clear"]
    fields = ["account", "how_suspicious", "joined", "decision", "found_at", "evidence"]

    class Media:
        css = {"all": ["admin-extra/runs.css"]}

    def has_delete_permission(
        self, request: HttpRequest, obj: SuspiciousProfile | None = None
    ) -> bool:
        """It goes with its account; a row deleted alone is found again."""
        return request.user.has_perm("accounts.delete_user")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.change_user")

    @admin.action(permissions=["decide"], description=gettext_lazy("Quarantine"))
    def quarantine(self, request: HttpRequest, queryset: QuerySet[SuspiciousProfile]) -> None:
        n = quarantine(self._users(request, queryset, "Put in quarantine."))
        text = ngettext(
            "%(n)d account is in quarantine: its ratings count nowhere from now on.",
            "%(n)d accounts are in quarantine: their ratings count nowhere from now on.",
            n,
        )
        self.message_user(request, text % {"n": n}, messages.SUCCESS)

    @admin.action(permissions=["decide"], description=gettext_lazy("Release from quarantine"))
    def release(self, request: HttpRequest, queryset: QuerySet[SuspiciousProfile]) -> None:
        n = release(self._users(request, queryset, "Released from quarantine."))
        text = ngettext(
            "%(n)d account is released: its ratings count again.",
            "%(n)d accounts are released: their ratings count again.",
            n,
        )
        self.message_user(request, text % {"n": n}, messages.SUCCESS)

    @admin.action(permissions=["decide"], description=gettext_lazy("Nothing wrong with it"))
    def clear(self, request: HttpRequest, queryset: QuerySet[SuspiciousProfile]) -> None:
        users = self._users(request, queryset, "Found nothing wrong with the profile.")
        release(users)
        profiles = SuspiciousProfile.objects.filter(user__in=users, cleared_at=None)
        n = profiles.update(cleared_at=timezone.now())
        text = ngettext(
            "%(n)d profile is cleared and will not be listed again.",
            "%(n)d profiles are cleared and will not be listed again.",
            n,
        )
        self.message_user(request, text % {"n": n}, messages.SUCCESS)

    @admin.display(description=gettext_lazy("suspicion"))
    def how_suspicious(self, profile: SuspiciousProfile) -> str:
        return f"{profile.suspicion:.1f}"

    @admin.display(description=gettext_lazy("joined"))
    def joined(self, profile: SuspiciousProfile) -> str:
        return date_format(timezone.localtime(profile.user.date_joined), "SHORT_DATE_FORMAT")

    @admin.display(description=gettext_lazy("decision"))
    def decision(self, profile: SuspiciousProfile) -> str:
        names = dict(DecisionFilter.NAMES)
        if profile.user.quarantined_at:
            return str(names["quarantined"])
        return str(names["cleared" if profile.cleared_at else "open"])

    @admin.display(description=gettext_lazy("account"))
    def account(self, profile: SuspiciousProfile) -> str:
        url = reverse("admin:accounts_user_change", args=[profile.user_id])
        return format_html('<a href="{}">{}</a>', url, profile.user)

    @admin.display(description=gettext_lazy("evidence"))
    def evidence(self, profile: SuspiciousProfile) -> str:
        context = {"evidence": evidence_about(profile.user)}
        return render_to_string("admin/recommender/suspiciousprofile/evidence.html", context)

    def _users(
        self, request: HttpRequest, profiles: QuerySet[SuspiciousProfile], message: str
    ) -> QuerySet[User]:
        """Their accounts, after a line in the log of each."""
        ids = []
        for profile in profiles:
            self.log_change(request, profile, message)
            ids.append(profile.user_id)
        return User.objects.filter(pk__in=ids)
