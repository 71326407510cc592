"""Training runs in the admin: they can be viewed, started and switched, never edited."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cfsite.lib.queue.worker_claims import SILENCE
from cfsite.operations import heartbeats
from recommender.model_room import control
from recommender.model_room.curve_charts import curve_charts
from recommender.models import MovieFactors, TrainingRun
from recommender.training import policy, refit
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


def do(client: Client, run: TrainingRun, name: str) -> str:
    return client.post(f"{RUNS}{run.pk}/do/{name}/", follow=True).content.decode()


def test_refit_now_says_when_nobody_will_take_it(staff_client: Client) -> None:
    assert "no worker is running" in staff_client.post(REFIT, follow=True).content.decode()
    assert "No worker is running" in staff_client.get(RUNS).content.decode()
    heartbeats.beat(["worker:fits"])
    page = staff_client.post(REFIT, follow=True).content.decode()
    assert "within a minute" in page
    assert "No worker is running" not in page


def test_each_state_has_its_deeds(
    staff_client: Client,
    make_run: Callable[..., TrainingRun],
    fitted_runs: tuple[TrainingRun, TrainingRun],
) -> None:
    running = make_run(state="running", heartbeat_at=timezone.now(), finished_at=None)
    assert "Cancel this refit" in staff_client.get(f"{RUNS}{running.pk}/change/").content.decode()
    assert "Refit cancelled" in do(staff_client, running, "cancel")
    assert "Not possible" in do(staff_client, running, "cancel")
    rejected = make_run(state="rejected", seed=5)
    assert "goes live whatever" in do(staff_client, rejected, "publish")
    assert TrainingRun.objects.queued().get().is_forced
    assert "stays live until you unpin it" in do(staff_client, fitted_runs[0], "live")
    assert "is pinned: new runs wait" in staff_client.get(RUNS).content.decode()
    staff_client.post(f"{RUNS}policy/unpin/")
    assert TrainingRun.objects.active() == fitted_runs[1]
    assert staff_client.post(f"{RUNS}{rejected.pk}/do/nonsense/").status_code == 404
    assert staff_client.post(f"{RUNS}99999/do/cancel/").status_code == 404


def test_deeds_are_for_those_who_may(
    helper_client: Callable[..., Client],
    alices_client: Client,
    fitted_runs: tuple[TrainingRun, TrainingRun],
) -> None:
    looker = helper_client("view_trainingrun")
    older = fitted_runs[0]
    assert "Make this run live" not in looker.get(f"{RUNS}{older.pk}/change/").content.decode()
    for path in (f"{older.pk}/do/live/", "policy/pause/"):
        assert looker.post(f"{RUNS}{path}").status_code == 403
        assert alices_client.post(f"{RUNS}{path}").status_code == 302
    assert TrainingRun.objects.active() == fitted_runs[1]


def test_pause_and_policy_count_at_once(staff_client: Client) -> None:
    page = staff_client.post(f"{RUNS}policy/pause/", follow=True).content.decode()
    assert "Resume refits" in page
    assert control.is_paused()
    row = "/admin/recommender/refitpolicy/1/change/"
    assert staff_client.get("/admin/recommender/refitpolicy/", follow=True).status_code == 200
    bad = {"interval": "-5", "min_changes": "0", "tolerance": "nan"}
    assert staff_client.post(row, bad).status_code == 200, "refused"
    good = {"interval": "7200", "min_changes": "50", "tolerance": "0.05"}
    assert staff_client.post(row, good).status_code == 302
    rules = policy.current()
    assert not rules.is_paused
    assert (rules.interval.total_seconds(), rules.min_changes, rules.tolerance) == (7200, 50, 0.05)


def test_figures_are_in_words(staff_client: Client, make_run: Callable[..., TrainingRun]) -> None:
    run = make_run(
        metrics={
            "rmse": 0.91,
            "bias_rmse": 0.94,
            "by_movie_ratings": [{"from": 500, "to": None, "n": 1234, "rmse": 0.8771}],
        },
        comparison={"run": 3, "n_people": 200, "overlap": 0.71, "stars_moved": 0.08},
    )
    page = staff_client.get(f"{RUNS}{run.pk}/change/").content.decode()
    for shown in ("500+", "1,234", "0.877", "Movies that stay in a top twenty", "0.71"):
        assert shown in page
    for key in ("by_movie_ratings", "stars_moved", "bias_rmse"):
        assert key not in page
