"""The admin of imports: running and finished ones, read-only."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cfsite.lib.admin import ReadOnlyAdmin
from movies.models import ImportedDataSet, ImportRun


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "standing", "started_at", "took", "progress"]
    list_filter = ["state"]
    list_per_page = 25
    sortable_by: list[str] = []
    fields = [
        *("data_set", "standing", "reason", "progress", "is_strict"),
        *("started_at", "heartbeat_at", "finished_at", "took", "worker"),
        *("counts", "first_rejects"),
    ]

    class Media:
        css = {"all": ["admin-extra/runs.css"]}
        js = ["admin-extra/live.js"]

    @admin.display(description=gettext_lazy("state"))
    def standing(self, run: ImportRun) -> str:
        if run.state == ImportRun.State.RUNNING and not run.is_alive:
            return _("stopped unexpectedly")
        return run.get_state_display()

    @admin.display(description=gettext_lazy("duration"))
    def took(self, run: ImportRun) -> str:
        if not run.finished_at:
            return "–"
        return f"{(run.finished_at - run.started_at).total_seconds():.1f} s"

    @admin.display(description=gettext_lazy("progress"))
    def progress(self, run: ImportRun) -> str:
        """While the import runs, live.js refreshes this."""
        if not run.is_alive:
            return _in_words(run)
        work, rest = run.progress, ""
        if work.minutes:
            text = ngettext("About a minute left", "About %(n)s minutes left", work.minutes)
            rest = f" · {text % {'n': work.minutes}}"
        return format_html(
            '<span data-live="import-{}">{} <progress value="{}" max="100"></progress> {} %'
            " · {}{}</span>",
            *(run.pk, work.phase, work.percent, work.percent, _in_words(run), rest),
        )

    @admin.display(description=gettext_lazy("report"))
    def counts(self, run: ImportRun) -> str:
        found = [(name, n) for name, n in run.report.items() if isinstance(n, int | float) and n]
        rows = format_html_join("", "<tr><th>{}</th><td>{}</td></tr>", found)
        return format_html("<table>{}</table>", rows) if found else "–"

    @admin.display(description=gettext_lazy("first rejected lines"))
    def first_rejects(self, run: ImportRun) -> str:
        lines = [
            (each["file"], each["line"], each["reason"])
            for each in run.report.get("first_rejects", [])
        ]
        return format_html_join("", "<p>{}, {}: {}</p>", lines) or "–"


@admin.register(ImportedDataSet)
class ImportedDataSetAdmin(ReadOnlyAdmin):
    """Read-only: a deleted or renamed row would make its raters strangers to the next import."""

    list_display = ["name", "first_imported_at", "imported_at", "fingerprint"]
    sortable_by: list[str] = []


def _in_words(run: ImportRun) -> str:
    words = ngettext("%(n)s rating read", "%(n)s ratings read", run.rows) % {
        "n": intcomma(run.rows)
    }
    if run.rejected:
        rejected = ngettext("%(n)s line rejected", "%(n)s lines rejected", run.rejected)
        words += f" · {rejected % {'n': intcomma(run.rejected)}}"
    return words
