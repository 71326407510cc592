"""Which movies a new user is asked to rate."""

import re

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Mark, Movie, Rating
from recommender.models import StartingAnswer, TrainingRun
from recommender.onboarding import answers, questions
from tests.recommender.onboarding.conftest import asked, groups, listed

Kind = StartingAnswer.Kind


def test_what_was_not_seen_is_not_asked_again_but_may_be_listed(
    fitted: TrainingRun, bobs_client: Client, bob: User
) -> None:
    first = asked(bobs_client)
    page = bobs_client.post("/start/answer/", {"movie": first.pk, "unseen": "1"}, follow=True)
    assert page.context["movie"] != first
    assert first.title in page.content.decode()
    assert not Rating.objects.of(bob).exists()
    assert first.pk in listed(bob, 100)

    # And taken back, it is the next question.
    back = {"movie": first.pk, "seen_after_all": "1"}
    assert bobs_client.post("/start/answer/", back, follow=True).context["movie"] == first
    assert not StartingAnswer.objects.exists()


def test_nothing_rated_hidden_seen_or_named_is_ever_asked(
    fitted: TrainingRun, two_tastes: list[Movie], bob: User
) -> None:
    gone = two_tastes[:12]
    for number, movie in enumerate(gone):
        (
            lambda m: Rating.objects.rate(bob, m, 3),
            lambda m: Mark.objects.add(bob, m, Mark.Kind.NOT_INTERESTED),
            lambda m: Mark.objects.add(bob, m, Mark.Kind.SEEN),
            lambda m: answers.add_favourite(bob, m),
        )[number % 4](movie)
    asked_about = questions.next_movies(bob, 100)
    assert sorted(asked_about) == sorted(movie.pk for movie in two_tastes[12:])
    fitted.is_active = False
    fitted.save()
    assert sorted(questions.next_movies(bob, 100)) == sorted(asked_about)


def test_when_everything_is_answered_the_page_says_so(
    fitted: TrainingRun, two_tastes: list[Movie], bobs_client: Client, bob: User
) -> None:
    for movie in two_tastes:
        answers.mark_unseen(bob, movie)
    page = bobs_client.get("/start/rate/")
    assert page.context["movie"] is None
    assert "been through every movie" in page.content.decode()


def test_without_a_model_the_best_known_are_asked(
    two_tastes: list[Movie], bobs_client: Client, bob: User
) -> None:
    assert bobs_client.get("/start/")["Location"] == "/start/rate/"
    best = list(Movie.objects.most_rated()[:2])
    assert asked(bobs_client) == best[0]
    bobs_client.post("/start/answer/", {"movie": best[0].pk, "unseen": "1"})
    assert asked(bobs_client) == best[1]


def test_a_movie_deleted_since_the_run_is_neither_shown_nor_asked(
    fitted: TrainingRun, bobs_client: Client, bob: User
) -> None:
    first = groups(bobs_client)[0].movies[0]
    bobs_client.post("/start/groups/", {"groups": [groups(bobs_client)[0].value]})
    first.delete()
    assert first.pk not in [movie.pk for group in groups(bobs_client) for movie in group.movies]
    assert asked(bobs_client) != first
    assert len(listed(bob)) == 10


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("answer", {"stars": "4"}, 404),
        ("answer", {"movie": "999999", "stars": "4"}, 404),
        ("answer", {"movie": "x", "unseen": "1"}, 404),
        ("answer", {"movie": "9" * 30, "unseen": "1"}, 404),
        ("favourite", {"movie": "0", "on": "1"}, 404),
        ("favourite", {"movie": "999999", "on": "1"}, 404),
    ],
)
def test_there_is_no_such_movie(
    fitted: TrainingRun, bobs_client: Client, path: str, form: dict, status: int
) -> None:
    assert bobs_client.post(f"/start/{path}/", form).status_code == status
    assert not StartingAnswer.objects.exists()


@pytest.mark.parametrize("stars", ["", "6", "0", "4.2", "x", "nan"])
def test_wrong_stars_are_refused_and_the_movie_is_asked_again(
    fitted: TrainingRun, bobs_client: Client, two_tastes: list[Movie], stars: str
) -> None:
    form = {"movie": two_tastes[30].pk, "stars": stars}
    page = bobs_client.post("/start/answer/", form, follow=True)
    assert page.context["movie"] == two_tastes[30]
    assert re.search(r"half a star to five stars", page.content.decode())
    answer = bobs_client.post("/start/answer/", form, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert answer.context["movie"] == two_tastes[30]
    assert not Rating.objects.filter(user__username="bob").exists()
