"""Admin of training runs: inspect and compare them, start and cancel refits, choose what is live.

What the buttons do is in `control`; the policy of refits has a page of its own.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from cfsite.lib.admin import ReadOnlyAdmin
from recommender import store
from recommender.model_room import control
from recommender.model_room.curve_charts import curve_charts
from recommender.model_room.error_rows import BY_RATINGS, error_tables
from recommender.model_room.figures_in_words import COMPARISON, DATA, METRICS, Figure, in_words
from recommender.models import TrainingRun
from recommender.training import policy
from recommender.training.erased_users import trace_of_erased
from recommender.training.status import refit_progress


@admin.register(TrainingRun)
class TrainingRunAdmin(ReadOnlyAdmin):
    # Few enough for the filter and the menu beside them.
    list_display = ["outcome", "asked_for", "took_so_far", "rmse", "n"]
    list_filter = ["state"]
    list_per_page = 25
    sortable_by: list[str] = []
    actions = ["switch_to_run"]
    fieldsets = [
        (None, {"fields": ["state", "serving", "reason", "progress"]}),
        (
            gettext_lazy("Results"),
            {"fields": ["metrics_table", "by_ratings", "comparison_table", "curve_charts"]},
        ),
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
                ]
            },
        ),
        (
            gettext_lazy("Hyperparameters"),
            {
                "classes": ["collapse"],
                "fields": ["hyperparameters_table", "seed", "is_forced", "code_version"],
            },
        ),
    ]

    class Media:
        css = {"all": ["admin-extra/runs.css"]}
        js = ["admin-extra/live.js"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[TrainingRun]:
        return super().get_queryset(request).defer("summary")

    def has_refit_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("recommender.change_trainingrun")

    def get_urls(self) -> list:
        return [
            path("refit/", self._acting(self.refit_view), name="recommender_trainingrun_refit"),
            path(
                "policy/<slug:name>/",
                self._acting(self.policy_view),
                name="recommender_trainingrun_policy",
            ),
            path(
                "<int:pk>/do/<slug:name>/",
                self._acting(self.run_view),
                name="recommender_trainingrun_do",
            ),
            *super().get_urls(),
        ]

    def _acting(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        """A view that changes something: by POST, and for those who may."""

        def checked(request: HttpRequest, **arguments: Any) -> HttpResponse:
            if not self.has_refit_permission(request):
                raise PermissionDenied
            return view(request, **arguments)

        return self.admin_site.admin_view(require_POST(checked))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        may_refit = self.has_refit_permission(request)
        context = {
            "may_refit": may_refit,
            "worker_missing": self.admin_site.worker_missing(),
            "pinned": control.pinned(),
            "is_paused": control.is_paused(),
            "policy": policy.current(),
            "may_edit_policy": request.user.has_perm("recommender.change_refitpolicy"),
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        run = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if run is not None and self.has_refit_permission(request):
            context["deeds"] = _deeds(run)
        return super().change_view(request, object_id, form_url, context)

    def refit_view(self, request: HttpRequest) -> HttpResponse:
        """Request a refit; a second request while one is queued does nothing."""
        run = control.request()
        self.log_change(request, run, "Requested a refit.")
        if missing := self.admin_site.worker_missing():
            text = _("Refit requested, but no worker is running (%(since)s). It starts with one.")
            self.message_user(request, text % {"since": missing}, messages.WARNING)
        else:
            text = _("Refit requested. The worker will start it within a minute or so.")
            self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:recommender_trainingrun_changelist"))

    def policy_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """Pause and resume refits, unpin."""
        done: dict[str, tuple[Callable[[], Any], str]] = {
            "pause": (control.pause, _("Refits are paused. Requested ones still run.")),
            "resume": (control.resume, _("Refits start by themselves again.")),
            "unpin": (control.unpin, _("The newest run is live, and new ones go live again.")),
        }
        if name not in done:
            raise Http404
        do, text = done[name]
        do()
        self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:recommender_trainingrun_changelist"))

    def run_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """One of `_deeds` of a run."""
        run = get_object_or_404(TrainingRun, pk=pk)
        try:
            text = self._do(name, run)
        except control.NotPossible as error:
            text = _("Not possible: %(reason)s.") % {"reason": error}
            self.message_user(request, text, messages.ERROR)
        else:
            self.log_change(request, run, text)
            self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:recommender_trainingrun_change", args=[pk]))

    def _do(self, name: str, run: TrainingRun) -> str:
        """What was done, in words."""
        if name == "cancel":
            control.cancel(run)
            return _("Refit cancelled. The previous run stays live.")
        if name == "publish":
            control.publish_anyway(run)
            return _("A refit was requested that goes live whatever the checks say.")
        if name == "live":
            return _serve(run)
        raise Http404

    @admin.action(permissions=["refit"], description=gettext_lazy("Make this run live"))
    def switch_to_run(self, request: HttpRequest, queryset: QuerySet[TrainingRun]) -> None:
        chosen = list(queryset[:2])
        if len(chosen) != 1:
            self.message_user(request, _("Select exactly one run."), messages.ERROR)
            return
        try:
            text = _serve(chosen[0])
        except control.NotPossible:
            text = _("%(run)s can't go live: its factors are incomplete.") % {"run": chosen[0]}
            self.message_user(request, text, messages.ERROR)
            return
        self.log_change(request, chosen[0], text)
        self.message_user(request, text, messages.SUCCESS)

    @admin.display(description=gettext_lazy("training run"))
    def outcome(self, run: TrainingRun) -> str:
        return format_html("{}, <b>{}</b>", run, _("live")) if run.is_active else str(run)

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

    @admin.display(description=gettext_lazy("error (averages alone)"))
    def rmse(self, run: TrainingRun) -> str:
        error, averages = run.metrics.get("rmse"), run.metrics.get("bias_rmse")
        return "–" if error is None else f"{_decimals(error)} ({_decimals(averages)})"

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
        left = work.minutes
        remaining = (
            ngettext(", %(n)d minute left", ", %(n)d minutes left", left) % {"n": left}
            if left
            else ""
        )
        return format_html(
            '<span data-live="run-{}">{} <progress value="{}" max="100"></progress> {} %{}</span>',
            *(run.pk, work.phase, work.percent, work.percent, remaining),
        )

    @admin.display(description=gettext_lazy("metrics"))
    def metrics_table(self, run: TrainingRun) -> str:
        return _figures(in_words(run.metrics, METRICS, without=tuple(BY_RATINGS)))

    @admin.display(description=gettext_lazy("error by number of ratings"))
    def by_ratings(self, run: TrainingRun) -> str:
        tables = error_tables(run.metrics)
        if not tables:
            return "–"
        template = "admin/recommender/trainingrun/by_ratings.html"
        return render_to_string(template, {"tables": tables})

    @admin.display(description=gettext_lazy("compared with the run before"))
    def comparison_table(self, run: TrainingRun) -> str:
        return _figures(in_words(run.comparison, COMPARISON))

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


def _deeds(run: TrainingRun) -> list[tuple[str, str]]:
    """What can be done with a run: (name in the address, label of the button)."""
    State = TrainingRun.State
    if run.state in {State.QUEUED, State.RUNNING}:
        return [("cancel", _("Cancel this refit"))]
    if run.state == State.REJECTED:
        return [("publish", _("Publish anyway"))]
    if run.state == State.READY and not run.is_active and store.has_rows(run):
        return [("live", _("Make this run live"))]
    return []


def _serve(run: TrainingRun) -> str:
    if control.serve(run):
        return _("%(run)s is now live, and stays live until you unpin it.") % {"run": run}
    return _("%(run)s is now live.") % {"run": run}


def _decimals(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def _figures(figures: Iterable[Figure]) -> str:
    body = format_html_join("", "<tr><th>{}</th><td>{}</td><td>{}</td></tr>", figures)
    return format_html('<table class="in-words">{}</table>', body) if body else "–"


def _table(values: dict[str, Any]) -> str:
    rows = ((name, f"{v:.6g}" if isinstance(v, float) else v) for name, v in values.items())
    body = format_html_join("", "<tr><th>{}</th><td>{}</td></tr>", rows)
    return format_html("<table>{}</table>", body) if values else "–"
