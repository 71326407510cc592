"""Admin of the refit policy."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recommender.models import RefitPolicy
from recommender.models.refit_policy import THE_ONE
from recommender.training import policy, run_log


@admin.register(RefitPolicy)
class RefitPolicyAdmin(admin.ModelAdmin):
    """The one row: its list is its page."""

    fieldsets = [
        (
            None,
            {
                "fields": ["is_paused", "interval", "min_changes", "tolerance", "in_force"],
                "description": gettext_lazy("Counts at once, for worker and pages alike."),
            },
        ),
    ]
    readonly_fields = ["in_force"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: RefitPolicy | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[RefitPolicy]:
        return super().get_queryset(request).for_admin()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        page = reverse("admin:recommender_refitpolicy_change", args=[THE_ONE])
        return HttpResponseRedirect(page)

    def response_change(self, request: HttpRequest, obj: RefitPolicy) -> HttpResponse:
        run_log.happened("policy", None, f"Refit policy edited: {policy.current()}")
        return super().response_change(request, obj)

    @admin.display(description=gettext_lazy("in force"))
    def in_force(self, row: RefitPolicy) -> str:
        rules = policy.current()
        text = _("every %(interval)s s, from %(changes)s changes on, tolerance %(tolerance)s")
        return text % {
            "interval": f"{rules.interval.total_seconds():,.0f}",
            "changes": f"{rules.min_changes:,}",
            "tolerance": f"{rules.tolerance:.3g}",
        }
