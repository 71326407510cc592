"""What the site said before somebody rated, beside what was given."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from movies.models import Movie, Rating
from recommender.models import LoggedPrediction, TrainingRun


@pytest.fixture
def said(make_movie: Callable[..., Movie]) -> Callable[..., LoggedPrediction]:
    """Somebody gave `stars` where `predicted` had been said."""
    run = TrainingRun.objects.create(state=TrainingRun.State.READY)

    def say(user: User, predicted: float, stars: float, shown: bool = True) -> LoggedPrediction:
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

    return say


def test_it_works(said: Callable, alice: User, bob: User) -> None:
    near, far = said(alice, 4.1, 4.0), said(alice, 4.5, 1.5)
    said(bob, 2.0, 2.0)
    own = LoggedPrediction.objects.of(alice)
    assert list(own.largest_surprises()) == [far, near]
    assert [round(row.error, 3) for row in own.largest_surprises()] == [3.0, 0.1]
    assert own.mean_absolute_error() == pytest.approx(1.55)
    assert near.stars == 4.0


def test_nothing_logged_has_no_error(alice: User) -> None:
    assert LoggedPrediction.objects.of(alice).mean_absolute_error() is None


def test_a_rating_removed_or_changed_is_forgotten_at_once(said: Callable, alice: User) -> None:
    removed, changed, kept = said(alice, 4, 1), said(alice, 4, 2), said(alice, 4, 3)
    Rating.objects.unrate(alice, removed.movie)
    Rating.objects.rate(alice, changed.movie, 5)
    assert list(LoggedPrediction.objects.of(alice)) == [kept]


def test_the_log_goes_with_the_person_and_with_the_movie(
    said: Callable, alice: User, bob: User
) -> None:
    said(alice, 4, 1)
    bobs = said(bob, 4, 1)
    alice.delete()
    assert list(LoggedPrediction.objects.all()) == [bobs]
    bobs.movie.delete()
    assert not LoggedPrediction.objects.exists()


@pytest.mark.parametrize("predicted", [0.4, 5.1, float("nan")])
def test_a_prediction_off_the_scale_is_refused(
    said: Callable, alice: User, predicted: float
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        said(alice, predicted, 3)


def test_a_movie_is_logged_once_for_a_person(said: Callable, alice: User) -> None:
    first = said(alice, 4, 3)
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
