"""Admin of groups: view and delete."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cfsite.lib.admin import RemovableAdmin, SafeAdmin
from recommender.models import Group


@admin.register(Group)
class GroupAdmin(RemovableAdmin, SafeAdmin):
    """Shows neither the invitation link, with which staff could join, nor ratings of guests."""

    list_display = ["name", "owner", "rule", "n_members", "created_at", "invites_until"]
    list_filter = ["rule"]
    list_select_related = ["owner"]
    search_fields = ["name", "owner__username"]
    ordering = ["-pk"]
    fields = ["name", "owner", "rule", "n_members", "created_at", "invites_until"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        return super().get_queryset(request).annotate(n_members=Count("members"))

    @admin.display(description=_("members"))
    def n_members(self, group: Group) -> int:
        return group.n_members
