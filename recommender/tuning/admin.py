"""Admin of hyperparameter searches: inspect them, use one, or return to the defaults."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cfsite.lib.admin import ReadOnlyAdmin
from recommender.models import HyperparameterSearch, SearchTrial
from recommender.training import hyperparameters
from recommender.training.hyperparameter_space import RefusedValues

TRIALS_SHOWN = 50


@admin.register(HyperparameterSearch)
class HyperparameterSearchAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "in_use", "started_at", "spent", "n_trials", "stars", "lists"]
    list_filter = ["state"]
    list_per_page = 25
    sortable_by: list[str] = []
    actions = ["use_this_search", "use_the_defaults_again"]
    fieldsets = [
        (None, {"fields": ["state", "in_use", "reason", "phase"]}),
        (gettext_lazy("Results"), {"fields": ["scores_table", "values_table"]}),
        (gettext_lazy("Trials, newest first"), {"fields": ["trials_table"]}),
        (
            gettext_lazy("Timing and data"),
            {
                "fields": [
                    *("started_at", "heartbeat_at", "finished_at", "spent", "budget_seconds"),
                    *("data_table", "rating_changes", "seed", "worker", "code_version"),
                ]
            },
        ),
    ]

    class Media:
        css = {"all": ["admin-extra/runs.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[HyperparameterSearch]:
        return super().get_queryset(request).annotate(trial_count=Count("trials"))

    def has_switch_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("recommender.change_hyperparametersearch")

    @admin.action(
        permissions=["switch"], description=gettext_lazy("Use the values found by this search")
    )
    def use_this_search(
        self, request: HttpRequest, queryset: QuerySet[HyperparameterSearch]
    ) -> None:
        chosen = list(queryset[:2])
        if len(chosen) != 1:
            self.message_user(request, _("Select exactly one search."), messages.ERROR)
            return
        try:
            hyperparameters.use_search(chosen[0])
        except RefusedValues as error:
            text = _("%(search)s can't be used: %(why)s.") % {"search": chosen[0], "why": error}
            self.message_user(request, text, messages.ERROR)
            return
        self.log_change(request, chosen[0], "Chose its values for refits.")
        text = _("Refits will use %(search)s from now on.") % {"search": chosen[0]}
        self.message_user(request, text, messages.SUCCESS)

    @admin.action(permissions=["switch"], description=gettext_lazy("Go back to the defaults"))
    def use_the_defaults_again(
        self, request: HttpRequest, queryset: QuerySet[HyperparameterSearch]
    ) -> None:
        in_use = HyperparameterSearch.objects.in_use()
        if in_use is None:
            self.message_user(request, _("Refits already use the defaults."), messages.INFO)
            return
        hyperparameters.use_defaults()
        self.log_change(request, in_use, "Went back to the defaults.")
        self.message_user(request, _("Refits will use the defaults from now on."), messages.SUCCESS)

    @admin.display(description=gettext_lazy("refits use it"))
    def in_use(self, search: HyperparameterSearch) -> str:
        return _("✓ in use") if search.is_in_use else ""

    @admin.display(description=gettext_lazy("seconds spent"))
    def spent(self, search: HyperparameterSearch) -> str:
        return f"{search.spent_seconds:.0f}"

    @admin.display(description=gettext_lazy("trials"))
    def n_trials(self, search: HyperparameterSearch) -> int:
        return search.trial_count

    @admin.display(description=gettext_lazy("RMSE, defaults → best"))
    def stars(self, search: HyperparameterSearch) -> str:
        return _before_and_after(search, "stars")

    @admin.display(description=gettext_lazy("NDCG@10, defaults → best"))
    def lists(self, search: HyperparameterSearch) -> str:
        return _before_and_after(search, "lists")

    @admin.display(description=gettext_lazy("compared with the defaults"))
    def scores_table(self, search: HyperparameterSearch) -> str:
        head = [_("stage"), _("defaults"), _("best"), _("gain"), _("at least"), _("kept")]
        rows = [
            [
                stage,
                *(_decimals(result.get(name)) for name in ("before", "after", "gain", "low")),
                _("yes") if result.get("accepted") else result.get("reason") or _("no"),
            ]
            for stage, result in search.scores.items()
        ]
        return _table(head, rows)

    @admin.display(description=gettext_lazy("best values"))
    def values_table(self, search: HyperparameterSearch) -> str:
        defaults = search.recipe.get("defaults", {})
        head = [_("name"), _("default"), _("found")]
        values = search.values if isinstance(search.values, dict) else {}
        return _table(head, [[name, defaults.get(name), v] for name, v in sorted(values.items())])

    @admin.display(description=gettext_lazy("data"))
    def data_table(self, search: HyperparameterSearch) -> str:
        return _table([_("part"), _("ratings")], list(search.data.items()))

    @admin.display(description=gettext_lazy("trials"))
    def trials_table(self, search: HyperparameterSearch) -> str:
        trials = search.trials.order_by("-pk")[:TRIALS_SHOWN]
        head = [_("stage"), _("state"), _("score"), _("values"), _("seconds")]
        return _table(head, [_trial_row(trial) for trial in trials])


def _trial_row(trial: SearchTrial) -> list[Any]:
    values = ", ".join(f"{name} {value:.4g}" for name, value in trial.values.items())
    return [
        trial.stage,
        trial.get_state_display(),
        _decimals(trial.score),
        values,
        f"{trial.seconds:.1f}",
    ]


def _before_and_after(search: HyperparameterSearch, stage: str) -> str:
    result = search.scores.get(stage, {})
    if "gain" not in result:
        return "–"
    return f"{_decimals(result['before'])} → {_decimals(result['after'])}"


def _decimals(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def _table(head: list[str], rows: list[Any]) -> str:
    if not rows:
        return "–"
    top = format_html_join("", "<th>{}</th>", ((cell,) for cell in head))
    body = format_html_join(
        "",
        "<tr>{}</tr>",
        ((format_html_join("", "<td>{}</td>", ((_cell(cell),) for cell in row)),) for row in rows),
    )
    return format_html("<table><tr>{}</tr>{}</table>", top, body)


def _cell(value: Any) -> Any:
    return f"{value:.6g}" if isinstance(value, float) else value
