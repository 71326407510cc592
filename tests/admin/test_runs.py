"""Training runs in the admin: they can be viewed, started and switched, never edited."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cfsite.lib.worker_claims import SILENCE
from recommender.model_room.curve_charts import curve_charts
from recommender.models import MovieFactors, TrainingRun
from recommender.training import refit
from tests.admin.conftest import CURVE

RUNS = "/admin/recommender/trainingrun/"
REFIT = f"{RUNS}refit/"


def switch(client: Client, *runs: TrainingRun) -> str:
    body = {"action": "switch_to_run", "_selected_action": [run.pk for run in runs]}
    return client.post(RUNS, body, follow=True).content.decode()


@pytest.fixture
def fitted_runs(
    make_run: Callable[..., TrainingRun], make_movie: Callable
) -> tuple[TrainingRun, TrainingRun]:
    """An older run and the one that serves, each with a row of factors."""
    movie, blob = make_movie(), b"\0" * 4
    runs = make_run(), make_run(is_active=True)
    for run in runs:
        MovieFactors.objects.create(
            run=run,
            movie=movie,
            bias=0,
            n_ratings=1,
            vector=blob,
            implicit=blob,
            interest=blob,
            variance=blob,
        )
    return runs


def test_it_works(staff_client: Client, make_run: Callable[..., TrainingRun]) -> None:
    run = make_run()
    listed = staff_client.get(RUNS).content.decode()
    assert "0.9123" in listed
    assert "100,836" in listed
    assert "Refit now" in listed
    shown = staff_client.get(f"{RUNS}{run.pk}/change/").content.decode()
    assert shown.count("<polyline") == 3
    assert "learning_rate" in shown
    assert "&lt;b&gt;held out&lt;/b&gt;" in shown
    assert "style=" not in shown.partition("<main")[2]


def test_refit_now_asks_once(staff_client: Client) -> None:
    for _ in range(3):
        answer = staff_client.post(REFIT, follow=True)
        assert "Refit requested" in answer.content.decode()
    run = TrainingRun.objects.get()
    assert run.state == TrainingRun.State.QUEUED
    assert refit.is_due()


def test_refit_now_is_for_those_who_may(
    helper_client: Callable[..., Client], alices_client: Client, client: Client, staff: object
) -> None:
    looker = helper_client("view_trainingrun")
    page = looker.get(RUNS)
    assert page.status_code == 200
    assert "Refit now" not in page.content.decode()
    assert looker.post(REFIT).status_code == 403
    assert alices_client.post(REFIT).status_code == 302
    assert client.post(REFIT).status_code == 302
    assert not TrainingRun.objects.exists()


def test_refit_now_needs_a_post_with_its_token(staff_client: Client, staff: object) -> None:
    assert staff_client.get(REFIT).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(staff)
    assert strict.post(REFIT).status_code == 403
    assert not TrainingRun.objects.exists()


def test_switching_back(staff_client: Client, fitted_runs: tuple[TrainingRun, TrainingRun]) -> None:
    older, _serving = fitted_runs
    assert "is now live" in switch(staff_client, older)
    assert TrainingRun.objects.active() == older


def test_what_cannot_serve_is_not_switched_to(
    staff_client: Client,
    make_run: Callable[..., TrainingRun],
    fitted_runs: tuple[TrainingRun, TrainingRun],
) -> None:
    pruned, failed = make_run(), make_run(state=TrainingRun.State.FAILED)
    for run in (pruned, failed):
        assert "factors are incomplete" in switch(staff_client, run)
    assert "Select exactly one run" in switch(staff_client, *fitted_runs)
    assert TrainingRun.objects.active() == fitted_runs[1]


def test_switching_is_for_those_who_may(
    helper_client: Callable[..., Client], fitted_runs: tuple[TrainingRun, TrainingRun]
) -> None:
    switch(helper_client("view_trainingrun"), fitted_runs[0])
    assert TrainingRun.objects.active() == fitted_runs[1]


def test_a_run_is_not_edited(staff_client: Client, make_run: Callable[..., TrainingRun]) -> None:
    run = make_run()
    answer = staff_client.post(f"{RUNS}{run.pk}/change/", {"state": "failed", "seed": "7"})
    assert answer.status_code == 403
    assert staff_client.get(reverse("admin:recommender_trainingrun_add")).status_code == 403


def test_progress_is_shown_while_it_runs(
    staff_client: Client, make_run: Callable[..., TrainingRun]
) -> None:
    run = make_run(
        state=TrainingRun.State.RUNNING,
        phase="learning from all ratings",
        done=3,
        total=20,
        finished_at=None,
        heartbeat_at=timezone.now(),
        metrics={},
    )
    page = staff_client.get(RUNS).content.decode()
    assert 'Learning from all ratings <progress value="54" max="100">' in page
    assert f'data-live="run-{run.pk}"' in page
    assert "admin-extra/live.js" in page
    TrainingRun.objects.update(heartbeat_at=timezone.now() - SILENCE)
    assert "stopped unexpectedly" in staff_client.get(RUNS).content.decode()


def test_curves_of_every_kind_are_drawn() -> None:
    rating, interest = curve_charts(CURVE)
    assert [line.name for line in rating.lines] == ["train", "validation"]
    assert [line.name for line in interest.lines] == ["train"]
    assert rating.lines[0].points.startswith("12.0,")
    assert (rating.n_epochs, rating.highest, rating.lowest) == (
        10,
        pytest.approx(0.98333, abs=1e-4),
        0.75,
    )
    assert curve_charts([]) == []
    assert curve_charts(CURVE[:1]) == []
    flat = [dict(point, train_rmse=1.0, validation_rmse=None) for point in CURVE[:3]]
    assert len(curve_charts(flat)) == 1
    broken = [dict(point, train_rmse=float("nan"), validation_rmse=None) for point in CURVE[:3]]
    assert curve_charts(broken) == []
