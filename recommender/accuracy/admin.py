"""Admin of evaluations."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from cfsite.lib.admin import ReadOnlyAdmin
from recommender.accuracy.report import as_text
from recommender.models import Evaluation


@admin.register(Evaluation)
class EvaluationAdmin(ReadOnlyAdmin):
    """An evaluation is a record: it cannot be edited or deleted."""

    list_display = ["__str__", "state", "run", "created_at", "rmse", "ndcg", "phase"]
    list_filter = ["state", "protocol"]
    list_select_related = ["run"]
    list_per_page = 25
    sortable_by: list[str] = []
    fields = [
        *("state", "source", "protocol", "run", "reason", "phase"),
        *("created_at", "finished_at", "worker", "code_version", "figures"),
    ]

    class Media:
        css = {"all": ["admin-extra/runs.css"]}

    @admin.display(description=gettext_lazy("RMSE"))
    def rmse(self, evaluation: Evaluation) -> str:
        return _model_figure(evaluation, "stars", "rmse")

    @admin.display(description="NDCG@10")
    def ndcg(self, evaluation: Evaluation) -> str:
        return _model_figure(evaluation, "lists", "ndcg")

    @admin.display(description=gettext_lazy("figures"))
    def figures(self, evaluation: Evaluation) -> str:
        if evaluation.state != Evaluation.State.FINISHED:
            return "–"
        return format_html('<pre class="figures">{}</pre>', as_text(evaluation))


def _model_figure(evaluation: Evaluation, part: str, key: str) -> str:
    contestants = evaluation.table.get("contestants") or [{}]
    value = (contestants[0].get(part) or {}).get(key)
    return "–" if value is None else f"{value:.4f}"
