"""Unsent mail in the admin: what waits, and what was given up and why."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cfsite.lib.admin import RemovableAdmin, SafeAdmin
from cfsite.operations.models import OutgoingMail


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, object]]:
        return [("waiting", _("Waiting")), ("given-up", _("Given up"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "waiting":
            return queryset.exclude(next_attempt_at=None)
        if self.value() == "given-up":
            return queryset.given_up()
        return queryset


@admin.register(OutgoingMail)
class OutgoingMailAdmin(RemovableAdmin, SafeAdmin):
    """Never shows the text: it may hold a link that sets a password."""

    list_display = ["subject", "to", "created_at", "attempts", "next", "error"]
    list_filter = [StateFilter]
    fields = ["subject", "to", "created_at", "attempts", "next", "error"]
    ordering = ["-pk"]
    sortable_by: list[str] = []
    actions = ["send_again", "delete_selected"]

    @admin.display(description=gettext_lazy("recipients"))
    def to(self, mail: OutgoingMail) -> str:
        return ", ".join(mail.recipients)

    @admin.display(description=gettext_lazy("next attempt"))
    def next(self, mail: OutgoingMail) -> object:
        return mail.next_attempt_at or _("given up")

    @admin.action(permissions=["delete"], description=gettext_lazy("Send again"))
    def send_again(self, request: HttpRequest, queryset: QuerySet) -> None:
        chosen = queryset.count()
        due = queryset.send_again()
        if due:
            text = ngettext("%d mail will be sent again.", "%d mails will be sent again.", due)
            self.message_user(request, text % due)
        if due < chosen:
            text = _("Mail older than a day can’t be sent again: its text has been deleted.")
            self.message_user(request, text, messages.WARNING)
