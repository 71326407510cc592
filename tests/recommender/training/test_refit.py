"""The refit: what it leaves in the database, when it is due, what it refuses."""

from datetime import timedelta

import numpy as np
import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from movies.models import Movie, Rating
from recommender.models import MovieFactors, TrainingRun, UserFactors
from recommender.training import gate, refit, snapshot, store

State = TrainingRun.State


def factor_rows(run: TrainingRun) -> list[tuple]:
    """What a run stored, comparable between runs."""
    movies = MovieFactors.objects.filter(run=run).order_by("movie_id")
    users = UserFactors.objects.filter(run=run).order_by("user_id")
    return [
        *((row.movie_id, row.bias, bytes(row.vector), bytes(row.interest)) for row in movies),
        *((row.user_id, row.bias, bytes(row.vector), bytes(row.fitted_movies)) for row in users),
    ]


def test_it_works(two_tastes: list[Movie]) -> None:
    run = refit.refit(seed=7)

    assert run.state == State.READY
    assert run.is_active
    assert run.seed == 7
    assert run.data["ratings"] == Rating.objects.count()
    assert run.metrics["rmse"] is None or run.metrics["rmse"] < run.metrics["bias_rmse"]
    assert MovieFactors.objects.filter(run=run).count() == len(two_tastes)
    assert UserFactors.objects.filter(run=run).count() == User.objects.count()
    assert {point["block"] for point in run.curve} == {"rating", "interest"}
    rating_curve = [
        point["train_rmse"]
        for point in run.curve
        if point["block"] == "rating" and point["phase"] == "learning from all ratings"
    ]
    assert rating_curve[-1] < rating_curve[0]


def test_the_same_seed_gives_the_same_rows(two_tastes: list[Movie]) -> None:
    first, second, other = (refit.refit(seed=seed) for seed in (7, 7, 8))
    assert factor_rows(first) == factor_rows(second)
    assert factor_rows(first) != factor_rows(other)


def test_the_stored_movie_side_is_the_fitted_one(fitted: TrainingRun) -> None:
    loaded = store.load_items(TrainingRun.objects.get(pk=fitted.pk))
    row = MovieFactors.objects.filter(run=fitted).order_by("movie_id").first()
    np.testing.assert_array_equal(loaded.vectors[0], np.frombuffer(row.vector, "<f4"))
    assert loaded.item_ids[0] == row.movie_id
    assert np.isfinite(loaded.ranking).all()


def test_a_person_who_opted_out_leaves_no_trace_in_the_factors(
    two_tastes: list[Movie], even_fan: User
) -> None:
    even_fan.trains_model = False
    even_fan.save()
    with_rows = factor_rows(refit.refit(seed=7))
    Rating.objects.of(even_fan).delete()
    without_rows = factor_rows(refit.refit(seed=7))
    assert with_rows == without_rows


def test_it_keeps_three_runs(two_tastes: list[Movie]) -> None:
    runs = [refit.refit(seed=seed) for seed in range(5)]
    assert [store.has_rows(run) for run in runs] == [False, False, True, True, True]
    assert TrainingRun.objects.count() == 5
    assert TrainingRun.objects.active() == runs[-1]


def test_a_site_without_ratings_is_refused_in_plain_words(db: None) -> None:
    run = refit.refit(seed=1)
    assert run.state == State.REJECTED
    assert "no ratings" in run.reason
    assert TrainingRun.objects.active() is None


def test_two_people_and_three_ratings_are_enough_for_a_model(
    alice: User, bob: User, make_movie, make_rating
) -> None:
    first, second = make_movie("First"), make_movie("Second")
    make_rating(alice, first, 5)
    make_rating(alice, second, 3)
    make_rating(bob, first, 4)
    run = refit.refit(seed=1)
    assert run.state == State.READY, run.reason


