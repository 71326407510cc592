"""The admin's queue of movies that members asked for."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cfsite.lib.admin import SafeAdmin
from movies.catalogue_care import requests
from movies.models import MovieRequest
from movies.titles import fold


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        widget=forms.TextInput(attrs={"size": 60}),
        help_text=gettext_lazy("The members who asked read this."),
    )


class StateFilter(admin.SimpleListFilter):
    """Shows what waits by default."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*MovieRequest.State.choices, ("all", _("All"))]

    def choices(self, changelist: Any) -> Any:
        for value, title in self.lookup_choices:
            yield {
                "selected": (self.value() or MovieRequest.State.OPEN) == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": title,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "all":
            return queryset
        state = self.value() if self.value() in MovieRequest.State.values else None
        return queryset.filter(state=state or MovieRequest.State.OPEN)


@admin.register(MovieRequest)
class MovieRequestAdmin(SafeAdmin):
    list_display = ["asked_for", "n_askers", "linked", "first_asked", "add_link"]
    list_display_links = None
    list_filter = [StateFilter]
    search_fields = ["title_key", "imdb_id"]
    sortable_by: list[str] = []
    ordering = ["created_at", "pk"]
    actions = ["decline", "delete_selected"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[MovieRequest]:
        return super().get_queryset(request).with_askers()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: MovieRequest | None = None) -> bool:
        """Requests are answered, not edited."""
        return obj is None and super().has_change_permission(request)

    def search_key(self, search_term: str) -> str:
        return fold(search_term)

    @admin.display(description=gettext_lazy("movie"))
    def asked_for(self, one: MovieRequest) -> str:
        return str(one)

    @admin.display(description=gettext_lazy("asked for by"))
    def n_askers(self, one: MovieRequest) -> str:
        n = one.n_askers
        return ngettext("%(n)d member", "%(n)d members", n) % {"n": n}

    @admin.display(description=gettext_lazy("link"))
    def linked(self, one: MovieRequest) -> str:
        if not one.link:
            return "–"
        host = urlsplit(one.link).hostname or one.link
        return format_html('<a href="{}" rel="noopener noreferrer">{}</a>', one.link, host[:40])

    @admin.display(description=gettext_lazy("first asked"))
    def first_asked(self, one: MovieRequest) -> str:
        return date_format(timezone.localtime(one.created_at), "SHORT_DATE_FORMAT")

    @admin.display(description="")
    def add_link(self, one: MovieRequest) -> str:
        if not one.is_open:
            return str(one.reason or one.movie or "")
        url = reverse("admin:movies_movie_add_by_id")
        return format_html('<a class="button" href="{}?request={}">{}</a>', url, one.pk, _("Add"))

    @admin.action(permissions=["change"], description=gettext_lazy("Decline with a reason"))
    def decline(
        self, request: HttpRequest, queryset: QuerySet[MovieRequest]
    ) -> HttpResponse | None:
        is_answer = "reason" in request.POST
        form = DeclineForm(request.POST if is_answer else None)
        chosen = queryset.open()
        if is_answer and form.is_valid():
            waiting = list(chosen)
            for one in waiting:
                requests.decline(one, form.cleaned_data["reason"])
                self.log_change(request, one, "Declined.")
            n = len(waiting)
            text = ngettext("%(n)d request declined.", "%(n)d requests declined.", n)
            self.message_user(request, text % {"n": n}, messages.SUCCESS)
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Decline requests"),
            "opts": self.opts,
            "form": form,
            "requests": list(chosen),
            "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "select_across": request.POST.get("select_across", "0"),
        }
        return TemplateResponse(request, "admin/movies/movierequest/decline.html", context)
