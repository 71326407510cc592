"""Alerts, errors, outgoing mail and the schedule in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from django_celery_beat.admin import PeriodicTaskAdmin
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    PeriodicTask,
    SolarSchedule,
)

from cfsite.lib.admin import RemovableAdmin
from cfsite.operations.mail import admin as mail_admin
from cfsite.operations.models import Alert, AlertMessage, Backup, ServerError

__all__ = ["mail_admin"]

# Kinds of schedules that nothing here uses.
for kind in (ClockedSchedule, CrontabSchedule, SolarSchedule, PeriodicTask):
    admin.site.unregister(kind)


@admin.register(PeriodicTask)
class ScheduledWorkAdmin(PeriodicTaskAdmin):
    """What the settings schedule; how often, and whether, is edited here and stays."""

    list_display = ["name", "enabled", "interval", "last_run_at"]
    list_filter = ["enabled"]
    date_hierarchy = None
    fieldsets = [(None, {"fields": ["name", "enabled", "interval", "description", "last_run_at"]})]
    readonly_fields = ["name", "last_run_at"]

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        # Without the package's form, which asks for the name of a task in the code.
        return super().get_form(request, obj, form=admin.ModelAdmin.form, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


class MessageInline(admin.TabularInline):
    model = AlertMessage
    fields = readonly_fields = ["channel", "event", "attempts", "sent_at", "error", "given_up"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Alert)
class AlertAdmin(RemovableAdmin):
    list_display = ["kind", "detail", "opened_at", "closed_at"]
    list_filter = [("closed_at", admin.EmptyFieldListFilter), "kind"]
    inlines = [MessageInline]


@admin.register(ServerError)
class ServerErrorAdmin(RemovableAdmin):
    """Deleting one makes it count from anew."""

    list_display = ["error", "place", "count", "last_at", "request_id"]
    search_fields = ["place", "error", "request_id"]
    search_help_text = _("Page or task, kind of error, or the error id that a member names")


@admin.register(Backup)
class BackupAdmin(RemovableAdmin):
    """The record alone: files are deleted by CFSITE_BACKUP_KEEP, and never given out here."""

    list_display = ["name", "finished_at", "file_size", "place", "error", "deleted_at"]
    list_filter = [("deleted_at", admin.EmptyFieldListFilter), "is_scheduled"]
    sortable_by: list[str] = []

    @admin.display(description=_("size"))
    def file_size(self, backup: Backup) -> str:
        return filesizeformat(backup.size) if backup.size else ""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
