"""People in the admin, and the one door through which staff come in."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Profile, User
from cfsite.lib.admin import SafeAdmin

# Staff log in where everybody does, so that the limits on wrong passwords hold for them too.
admin.site.login = secure_admin_login(admin.site.login)

POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")


class WhoFilter(admin.SimpleListFilter):
    """People first: the raters of a data set are many and of no interest to most."""

    title = _("who")
    parameter_name = "who"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("people", _("People")), ("dataset", _("Raters of a data set")), ("all", _("All"))]

    def choices(self, changelist: Any) -> Any:
        for value, title in self.lookup_choices:
            yield {
                "selected": (self.value() or "people") == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": title,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "all":
            return queryset
        return queryset.filter(is_dataset_member=self.value() == "dataset")


@admin.register(User)
class UserAdmin(SafeAdmin, DjangoUserAdmin):
    list_display = ["username", "email", "date_joined", "last_login", "is_active", "is_staff"]
    list_filter = [WhoFilter, "is_active", "is_staff", "trains_model"]
    ordering = ["username"]
    search_fields = ["username", "email"]
    fieldsets = (
        *DjangoUserAdmin.fieldsets[:2],
        (_("Recommendations"), {"fields": ["trains_model", "is_dataset_member"]}),
        *DjangoUserAdmin.fieldsets[2:],
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ["wide"],
                "fields": ["username", "email", "usable_password", "password1", "password2"],
            },
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Nobody gives powers that are not theirs; a rater of a data set never wakes up."""
        fixed = {"is_dataset_member", "last_login", "date_joined"}
        if not request.user.is_superuser:
            fixed.update(POWERS)
        if obj is not None and obj.is_dataset_member:
            fixed.update(("is_active", *POWERS))
        return sorted(fixed)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)


def _may_touch(request: HttpRequest, obj: User | None) -> bool:
    """Who may change accounts must not take over one that may do more."""
    return obj is None or request.user.is_superuser or not obj.is_superuser


@admin.register(Profile)
class ProfileAdmin(SafeAdmin):
    """What people show of themselves: looked at and, where need be, made private."""

    list_display = ["user", "display_name", "level"]
    list_filter = ["level"]
    list_select_related = ["user"]
    search_fields = ["user__username", "display_name"]
    sortable_by: list[str] = []
    ordering = ["-pk"]
    fields = ["user", "display_name", "bio", "level"]
    # A name or a text that cannot stay is emptied; nobody is made to show more than they chose.
    readonly_fields = ["user"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
