"""Figures of a run have names and meanings; unknown ones are shown as they are."""

from django.test import Client

from recommender.model_room.figures_in_words import METRICS, in_words
from recommender.models import TrainingRun


def test_it_works() -> None:
    found = list(in_words({"of later": 1234, "bias_rmse": 0.94, "rmse": 0.912345}, METRICS))
    assert [(str(one.name), one.value) for one in found] == [
        ("Error in stars (RMSE)", "0.9123"),
        ("Error of averages alone", "0.94"),
        ("of later", "1,234"),
    ]
    assert found[-1].meaning == ""


def test_what_was_not_measured_is_a_dash() -> None:
    assert next(in_words({"rmse": None}, METRICS)).value == "–"


def test_every_figure_of_a_run_has_words(fitted: TrainingRun) -> None:
    assert fitted.metrics.keys() <= METRICS.keys()


def test_a_run_that_does_not_serve_is_no_failure(staff_client: Client, fitted: TrainingRun) -> None:
    TrainingRun.objects.update(is_active=False)
    page = staff_client.get("/admin/recommender/trainingrun/").content.decode()
    assert "icon-no" not in page
