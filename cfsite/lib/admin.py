"""Admin base classes: for rows that staff do not edit, and for tables of millions of rows.

Django's delete page collects every row that would be deleted along, to list it: for a movie with
80,000 ratings that takes minutes and gigabytes. In SafeAdmin such rows are only counted.
"""

from collections import Counter
from collections.abc import Iterable

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.utils import quote
from django.core.paginator import Paginator
from django.db import models
from django.db.models.deletion import CASCADE, PROTECT, RESTRICT, get_candidate_relations_to_delete
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

# The confirmation page sends each chosen row back as a field; Django accepts 1000 fields.
MAX_DELETED_AT_ONCE = 500
MAX_LISTED = 50


class BoundedPaginator(Paginator):
    """Counts at most MAX_COUNT rows; search and filters reach the others."""

    MAX_COUNT = 100_000

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[: self.MAX_COUNT].count()


class RemovableAdmin(admin.ModelAdmin):
    """For rows that staff may view and delete, but not add or change."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class ReadOnlyAdmin(RemovableAdmin):
    """For records that staff may only view."""

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class SafeAdmin(admin.ModelAdmin):
    actions = ["delete_selected"]
    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    paginator = BoundedPaginator

    @admin.action(
        permissions=["delete"], description=gettext_lazy("Delete selected %(verbose_name_plural)s")
    )
    def delete_selected(
        self, request: HttpRequest, queryset: models.QuerySet
    ) -> HttpResponse | None:
        if queryset.count() > MAX_DELETED_AT_ONCE:
            text = _("You can delete up to %(most)d at a time.") % {"most": MAX_DELETED_AT_ONCE}
            self.message_user(request, text, messages.ERROR)
            return None
        return delete_selected(self, request, queryset)

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet, search_term: str
    ) -> tuple[models.QuerySet, bool]:
        key = self.search_key(search_term)
        # PostgreSQL refuses to compare anything with a null character.
        if "\x00" in search_term or (search_term.strip() and not key):
            return queryset.none(), False
        return super().get_search_results(request, queryset, key)

    def search_key(self, search_term: str) -> str:
        """The term as `search_fields` hold it; '' if nothing in it can be found."""
        return search_term

    def get_deleted_objects(
        self, objs: Iterable[models.Model], request: HttpRequest
    ) -> tuple[list, dict, set, list]:
        """The lists of the confirmation page, with counts in place of related rows."""
        chosen = list(objs)
        rows = self.model._base_manager.filter(pk__in=[obj.pk for obj in chosen])
        gone, protected = Counter({self.model: len(chosen)}), Counter()
        _count_related(rows, gone, protected)
        return (
            self._lines(chosen, gone),
            {_plural(model): f"{n:,}" for model, n in gone.items()},
            self._missing_permissions(chosen, gone, request),
            [_counted(model, n) for model, n in protected.items()],
        )

    def _lines(self, chosen: list[models.Model], gone: Counter) -> list:
        lines: list = [self._link(obj) for obj in chosen[:MAX_LISTED]]
        if (more := len(chosen) - MAX_LISTED) > 0:
            lines.append(ngettext("and %d more", "and %d more", more) % more)
        along = [_counted(model, n) for model, n in gone.items() if model is not self.model]
        if not along:
            return lines
        return [*lines, _("together with"), along]

    def _link(self, obj: models.Model) -> str:
        opts = obj._meta
        url = reverse(
            f"{self.admin_site.name}:{opts.app_label}_{opts.model_name}_change",
            args=[quote(obj.pk)],
        )
        return format_html('{}: <a href="{}">{}</a>', capfirst(opts.verbose_name), url, obj)

    def _missing_permissions(
        self, chosen: list[models.Model], gone: Counter, request: HttpRequest
    ) -> set[str]:
        missing = {
            str(model._meta.verbose_name)
            for model in gone
            if self.admin_site.is_registered(model)
            and not self.admin_site.get_model_admin(model).has_delete_permission(request)
        }
        if not all(self.has_delete_permission(request, obj) for obj in chosen):
            missing.add(str(self.opts.verbose_name))
        return missing


def _count_related(rows: models.QuerySet, gone: Counter, protected: Counter) -> None:
    """Add the number of rows per model that depend on `rows`, directly or not."""
    for relation in get_candidate_relations_to_delete(rows.model._meta):
        if relation.on_delete not in {CASCADE, PROTECT, RESTRICT}:
            continue
        model = relation.related_model
        along = model._base_manager.filter(**{f"{relation.field.name}__in": rows})
        if n := along.count():
            (gone if relation.on_delete is CASCADE else protected)[model] += n
            _count_related(along, gone, protected)


def _plural(model: type[models.Model]) -> str:
    return str(model._meta.verbose_name_plural)


def _counted(model: type[models.Model], n: int) -> str:
    name = model._meta.verbose_name if n == 1 else model._meta.verbose_name_plural
    return f"{n:,} {name}"
