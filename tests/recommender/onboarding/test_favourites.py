"""Favourites steer the list, never the predicted stars."""

from collections.abc import Callable

from django.test import Client

from accounts.models import User
from movies.models import Mark, Movie, Rating
from recommender.models import StartingAnswer, TrainingRun
from recommender.serving.predictions import predict
from tests.recommender.onboarding.conftest import listed

Numbers = Callable[[list[int]], list[int]]
Kind = StartingAnswer.Kind


def test_favourites_steer_the_list_and_never_the_stars(
    fitted: TrainingRun, two_tastes: list[Movie], bobs_client: Client, bob: User, numbers: Numbers
) -> None:
    everything = [movie.pk for movie in two_tastes]
    for number in (38, 39):  # one of each kind
        Rating.objects.rate(bob, two_tastes[number], 1)
    stars, before = predict(bob, everything), listed(bob, 12)
    for number in (0, 2, 4):
        answer = bobs_client.post("/start/favourite/", {"movie": everything[number], "on": "1"})
        assert answer["Location"] == "/start/rate/#own"
    after = listed(bob, 12)
    evens = [sum(n % 2 == 0 for n in numbers(ids)) for ids in (before, after)]
    assert evens[1] > evens[0]
    assert predict(bob, everything) == stars
    # A favourite has been seen.
    assert not set(everything[:5:2]) & set(listed(bob, 100))


def test_a_favourite_taken_back_takes_its_mark_along_and_no_other(
    fitted: TrainingRun, two_tastes: list[Movie], bobs_client: Client, bob: User
) -> None:
    seen, named = two_tastes[0], two_tastes[2]
    before = listed(bob, 100)
    Mark.objects.add(bob, seen, Mark.Kind.SEEN)
    for movie in (seen, named):
        for on in ("1", "1", ""):  # saying it twice changes nothing
            bobs_client.post("/start/favourite/", {"movie": movie.pk, "on": on})
    assert not StartingAnswer.objects.exists()
    assert list(Mark.objects.values_list("movie", "kind")) == [(seen.pk, "seen")]
    assert [pk for pk in before if pk != seen.pk] == listed(bob, 100)
