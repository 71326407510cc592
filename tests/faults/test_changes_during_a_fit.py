"""People and movies deleted, ratings given and changed while a fit goes on."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from accounts.models import User
from movies.models import Movie, Rating, RatingChanges
from recommender import store
from recommender.models import MovieFactors, TrainingRun, UserFactors
from recommender.training import refit
from recommender.training.progress import Progress
from tests.faults.counts import report, times
from tests.faults.runs import State

# Between two of these, a refit computes, or writes in one transaction.
MOMENTS = ("phase", "epoch", "step")


def refit_with(change: Callable[[int], None]) -> TrainingRun:
    """A refit during which `change(moment)` is called at each moment of its progress."""
    n = 0

    def then_change(report_progress: Callable[..., None]) -> Callable[..., None]:
        def wrapped(self: Progress, *arguments: object, **named: object) -> None:
            nonlocal n
            report_progress(self, *arguments, **named)
            n += 1
            change(n)

        return wrapped

    with pytest.MonkeyPatch.context() as patch:
        for name in MOMENTS:
            patch.setattr(Progress, name, then_change(getattr(Progress, name)))
        return refit.refit(seed=7)


class Change:
    """One movie and one person deleted, ratings changed, given and taken back, at one moment."""

    def __init__(self, moment: int, draw: random.Random, newcomer: User) -> None:
        self.moment, self.newcomer = moment, newcomer
        self.movie = draw.choice(list(Movie.objects.all()))
        people = list(User.objects.filter(is_dataset_member=True))
        self.person, self.other = draw.sample(people, 2)
        self.movie_id, self.person_id = self.movie.pk, self.person.pk
        self.changes_after = 0
        self.expected: dict[tuple[int, int], int] = {}

    def __call__(self, moment: int) -> None:
        if moment != self.moment:
            return
        self.movie.delete()
        self.person.delete()
        mine = list(Rating.objects.of(self.other).select_related("movie")[:10])
        for rating in mine[:5]:
            rating.delete()
        for rating in mine[5:]:
            Rating.objects.rate(self.other, rating.movie, 2.5)
        for movie in Movie.objects.all()[:5]:
            Rating.objects.rate(self.newcomer, movie, 4.5)
        self.changes_after = RatingChanges.total()
        self.expected = stored_ratings()


def stored_ratings() -> dict[tuple[int, int], int]:
    rows = Rating.objects.values_list("user_id", "movie_id", "half_stars")
    return {(user, movie): half_stars for user, movie, half_stars in rows}


def rows_of_the_deleted(change: Change) -> int:
    return (
        MovieFactors.objects.filter(movie_id=change.movie_id).count()
        + UserFactors.objects.filter(user_id=change.person_id).count()
    )


def test_nothing_of_the_deleted_is_left_and_nothing_of_the_new_is_lost(
    fitted: TrainingRun, make_user: Callable[..., User]
) -> None:
    last = 0

    def count(moment: int) -> None:
        nonlocal last
        last = moment

    refit_with(count)
    draw = random.Random(6)
    rounds = times(2, 20)
    for number in range(rounds):
        change = Change(draw.randint(1, last // 2), draw, make_user(f"newcomer{number}"))
        run = refit_with(change)
        assert change.expected, "the moment came"
        assert run.state == State.READY, run.reason
        assert run.is_active
        assert rows_of_the_deleted(change) == 0
        assert stored_ratings() == change.expected
        assert RatingChanges.total() == change.changes_after
        # What came after the ratings were read is what the next refit is due for.
        read_before = run.rating_changes < change.changes_after
        has_newcomer = UserFactors.objects.filter(run=run, user=change.newcomer).exists()
        assert has_newcomer != read_before
        # Nobody and nothing to run out of.
        Movie.objects.create(title=f"Another {number}")
    report(f"{rounds} fits with deletions and changes: all live, no row of the deleted")


def test_without_the_last_look_rows_of_the_deleted_stay(
    fitted: TrainingRun, make_user: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a movie and a person deleted before their rows are written."""
    monkeypatch.setattr(store, "drop_orphans", lambda run: None)
    change = Change(1, random.Random(6), make_user("newcomer"))
    write = store.write

    def delete_then_write(run: TrainingRun, *arguments: object, **how: bool) -> None:
        change(1)
        write(run, *arguments, **how)

    monkeypatch.setattr(store, "write", delete_then_write)
    run = refit.refit(seed=7)
    assert run.state == State.READY, run.reason
    assert rows_of_the_deleted(change) == 2
