"""Predictions logged for ratings given afterwards."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from movies.models import Movie, Rating
from recommender.models import LoggedPrediction, TrainingRun
from recommender.serving.predictions import predict
from recommender.training import prediction_log, refit


@pytest.fixture
def even_fan(even_fan: User) -> User:
    """Alice, who has rated since the run: only then is there a prediction to log."""
    for rating in Rating.objects.of(even_fan).order_by("pk"):
        now = timezone.now()
        Rating.objects.filter(pk=rating.pk).update(rated_at=now, updated_at=now)
    return even_fan


@pytest.fixture
def log_prediction(make_movie: Callable[..., Movie]) -> Callable[..., LoggedPrediction]:
    """Log a prediction and the rating that followed it."""
    run = TrainingRun.objects.create(state=TrainingRun.State.READY)

    def log(user: User, predicted: float, stars: float, shown: bool = True) -> LoggedPrediction:
        rating = Rating.objects.rate(user, make_movie(), stars, prediction_shown=shown)
        return LoggedPrediction.objects.create(
            user=user,
            movie=rating.movie,
            run=run,
            predicted=predicted,
            half_stars=rating.half_stars,
            prediction_shown=shown,
            rated_at=rating.rated_at,
        )

    return log


def test_it_works(log_prediction: Callable, alice: User, bob: User) -> None:
    near, far = log_prediction(alice, 4.1, 4.0), log_prediction(alice, 4.5, 1.5)
    log_prediction(bob, 2.0, 2.0)
    own = LoggedPrediction.objects.of(alice)
    assert list(own.largest_surprises()) == [far, near]
    assert [round(row.error, 3) for row in own.largest_surprises()] == [3.0, 0.1]
    assert own.mean_absolute_error() == pytest.approx(1.55)
    assert near.stars == 4.0


def test_nothing_logged_has_no_error(alice: User) -> None:
    assert LoggedPrediction.objects.of(alice).mean_absolute_error() is None


def test_a_rating_removed_or_changed_is_skipped_at_once(
    log_prediction: Callable, alice: User
) -> None:
    removed, changed, kept = (
        log_prediction(alice, 4, 1),
        log_prediction(alice, 4, 2),
        log_prediction(alice, 4, 3),
    )
    Rating.objects.unrate(alice, removed.movie)
    Rating.objects.rate(alice, changed.movie, 5)
    assert list(LoggedPrediction.objects.of(alice)) == [kept]


def test_the_log_is_deleted_with_the_user_and_with_the_movie(
    log_prediction: Callable, alice: User, bob: User
) -> None:
    log_prediction(alice, 4, 1)
    bobs = log_prediction(bob, 4, 1)
    alice.delete()
    assert list(LoggedPrediction.objects.all()) == [bobs]
    bobs.movie.delete()
    assert not LoggedPrediction.objects.exists()


@pytest.mark.parametrize("predicted", [0.4, 5.1, float("nan")])
def test_a_prediction_off_the_scale_is_refused(
    log_prediction: Callable, alice: User, predicted: float
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        log_prediction(alice, predicted, 3)


def test_a_movie_is_logged_once_per_user(log_prediction: Callable, alice: User) -> None:
    first = log_prediction(alice, 4, 3)
    with pytest.raises(IntegrityError), transaction.atomic():
        LoggedPrediction.objects.create(
            user=alice,
            movie=first.movie,
            run=first.run,
            predicted=3,
            half_stars=6,
            prediction_shown=False,
            rated_at=timezone.now(),
        )


def rate(user: User, movie: Movie, stars: float, shown: bool = True) -> Rating:
    return Rating.objects.rate(user, movie, stars, prediction_shown=shown)


def test_the_logged_prediction_is_what_the_page_showed_before_the_rating(
    fitted: TrainingRun, two_tastes: list[Movie], even_fan: User
) -> None:
    """A person who was not in the fit, rating one movie after the other."""
    predicted = {}
    for number, stars in ((10, 4.5), (11, 1.0), (12, 5.0)):
        movie = two_tastes[number]
        predicted[movie.pk] = predict(even_fan, [movie.pk])[movie.pk]
        rate(even_fan, movie, stars)
    assert prediction_log.catch_up() == 10
    logged = {row.movie_id: row for row in LoggedPrediction.objects.of(even_fan)}
    for movie_id, stars in predicted.items():
        assert logged[movie_id].predicted == pytest.approx(stars, abs=1e-4)
    assert logged[two_tastes[11].pk].stars == 1.0
    assert logged[two_tastes[11].pk].run == fitted


def test_a_user_of_the_fit_is_folded_in_as_on_the_page(
    even_fan: User, two_tastes: list[Movie], fitted: TrainingRun
) -> None:
    movie = two_tastes[20]
    predicted = predict(even_fan, [movie.pk])[movie.pk]
    rate(even_fan, movie, 4.5)
    prediction_log.catch_up()
    assert LoggedPrediction.objects.get().predicted == pytest.approx(predicted, abs=1e-4)


def test_a_second_call_logs_nothing_twice(
    fitted: TrainingRun, two_tastes: list[Movie], even_fan: User
) -> None:
    assert prediction_log.catch_up() == 7
    assert prediction_log.catch_up() == 0
    TrainingRun.objects.update(logged_up_to=0)
    prediction_log.catch_up()
    assert LoggedPrediction.objects.count() == 7


def test_a_switch_first_logs_against_the_run_that_served(
    fitted: TrainingRun, two_tastes: list[Movie], even_fan: User
) -> None:
    second = refit.refit(seed=8)
    assert second.is_active
    assert set(LoggedPrediction.objects.values_list("run", flat=True)) == {fitted.pk}
    assert LoggedPrediction.objects.count() == 7
    rate(even_fan, two_tastes[30], 4.0)
    refit.activate(fitted)
    assert LoggedPrediction.objects.filter(run=second).count() == 1


def test_a_log_that_fails_stops_no_refit(
    fitted: TrainingRun, even_fan: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise OSError("no")

    monkeypatch.setattr(prediction_log, "catch_up", fail)
    assert refit.refit(seed=8).is_active


def test_ratings_without_a_prediction_are_left_out(
    fitted: TrainingRun, two_tastes: list[Movie], alice: User, bob: User, make_movie: Callable
) -> None:
    member = User.objects.filter(is_dataset_member=True).first()
    unrated = next(movie for movie in two_tastes if not member.ratings.filter(movie=movie).exists())
    rate(member, unrated, 4)  # a rater of a data set
    long_ago = timezone.now() - timedelta(days=900)
    Rating.objects.rate(alice, two_tastes[1], 4, rated_at=long_ago)  # an import
    rate(alice, two_tastes[2], 4)
    rate(alice, two_tastes[2], 1)  # changed her mind
    rate(alice, make_movie("Unheard of"), 4)  # unknown to the run
    rate(bob, two_tastes[3], 4)
    prediction_log.catch_up()
    assert [(row.user, row.movie) for row in LoggedPrediction.objects.all()] == [
        (bob, two_tastes[3])
    ]


def test_a_rating_given_again_after_the_fit_saw_it_is_left_out(
    even_fan: User, two_tastes: list[Movie], fitted: TrainingRun
) -> None:
    an_hour_ago = timezone.now() - timedelta(hours=1)
    Rating.objects.of(even_fan).update(rated_at=an_hour_ago)  # what is taken back at once is a slip
    Rating.objects.unrate(even_fan, two_tastes[0])
    rate(even_fan, two_tastes[0], 4)
    assert prediction_log.catch_up() == 0


def test_ratings_after_a_changed_rating_are_left_out(
    fitted: TrainingRun, two_tastes: list[Movie], alice: User
) -> None:
    first = rate(alice, two_tastes[0], 5)
    rate(alice, two_tastes[1], 1)
    rate(alice, first.movie, 3)
    rate(alice, two_tastes[2], 5)
    prediction_log.catch_up()
    assert [row.movie for row in LoggedPrediction.objects.all()] == [two_tastes[2]]


def test_ratings_given_before_the_run_served_are_not_replayed(
    two_tastes: list[Movie], even_fan: User
) -> None:
    run = refit.refit(seed=7)
    assert prediction_log.catch_up() == 0
    TrainingRun.objects.filter(pk=run.pk).update(logged_up_to=None)  # served before there was a log
    assert prediction_log.catch_up() == 0
    assert not LoggedPrediction.objects.exists()


def test_a_long_history_is_taken_in_batches(
    fitted: TrainingRun, even_fan: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prediction_log, "BATCH", 2)
    assert prediction_log.catch_up(max_ratings=3) == 4
    assert prediction_log.catch_up() == 3
    assert LoggedPrediction.objects.count() == 7


def test_invalid_rows_are_deleted_at_the_next_switch(log_prediction: Callable, alice: User) -> None:
    removed, kept = log_prediction(alice, 4, 1), log_prediction(alice, 4, 3)
    Rating.objects.unrate(alice, removed.movie)
    prediction_log.catch_up_before_switch()
    assert list(LoggedPrediction.objects.all()) == [kept]


def test_rating_needs_no_additional_query(
    fitted: TrainingRun, two_tastes: list[Movie], alice: User, django_assert_num_queries: Callable
) -> None:
    with django_assert_num_queries(1):
        rate(alice, two_tastes[0], 5)


def test_without_a_model_there_is_nothing_to_log(even_fan: User) -> None:
    assert prediction_log.catch_up() == 0
