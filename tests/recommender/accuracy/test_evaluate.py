"""manage.py evaluate, and the daily evaluation of the worker."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.test import Client
from django.utils import timezone

from accounts.models import User
from movies.models import Movie, Rating
from recommender import tasks
from recommender.accuracy import datasets, evaluate
from recommender.core.evaluation.comparison import TooFewRatings
from recommender.models import Evaluation, TrainingRun
from recommender.training import refit
from tests.movielens_100k import read_ml_100k


def run(*words: str) -> str:
    out = StringIO()
    call_command("evaluate", *words, stdout=out)
    return out.getvalue()


@pytest.fixture
def spread_in_time(two_tastes: list[Movie]) -> None:
    """The ratings of each user are given at different times, in another order than by movie."""
    start = timezone.now() - timedelta(days=100)
    slots = Rating.objects.annotate(slot=F("pk") * 7 % 40)
    for slot in range(40):
        slots.filter(slot=slot).update(rated_at=start + timedelta(hours=slot))


@pytest.fixture
def active_run(two_tastes: list[Movie]) -> TrainingRun:
    """A run without factors: an evaluation fits its own."""
    return TrainingRun.objects.create(
        state=TrainingRun.State.READY, is_active=True, activated_at=timezone.now()
    )


@pytest.fixture
def small_set(db: None, tmp_path: Path) -> Callable[..., Path]:
    """A folder in the layout of latest-small: people like the even movies or the odd ones."""

    def make(n_people: int = 40, times: bool = True, n_movies: int = 24) -> Path:
        lines = [
            f"{user},{movie},{4.5 if (user + movie) % 2 else 1.5},{1_000 * movie if times else 0}"
            for user in range(1, n_people + 1)
            for movie in range(1, n_movies + 1)
            if (user * 3 + movie * 5) % 4
        ]
        titles = [f"{movie},Movie {movie} (1999),Drama" for movie in range(1, n_movies + 1)]
        (tmp_path / "ratings.csv").write_text(
            "\n".join(["userId,movieId,rating,timestamp", *lines]) + "\n"
        )
        (tmp_path / "movies.csv").write_text("\n".join(["movieId,title,genres", *titles]) + "\n")
        return tmp_path

    return make


def test_it_works(spread_in_time: None, active_run: TrainingRun) -> None:
    text = run("--quiet", "--peers")
    for name in ("latent factors", "biases only", "popularity", "item neighbours", "EASE"):
        assert name in text
    assert "NDCG@10" in text
    assert "the newest fifth" in text
    assert "optimistic" not in text
    stored = Evaluation.objects.get()
    assert (stored.state, stored.source, stored.run) == ("finished", "site", active_run)
    assert stored.table["contestants"][0]["stars"]["rmse"] < 1.2
    assert stored.finished_at
    assert TrainingRun.objects.count() == 1  # nothing that serves was touched


def test_a_data_set_is_measured_without_being_imported(small_set: Callable[..., Path]) -> None:
    text = run("--quiet", "--data", str(small_set()))
    assert "720 ratings of 24 movies by 40 people" in text
    assert not Movie.objects.exists()
    assert Evaluation.objects.get().run is None


def test_json_alone_on_stdout_and_progress_on_stderr(
    small_set: Callable[..., Path], capsys: pytest.CaptureFixture
) -> None:
    answer = json.loads(run("--json", "--data", str(small_set()), "--protocol", "5fold"))
    assert answer["protocol"] == "5fold"
    assert answer["table"]["n_held_out"] == 720
    assert "fitting, fold 5 of 5" in capsys.readouterr().err
    assert {"figure", "given", "rival", "verdict"} <= set(answer["not_beaten"][0])


def test_random_folds_are_said_to_be_optimistic(small_set: Callable[..., Path]) -> None:
    text = run("--quiet", "--data", str(small_set()), "--protocol", "5fold")
    assert "better than they are" in text
    assert "part 5" in text


def test_it_says_where_a_baseline_is_not_beaten(small_set: Callable[..., Path]) -> None:
    """Everybody has rated every other movie: popularity is as good as anything for a stranger."""
    text = run("--quiet", "--data", str(small_set()))
    assert "Where the model does not beat a baseline" in text
    assert "0 ratings given" in text


def refused(*words: str) -> str:
    with pytest.raises(CommandError) as caught:
        run("--quiet", *words)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_bad_input_gets_one_clear_line(
    db: None, small_set: Callable[..., Path], tmp_path: Path
) -> None:
    assert "no file and no folder" in refused("--data", "/nowhere")
    assert "no protocol 'leave-one-out'" in refused("--protocol", "leave-one-out")
    assert "not both" in refused("--site", "--data", "demo")
    assert "has no ratings yet" in refused()
    assert "100 are needed" in refused("--data", str(small_set(n_people=5)))
    assert "have no times" in refused("--data", str(small_set(times=False)))
    assert "100,000 ratings of ml-100k" in refused(
        "--data", str(small_set()), "--protocol", "u1-u5"
    )
    assert "number of people" in refused("--left-out", "-1")
    (tmp_path / "ratings.csv").write_text("userId,movieId,rating,timestamp\n")
    assert "contains no ratings" in refused("--data", str(tmp_path))
    assert not Evaluation.objects.exclude(state=Evaluation.State.FAILED).exists()


def test_without_times_random_folds_remain(small_set: Callable[..., Path]) -> None:
    folder = str(small_set(times=False))
    assert "five random folds" in run("--quiet", "--data", folder, "--protocol", "5fold")


@pytest.mark.slow
def test_ml_100k_is_known_by_the_order_of_its_ratings() -> None:
    ratings = read_ml_100k()
    assert datasets.protocol_for("u1-u5", ratings).name == "u1-u5"
    turned = ratings.take(np.arange(len(ratings))[::-1])
    with pytest.raises(datasets.NothingToEvaluate, match="in their own order"):
        datasets.protocol_for("u1-u5", turned)


def test_everybody_is_left_out_in_groups(small_set: Callable[..., Path]) -> None:
    words = ("--json", "--quiet", "--data", str(small_set()))
    some = json.loads(run(*words))["table"]["left_out"]
    assert (some["n_people"], some["n_at_a_time"]) == (8, 8)
    everybody = json.loads(run(*words, "--left-out", "15"))["table"]["left_out"]
    assert (everybody["n_people"], everybody["n_at_a_time"]) == (40, 15)


def test_the_command_prints_the_yardsticks(small_set: Callable[..., Path]) -> None:
    text = run("--quiet", "--data", str(small_set(n_movies=60)))
    assert "first ratings in order of time, 8 people" in text
    assert "first ratings in random order, 8 people" in text
    line = next(line for line in text.splitlines() if line.startswith("popularity, 5 given"))
    assert line.split()[-1] == "–"  # popularity predicts no stars to be contradicted by
    assert "left out, folded in" in text


def test_one_evaluation_of_the_site_at_a_time(
    spread_in_time: None, active_run: TrainingRun
) -> None:
    evaluate.claim(datasets.site(), "temporal")
    assert "another evaluation" in refused()
    assert evaluate.evaluate_if_due() is None


def test_the_worker_measures_after_a_switch_and_then_rests(
    spread_in_time: None, active_run: TrainingRun
) -> None:
    done = tasks.measure_if_due()
    evaluation = Evaluation.objects.get(pk=done["evaluation"])
    assert evaluation.table["peers"]
    assert evaluation.run == active_run
    assert tasks.measure_if_due()["evaluation"] is None
    refit.refit(seed=8)
    assert not evaluate.is_due()  # once a day
    Evaluation.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert evaluate.is_due()


def test_without_a_run_nothing_is_due(two_tastes: list[Movie]) -> None:
    assert not evaluate.is_due()
    assert tasks.measure_if_due() == {"logged": 0, "evaluation": None}


def test_the_same_run_is_not_measured_twice(spread_in_time: None, active_run: TrainingRun) -> None:
    evaluate.evaluate_if_due()
    Evaluation.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert not evaluate.is_due()


def test_failures_are_stored_and_wait_after_three(
    spread_in_time: None, active_run: TrainingRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise TooFewRatings("3 ratings leave 1 to test on")

    monkeypatch.setattr(evaluate, "compare_models", fail)
    for _ in range(5):
        assert evaluate.evaluate_if_due() is None
    assert Evaluation.objects.count() == 3
    assert Evaluation.objects.first().reason == "3 ratings leave 1 to test on."
    Evaluation.objects.update(created_at=timezone.now() - timedelta(hours=2))
    assert evaluate.is_due()


def test_ratings_without_an_order_in_time_are_tried_three_times_only(
    active_run: TrainingRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    Rating.objects.update(rated_at=timezone.now())
    for _ in range(5):
        assert evaluate.evaluate_if_due() is None
    assert Evaluation.objects.count() == 3
    assert "no times" in Evaluation.objects.first().reason


def test_an_evaluation_whose_process_died_is_given_up(
    spread_in_time: None, active_run: TrainingRun
) -> None:
    dead = evaluate.claim(datasets.site(), "temporal")
    Evaluation.objects.update(heartbeat_at=timezone.now() - timedelta(hours=1))
    assert evaluate.evaluate_if_due().state == Evaluation.State.FINISHED
    dead.refresh_from_db()
    assert dead.state == Evaluation.State.FAILED


def test_old_evaluations_are_deleted_and_data_sets_do_not_push_out_the_site(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluate, "KEPT", 2)
    for source in ("site", "ml-100k", "ml-100k", "ml-100k", "ml-1m"):
        Evaluation.objects.create(source=source, protocol="temporal", state="finished")
    evaluate.prune()
    kept = Evaluation.objects.values_list("source", flat=True)
    assert list(kept) == ["ml-1m", "ml-100k", "site"]


def test_a_large_site_is_measured_by_some_of_its_people(
    spread_in_time: None, active_run: TrainingRun
) -> None:
    whole = datasets.site()
    some = whole.at_most(300)
    assert len(some.ratings) <= 300
    assert some.ratings.n_items == whole.ratings.n_items
    assert some.drawn_from == whole.ratings.n_users
    counts = {
        user: (whole.ratings.user_ids[whole.ratings.user_index] == user).sum()
        for user in some.ratings.user_ids
    }
    drawn = some.ratings
    assert all((drawn.user_ids[drawn.user_index] == u).sum() == n for u, n in counts.items())
    assert whole.at_most(10**6) is whole


def test_the_admin_shows_figures_to_staff_only(
    spread_in_time: None, active_run: TrainingRun, staff_client: Client, alices_client: Client
) -> None:
    evaluation = evaluate.evaluate(datasets.site())
    url = f"/admin/recommender/evaluation/{evaluation.pk}/change/"
    assert "latent factors" in staff_client.get(url).content.decode()
    assert staff_client.post(url, {"state": "failed"}).status_code == 403
    assert staff_client.get("/admin/recommender/evaluation/add/").status_code == 403
    assert alices_client.get(url).status_code == 302


def test_people_who_do_not_train_the_model_are_not_measured(
    spread_in_time: None, alice: User, two_tastes: list[Movie]
) -> None:
    alice.trains_model = False
    alice.save()
    Rating.objects.rate(alice, two_tastes[0], 5)
    assert alice.pk not in datasets.site().ratings.user_ids
