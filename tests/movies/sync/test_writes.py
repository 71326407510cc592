"""Two devices and the server: the newest write of each rating stands, everywhere."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from movies.models import ChangeCounter, EarlierRating, Mark, MemberChange, Movie, Rating
from movies.sync import writes
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


N_MOVIES, ROUNDS = 1000, 12


class Device:
    """A phone with a queue of what it has not brought to the server, and its copy of the rest."""

    def __init__(self, user: User) -> None:
        self.app = App(user, n=1000)
        self.queue: list[RatingWrite] = []

    def send(self, draw: random.Random, share: float = 0.5) -> None:
        """Some of the queue arrives; where the answer is lost, it is sent again later."""
        draw.shuffle(self.queue)
        some = self.queue[: max(1, int(share * len(self.queue)))]
        for start in range(0, len(some), 500):
            save_ratings(self.app.user, some[start : start + 500])
        self.queue = [
            write for i, write in enumerate(self.queue) if i >= len(some) or draw.random() < 0.2
        ]

    def shown(self) -> dict[int, int]:
        return {key: known[0] for (_kind, _mark, key), known in self.app.known.items()}


def interleave(user: User) -> None:
    """A thousand at once: what happens to a movie is independent of all others. The devices write
    by clocks that are in no order, and send in no order either.

    Of all that was done to each movie, the newest must stand, on the server and both devices.
    """
    draw = random.Random(14)
    Movie.objects.bulk_create(Movie(title=f"Movie {number}") for number in range(N_MOVIES))
    ids = list(Movie.objects.values_list("pk", flat=True))
    phone, tablet = Device(user), Device(user)
    newest: dict[int, RatingWrite] = {}
    for moments in zip(*(draw.sample(range(1, 1000), ROUNDS) for _ in ids), strict=True):
        for movie_id, moment in zip(ids, moments, strict=True):
            if draw.random() < 0.4:
                continue
            write = RatingWrite(movie_id, draw.choice([None, 1.0, 3.0, 5.0]), ago(moment))
            draw.choice([phone, tablet]).queue.append(write)
            if movie_id not in newest or write.at > newest[movie_id].at:
                newest[movie_id] = write
        device = draw.choice([phone, tablet])
        device.send(draw)
        draw.choice([phone, tablet]).app.read()
    while phone.queue or tablet.queue:
        for device in (phone, tablet):
            device.send(draw, share=1.0)
    phone.app.read()
    tablet.app.read()
    wanted = {pk: round(one.stars * 2) for pk, one in newest.items() if one.stars is not None}
    assert 500 < len(wanted) < N_MOVIES
    server = dict(Rating.objects.of(user).values_list("movie_id", "half_stars"))
    assert phone.shown() == tablet.shown() == server, "they agree"
    assert server == wanted, "on the newest"


def test_a_thousand_interleavings_end_equal(alice: User) -> None:
    interleave(alice)


def test_without_times_they_do_not(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: what arrives last stands. Devices and server agree, but not on the newest."""
    take = writes._RatingsOfOne._take

    def take_any(self: writes._RatingsOfOne, write: RatingWrite) -> Outcome:
        self._times.clear()
        return take(self, write)

    monkeypatch.setattr(writes._RatingsOfOne, "_take", take_any)
    with pytest.raises(AssertionError, match="on the newest"):
        interleave(alice)
