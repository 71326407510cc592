"""Two devices and the server: the newest write of each rating stands, everywhere."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from movies.models import ChangeCounter, EarlierRating, Mark, MemberChange, Movie, Rating
from movies.sync.writes import (
    Outcome,
    RatingWrite,
    rate_now,
    remove_mark,
    remove_rating,
    save_ratings,
    set_mark,
)
from tests.movies.changes.test_changes import App

Make = Callable[..., Movie]
NOW = timezone.now()


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def rate(user: User, movie: Movie, stars: float | None, minutes_ago: float) -> Outcome:
    return save_ratings(user, [RatingWrite(movie.pk, stars, ago(minutes_ago))])[0].outcome


def test_it_works(alice: User, make_movie: Make) -> None:
    movie = make_movie()
    assert rate(alice, movie, 4, 60) == Outcome.CREATED
    assert Rating.objects.get().rated_at == ago(60)
    assert rate(alice, movie, 2, 30) == Outcome.CHANGED
    assert rate(alice, movie, 5, 45) == Outcome.STALE
    assert Rating.objects.get().stars == 2
    assert rate(alice, movie, None, 20) == Outcome.REMOVED
    assert rate(alice, movie, 5, 25) == Outcome.STALE
    assert not Rating.objects.exists()
    assert rate(alice, movie, 5, 10) == Outcome.CREATED


def test_a_removal_that_comes_too_late_removes_nothing(alice: User, make_movie: Make) -> None:
    movie = make_movie()
    rate(alice, movie, 4, 30)
    assert remove_rating(alice, movie.pk, ago(40)).outcome == Outcome.STALE
    assert Rating.objects.get().stars == 4


def test_a_removal_is_known_before_the_rating_it_removes_arrives(
    alice: User, make_movie: Make
) -> None:
    movie = make_movie()
    assert rate(alice, movie, None, 30) == Outcome.REMOVED
    assert rate(alice, movie, 4, 40) == Outcome.STALE
    assert not Rating.objects.exists()


def test_the_same_stars_move_nothing_but_stand_against_older_removals(
    alice: User, make_movie: Make
) -> None:
    movie = make_movie()
    rate(alice, movie, 4, 60)
    before, number = Rating.objects.get(), ChangeCounter.objects.get(pk=alice.pk).number
    assert rate(alice, movie, 4, 30) == Outcome.UNCHANGED
    now, is_new = rate_now(alice, movie, 4)
    assert (now.updated_at, is_new) == (before.updated_at, False)
    assert ChangeCounter.objects.get(pk=alice.pk).number == number
    assert rate(alice, movie, None, 20) == Outcome.STALE


def test_a_write_of_now_is_newer_than_all(alice: User, make_movie: Make) -> None:
    movie = make_movie()
    rate_now(alice, movie, 3)
    assert rate(alice, movie, 5, 1) == Outcome.STALE


def test_whether_a_prediction_was_shown_stays_unless_told(alice: User, make_movie: Make) -> None:
    movie = make_movie()
    rate_now(alice, movie, 3, prediction_shown=True)
    assert rate_now(alice, movie, 4)[0].prediction_shown is True
    write = RatingWrite(movie.pk, 5, timezone.now())
    assert save_ratings(alice, [write])[0].rating.prediction_shown is True
    assert rate_now(alice, movie, 5, prediction_shown=False)[0].prediction_shown is False


def test_marks_too(alice: User, make_movie: Make) -> None:
    movie = make_movie()
    assert set_mark(alice, movie, "seen", ago(50))[0] == Outcome.CREATED
    assert Mark.objects.get().created_at == ago(50)
    assert remove_mark(alice, movie.pk, "seen", ago(55))[0] == Outcome.STALE
    assert set_mark(alice, movie, "seen", ago(30))[0] == Outcome.UNCHANGED
    assert remove_mark(alice, movie.pk, "seen", ago(40))[0] == Outcome.STALE
    assert remove_mark(alice, movie.pk, "seen", ago(20))[0] == Outcome.REMOVED
    assert set_mark(alice, movie, "seen", ago(25)) == (Outcome.STALE, None)
    assert set_mark(alice, movie, "watchlist", ago(25))[0] == Outcome.CREATED


def test_many_in_one_call_take_a_constant_number_of_queries(
    alice: User, make_movie: Make, django_assert_max_num_queries: Callable
) -> None:
    movies = [make_movie(f"Movie {number}") for number in range(60)]
    for movie in movies[:20]:
        Rating.objects.rate(alice, movie, 1)
    Rating.objects.update(updated_at=ago(90), rated_at=ago(90))
    MemberChange.objects.update(at=ago(90))
    stars = [None, 4.0, 1.0]
    writes = [RatingWrite(one.pk, stars[i % 3], ago(5)) for i, one in enumerate(movies)]
    with django_assert_max_num_queries(14):
        done = save_ratings(alice, writes)
    assert [one.outcome for one in done[:3]] == [
        Outcome.REMOVED,
        Outcome.CHANGED,
        Outcome.UNCHANGED,
    ]
    assert Rating.objects.count() == 40
    assert EarlierRating.objects.count() == 14, "7 removed and 7 changed"


@dataclass
class Device:
    """A phone with a queue of what it has not brought to the server, and its copy of the rest."""

    app: App
    queue: list[RatingWrite] = field(default_factory=list)

    def send(self, draw: random.Random) -> None:
        """Some of the queue arrives; the answer may be lost, and so it is sent again later."""
        some = self.queue[: draw.randint(1, 3)]
        done = save_ratings(self.app.user, some)
        assert len(done) == len(some)
        if draw.random() < 0.7:
            del self.queue[: len(some)]

    def shown(self) -> dict[int, int]:
        return {key: known[0] for (_kind, _mark, key), known in self.app.known.items()}


def test_a_thousand_interleavings_end_equal(alice: User, make_movie: Make) -> None:
    """Against a model of what must stand: of all that was done on each movie, the newest."""
    movies = [make_movie(f"Movie {number}") for number in range(3)]
    kept = 0
    for seed in range(1000):
        with transaction.atomic():
            kept += _interleave(random.Random(seed), alice, movies)
            transaction.set_rollback(True)
    assert kept > 500, "ratings that stood at the end"


def _interleave(draw: random.Random, user: User, movies: list[Movie]) -> int:
    phone, tablet = Device(App(user, n=100)), Device(App(user, n=100))
    newest: dict[int, RatingWrite] = {}
    for moment in draw.sample(range(1, 1000), 7):  # clocks of devices are in no order
        movie = draw.choice(movies)
        write = RatingWrite(movie.pk, draw.choice([None, 1.0, 3.0, 5.0]), ago(moment))
        draw.choice([phone, tablet]).queue.append(write)
        if movie.pk not in newest or write.at > newest[movie.pk].at:
            newest[movie.pk] = write
        for device in (phone, tablet):
            if device.queue and draw.random() < 0.4:
                device.send(draw)
            elif draw.random() < 0.2:
                device.app.read()
    while phone.queue or tablet.queue:
        device = draw.choice([one for one in (phone, tablet) if one.queue])
        device.send(draw)
    phone.app.read()
    tablet.app.read()
    wanted = {pk: round(one.stars * 2) for pk, one in newest.items() if one.stars is not None}
    server = dict(Rating.objects.of(user).values_list("movie_id", "half_stars"))
    assert phone.shown() == tablet.shown() == server == wanted
    return len(server)


def test_without_times_the_interleavings_do_not_end_so(
    alice: User, make_movie: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: last to arrive wins."""
    from movies.sync import writes

    monkeypatch.setattr(writes, "times_of", lambda *args: {})
    monkeypatch.setattr(writes._RatingsOfOne, "_take", _take_any)
    movies = [make_movie(f"Movie {number}") for number in range(3)]
    with pytest.raises(AssertionError, match="=="):
        for seed in range(50):
            with transaction.atomic():
                _interleave(random.Random(seed), alice, movies)
                transaction.set_rollback(True)


def _take_any(self: object, write: RatingWrite) -> Outcome:
    self._times.clear()
    return type(self)._original_take(self, write)
