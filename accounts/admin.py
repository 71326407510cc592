"""Users and profiles in the admin, and its login."""

from typing import Any

# Imported so that they have registered what is registered otherwise below.
import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401
from allauth.account.decorators import secure_admin_login
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.account_deletion import LastOperator, erase
from accounts.models import AccessToken, Profile, User
from accounts.quarantine import quarantine, release
from cfsite.lib.admin import RemovableAdmin, SafeAdmin

# Staff use the site's login page, so that its rate limits hold for them too.
admin.site.login = secure_admin_login(admin.site.login)

PERMISSION_FIELDS = ("is_staff", "is_superuser", "groups", "user_permissions")


class WhoFilter(admin.SimpleListFilter):
    """Hides the raters of a data set by default."""

    title = _("who")
    parameter_name = "who"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("people", _("People")), ("dataset", _("Raters from data sets")), ("all", _("All"))]

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
    list_filter = [
        *(WhoFilter, "is_active", "is_staff", "trains_model"),
        ("quarantined_at", admin.EmptyFieldListFilter),
    ]
    actions = [*SafeAdmin.actions, "quarantine", "release"]
    ordering = ["username"]
    search_fields = ["username", "email"]
    fieldsets = (
        *DjangoUserAdmin.fieldsets[:2],
        (
            _("Recommendations"),
            {"fields": ["rating_link", "trains_model", "quarantined_at", "is_dataset_member"]},
        ),
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
        """Only superusers grant permissions; a rater of a data set is never activated."""
        fixed = {
            *("rating_link", "quarantined_at", "is_dataset_member"),
            *("last_login", "date_joined"),
        }
        if not request.user.is_superuser:
            fixed.update(PERMISSION_FIELDS)
        if obj is not None and obj.is_dataset_member:
            fixed.update(("is_active", *PERMISSION_FIELDS))
        return sorted(fixed)

    @admin.action(permissions=["change"], description=_("Quarantine: their ratings count nowhere"))
    def quarantine(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        n = quarantine(self._logged(request, queryset, "Put in quarantine."))
        self.message_user(request, _("In quarantine now: %(n)d.") % {"n": n}, messages.SUCCESS)

    @admin.action(permissions=["change"], description=_("Release from quarantine"))
    def release(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        n = release(self._logged(request, queryset, "Released from quarantine."))
        self.message_user(request, _("Released: %(n)d.") % {"n": n}, messages.SUCCESS)

    def _logged(self, request: HttpRequest, users: QuerySet[User], message: str) -> QuerySet[User]:
        """Those of them whom this member of staff may change, after a line in the log."""
        if not request.user.is_superuser:
            users = users.filter(is_superuser=False)
        for user in users:
            self.log_change(request, user, message)
        return users

    @admin.display(description=_("ratings"))
    def rating_link(self, user: User) -> str:
        url = reverse("admin:movies_rating_changelist")
        return format_html('<a href="{}?user={}">{}</a>', url, user.pk, _("See their ratings"))

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """Erase as the user could: a deleted row alone would leave traces elsewhere."""
        try:
            erase(obj)
        except LastOperator as error:
            raise PermissionDenied from error

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset.filter(is_dataset_member=False):
            self.delete_model(request, user)
        queryset.filter(is_dataset_member=True).delete()

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)


def _may_touch(request: HttpRequest, obj: User | None) -> bool:
    """Staff who may change accounts must not take over a superuser's."""
    return obj is None or request.user.is_superuser or not obj.is_superuser


@admin.register(Profile)
class ProfileAdmin(SafeAdmin):
    """Lets staff look at profiles and, where needed, make them private."""

    list_display = ["user", "display_name", "level"]
    list_filter = ["level"]
    list_select_related = ["user"]
    search_fields = ["user__username", "display_name"]
    sortable_by: list[str] = []
    ordering = ["-pk"]
    fields = ["user", "display_name", "bio", "level"]
    # Staff may empty a text or lower the level, but not move a profile to another user.
    readonly_fields = ["user"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


# Addresses and browsers of members are nobody else's business.
admin.site.unregister(UserSession)
# allauth's page shows the secrets, and lets them be changed.
admin.site.unregister(Authenticator)


class CredentialAdmin(RemovableAdmin, SafeAdmin):
    """By which a member logs in. Staff take none away from whom they may not touch."""

    list_select_related = ["user"]
    search_fields = ["user__username"]
    sortable_by: list[str] = []
    ordering = ["-pk"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and _may_touch(request, obj and obj.user)


@admin.register(Authenticator)
class SecondFactorAdmin(CredentialAdmin):
    """For members who have lost their phone and their recovery codes."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    fields = ["user", "type", "created_at", "last_used_at"]


@admin.register(AccessToken)
class AccessTokenAdmin(CredentialAdmin):
    list_display = ["user", "name", "scope", "created_at", "expires_at", "last_used_on"]
    fields = ["user", "name", "scope", "created_at", "expires_at", "last_used_on"]
