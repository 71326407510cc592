"""The public accuracy page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from recommender.accuracy.plots import calibration_plot
from recommender.accuracy.summary import MIN_PEOPLE, MIN_RATINGS, accuracy_summary
from recommender.accuracy.tables import evaluation_tables


@require_safe
def accuracy(request: HttpRequest) -> HttpResponse:
    """How good the predictions are, for everybody to see."""
    summary = accuracy_summary()
    evaluation, live = summary.evaluation, summary.live
    context = {
        "run": summary.run,
        "evaluation": evaluation,
        "is_of_serving_run": summary.is_of_serving_run,
        "tables": evaluation_tables(evaluation) if evaluation else None,
        "gate_metrics": summary.gate_metrics,
        "gate_used_folds": summary.gate_used_folds,
        "live": live,
        "calibration": calibration_plot(live.bins) if live else None,
        "min_people": MIN_PEOPLE,
        "min_ratings": MIN_RATINGS,
    }
    return render(request, "recommender/accuracy/page.html", context)
