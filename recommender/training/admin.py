"""Admin of training runs: inspect them, request a refit, switch to another run."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from recommender.models import TrainingRun
from recommender.training import control, refit
from recommender.training.curve_charts import curve_charts
from recommender.training.erased_users import trace_of_erased
from recommender.training.figures_in_words import DATA, METRICS, Figure, in_words
from recommender.training.status import refit_progress


@admin.register(TrainingRun)
class TrainingRunAdmin(admin.ModelAdmin):
    list_display = ["__str__", "serving", "asked_for", "took_so_far", "rmse", "averages", "n"]
    list_filter = ["state"]
    list_per_page = 25
    sortable_by: list[str] = []
    actions = ["switch_to_run"]
    fieldsets = [
        (None, {"fields": ["state", "serving", "reason", "progress"]}),
        (gettext_lazy("Results"), {"fields": ["metrics_table", "curve_charts"]}),
        (
            gettext_lazy("Timing"),
            {
                "fields": [
                    "created_at",
                    "started_at",
                    "heartbeat_at",
                    "finished_at",
                    "took",
                    "activated_at",
                    "worker",
                ]
            },
        ),
        (
            gettext_lazy("Data"),
            {
                "fields": [
                    "data_table",
                    "erased",
                    "rating_changes",
                    "hyperparameters_table",
                    "seed",
                    "code_version",
                ]
            },
        ),
    ]

    class Media:
        css = {"all": ["admin-extra/runs.css"]}
        js = ["admin-extra/live.js"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[TrainingRun]:
        return super().get_queryset(request).defer("summary")

    # A run is a record: it can be switched to, but not edited or deleted.

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: TrainingRun | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: TrainingRun | None = None) -> bool:
        return False

    def has_refit_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("recommender.change_trainingrun")

    def get_urls(self) -> list:
        refit_view = self.admin_site.admin_view(self.refit_view)
        return [
            path("refit/", refit_view, name="recommender_trainingrun_refit"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {"may_refit": self.has_refit_permission(request), **(extra_context or {})}
        return super().changelist_view(request, context)

    @method_decorator(require_POST)
    def refit_view(self, request: HttpRequest) -> HttpResponse:
        """Request a refit; a second request while one is queued does nothing."""
        if not self.has_refit_permission(request):
            raise PermissionDenied
        run = control.request()
        self.log_change(request, run, "Requested a refit.")
        self.message_user(
            request,
            _("Refit requested. The worker will start it within a minute or so."),
            messages.SUCCESS,
        )
        return HttpResponseRedirect(reverse("admin:recommender_trainingrun_changelist"))

    @admin.action(permissions=["refit"], description=gettext_lazy("Make this run live"))
    def switch_to_run(self, request: HttpRequest, queryset: QuerySet[TrainingRun]) -> None:
        chosen = list(queryset[:2])
        if len(chosen) != 1:
            self.message_user(request, _("Select exactly one run."), messages.ERROR)
            return
        try:
            refit.activate(chosen[0])
        except ValueError:
            text = _("%(run)s can't go live: its factors are incomplete.") % {"run": chosen[0]}
            self.message_user(request, text, messages.ERROR)
            return
        self.log_change(request, chosen[0], "Made this run live.")
        text = _("%(run)s is now live.") % {"run": chosen[0]}
        self.message_user(request, text, messages.SUCCESS)

    @admin.display(description=gettext_lazy("live"))
    def serving(self, run: TrainingRun) -> str:
        """No cross for the others: that they are not live is no failure."""
        return _("✓ yes") if run.is_active else _("no")

    @admin.display(description=gettext_lazy("asked for"))
    def asked_for(self, run: TrainingRun) -> str:
        return date_format(timezone.localtime(run.created_at), "SHORT_DATETIME_FORMAT")

    @admin.display(description=gettext_lazy("took"))
    def took(self, run: TrainingRun) -> str:
        if not (run.started_at and run.finished_at):
            return "–"
        return f"{(run.finished_at - run.started_at).total_seconds():.1f}\N{NO-BREAK SPACE}s"

    @admin.display(description=gettext_lazy("took"))
    def took_so_far(self, run: TrainingRun) -> str:
        is_running = run.state == TrainingRun.State.RUNNING
        return self.progress(run) if is_running else self.took(run)

    @admin.display(description=gettext_lazy("error"))
    def rmse(self, run: TrainingRun) -> str:
        return _decimals(run.metrics.get("rmse"))

    @admin.display(description=gettext_lazy("averages alone"))
    def averages(self, run: TrainingRun) -> str:
        return _decimals(run.metrics.get("bias_rmse"))

    @admin.display(description=gettext_lazy("ratings"))
    def n(self, run: TrainingRun) -> str:
        n = run.data.get("ratings")
        return "–" if n is None else f"{n:,}"

    @admin.display(description=gettext_lazy("progress"))
    def progress(self, run: TrainingRun) -> str:
        if run.state != TrainingRun.State.RUNNING:
            return "–"
        work = refit_progress(run)
        if work is None:
            return _("stopped unexpectedly")
        return format_html(
            '<span data-live="run-{}">{} <progress value="{}" max="100"></progress> {} %</span>',
            *(run.pk, work.phase, work.percent, work.percent),
        )

    @admin.display(description=gettext_lazy("metrics"))
    def metrics_table(self, run: TrainingRun) -> str:
        return _figures(in_words(run.metrics, METRICS))

    @admin.display(description=gettext_lazy("data"))
    def data_table(self, run: TrainingRun) -> str:
        return _figures(in_words(run.data, DATA))

    @admin.display(description=gettext_lazy("erased since"))
    def erased(self, run: TrainingRun) -> str:
        return trace_of_erased(run) or "–"

    @admin.display(description=gettext_lazy("hyperparameters"))
    def hyperparameters_table(self, run: TrainingRun) -> str:
        return _table(run.hyperparameters)

    @admin.display(description=gettext_lazy("per epoch"))
    def curve_charts(self, run: TrainingRun) -> str:
        charts = curve_charts(run.curve)
        if not charts:
            return "–"
        return render_to_string("admin/recommender/trainingrun/curve.html", {"charts": charts})


def _decimals(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def _figures(figures: Iterable[Figure]) -> str:
    body = format_html_join("", "<tr><th>{}</th><td>{}</td><td>{}</td></tr>", figures)
    return format_html('<table class="in-words">{}</table>', body) if body else "–"


def _table(values: dict[str, Any]) -> str:
    rows = ((name, f"{v:.6g}" if isinstance(v, float) else v) for name, v in values.items())
    body = format_html_join("", "<tr><th>{}</th><td>{}</td></tr>", rows)
    return format_html("<table>{}</table>", body) if values else "–"