def test_a_failing_fit_leaves_the_old_run_serving_and_no_rows(
    fitted: TrainingRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise store.StoredRunDiffers("the row for 1 was stored differently")

    monkeypatch.setattr(store, "verify", broken)
    run = refit.refit(seed=9)
    assert run.state == State.FAILED
    assert "stored differently" in run.reason
    assert not store.has_rows(run)
    assert TrainingRun.objects.active() == fitted


def test_verification_sees_one_flipped_byte(
    fitted: TrainingRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = store.write

    def write_and_damage(run: TrainingRun, *args: object) -> None:
        write(run, *args)
        row = MovieFactors.objects.filter(run=run).last()
        row.vector = bytes([row.vector[0] ^ 1]) + bytes(row.vector[1:])
        row.save()

    monkeypatch.setattr(store, "write", write_and_damage)
    run = refit.refit(seed=9)
    assert run.state == State.FAILED
    assert "stored differently" in run.reason


def test_what_is_deleted_while_it_is_stored_leaves_no_row_behind(
    two_tastes: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    movie, person = two_tastes[3], User.objects.get(username="set:5")
    movie_id, person_id = movie.pk, person.pk
    write = store.write

    def delete_then_write(run: TrainingRun, *args: object) -> None:
        movie.delete()
        person.delete()
        write(run, *args)

    monkeypatch.setattr(store, "write", delete_then_write)
    run = refit.refit(seed=7)
    assert run.state == State.READY, run.reason
    assert not MovieFactors.objects.filter(movie_id=movie_id).exists()
    assert not UserFactors.objects.filter(user_id=person_id).exists()


def test_a_deleted_person_is_gone_from_all_kept_runs(two_tastes: list[Movie]) -> None:
    refit.refit(seed=1)
    refit.refit(seed=2)
    person = User.objects.get(username="set:5")
    person_id = person.pk
    assert UserFactors.objects.filter(user_id=person_id).count() == 2
    person.delete()
    assert not UserFactors.objects.filter(user_id=person_id).exists()


@pytest.mark.parametrize(
    ("metrics", "before", "words"),
    [
        ({"rmse": float("nan"), "bias_rmse": 0.9}, None, "not finite"),
        ({"rmse": 0.95, "bias_rmse": 0.94}, None, "no better than biases"),
        ({"rmse": 0.93, "bias_rmse": 0.94}, {"rmse": 0.90, "bias_rmse": 0.94}, "less than the run"),
    ],
)
def test_the_gate_refuses(metrics: dict, before: dict | None, words: str) -> None:
    active = TrainingRun(metrics=before) if before else None
    with pytest.raises(gate.Rejected, match=words):
        gate.check(gate.HoldoutFit(metrics), active)


@pytest.mark.parametrize(
    ("metrics", "before"),
    [
        ({"rmse": None, "n_held_out": 12}, {"rmse": 0.9, "bias_rmse": 0.95}),
        ({"rmse": 0.90, "bias_rmse": 0.94}, None),
        ({"rmse": 0.91, "bias_rmse": 0.94}, {"rmse": 0.90, "bias_rmse": 0.94}),
        # Harder data for both is no reason to refuse.
        ({"rmse": 1.02, "bias_rmse": 1.06}, {"rmse": 0.90, "bias_rmse": 0.94}),
    ],
)
def test_the_gate_lets_pass(metrics: dict, before: dict | None) -> None:
    gate.check(gate.HoldoutFit(metrics), TrainingRun(metrics=before) if before else None)


def test_force_serves_what_is_worse_but_never_what_is_not_finite() -> None:
    gate.check(gate.HoldoutFit({"rmse": 1.2, "bias_rmse": 1.0}), None, force=True)
    with pytest.raises(gate.Rejected):
        gate.check(gate.HoldoutFit({"rmse": float("inf"), "bias_rmse": 1.0}), None, force=True)


class TestIsDue:
    """Read from the database: what changed since the newest run that learned something."""

    @pytest.fixture(autouse=True)
    def long_ago(self, fitted: TrainingRun) -> None:
        TrainingRun.objects.update(created_at=timezone.now() - timedelta(days=1))

    def test_it_works(self, alice: User, two_tastes: list[Movie]) -> None:
        assert not refit.is_due()
        Rating.objects.rate(alice, two_tastes[0], 4)
        assert refit.is_due()

    def test_a_changed_rating_counts(self) -> None:
        rating = Rating.objects.first()
        Rating.objects.rate(rating.user, rating.movie, 5.5 - rating.stars)
        assert refit.is_due()

    def test_a_removed_rating_counts(self) -> None:
        Rating.objects.first().delete()
        assert refit.is_due()

    def test_the_same_rating_again_does_not_count(self) -> None:
        rating = Rating.objects.first()
        Rating.objects.rate(rating.user, rating.movie, rating.stars)
        assert not refit.is_due()

    def test_opting_out_counts(self) -> None:
        User.objects.filter(username="set:1").update(trains_model=False)
        assert refit.is_due()

    def test_not_before_the_interval_is_over(self, alice: User, two_tastes: list[Movie]) -> None:
        Rating.objects.rate(alice, two_tastes[0], 4)
        almost = timezone.now() - timedelta(seconds=settings.REFIT_INTERVAL - 5)
        TrainingRun.objects.update(created_at=almost)
        assert not refit.is_due()

    def test_at_once_when_somebody_asks(self) -> None:
        TrainingRun.objects.update(created_at=timezone.now())
        assert refit.request_refit() == refit.request_refit()
        assert refit.is_due()
        run = refit.refit_if_due()
        assert run.state == State.READY
        assert not refit.is_due()

    def test_a_failed_run_is_tried_again_at_once_but_not_for_ever(
        self, alice: User, two_tastes: list[Movie]
    ) -> None:
        Rating.objects.rate(alice, two_tastes[0], 4)
        for _ in range(refit.ATTEMPTS):
            assert refit.is_due()
            TrainingRun.objects.create(state=State.FAILED)
        assert not refit.is_due()
        TrainingRun.objects.update(created_at=timezone.now() - timedelta(days=1))
        assert refit.is_due()


def test_the_snapshot_is_the_table(
    two_tastes: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "IDS_PER_CHUNK", 100)
    ratings = snapshot.read_snapshot().ratings
    read = {
        (int(user), int(movie)): (float(stars), float(time))
        for user, movie, stars, time in zip(
            ratings.user_ids[ratings.user_index],
            ratings.item_ids[ratings.item_index],
            ratings.stars,
            ratings.times,
            strict=True,
        )
    }
    table = {
        (row.user_id, row.movie_id): (row.stars, float(int(row.rated_at.timestamp())))
        for row in Rating.objects.all()
    }
    assert read == table


def test_the_snapshot_places_movies_by_their_genres(make_movie) -> None:
    western, both, none = (
        make_movie(name, 1990, genres)
        for name, genres in (("A", "Western"), ("B", "Western|Comedy"), ("C", ""))
    )
    read = snapshot.read_snapshot()
    assert read.ratings.item_ids.tolist() == [western.pk, both.pk, none.pk]
    assert read.genres.sum(axis=1).tolist() == [1, 2, 0]
