"""Predictions on the page of a person, for a user whose taste the model knows."""

import re

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Mark, Movie, Person, Rating
from recommender.models import TrainingRun
from tests.movies.facts.made import credit


@pytest.fixture
def star(two_tastes: list[Movie], even_fan: User) -> Person:
    """In movies that alice has rated, will love (even numbers) and will not."""
    for number in (0, 1, 10, 11, 12, 13):
        person = credit(two_tastes[number], "Sigourney Weaver")
    return person


def said(client: Client, person: Person) -> str:
    content = client.get(person.get_absolute_url()).content.decode()
    head = content.partition('class="page-head artist-head"')[2].partition("</div>")[0]
    return " ".join(re.sub("<[^>]+>", " ", head).split())


def unrated(user: User, person: Person) -> list[Movie]:
    rated = Rating.objects.of(user).values("movie")
    return list(Movie.objects.filter(credits__person=person).exclude(pk__in=rated))


def test_it_works(fitted: TrainingRun, even_fan: User, star: Person, alices_client: Client) -> None:
    others = unrated(even_fan, star)
    content = said(alices_client, star)
    assert re.search(rf"We predict \d\.\d stars on average for the other {len(others)}\.", content)
    [favourite] = re.findall(r"You’d probably like (Movie \d+) most", content)
    assert int(favourite.split()[1]) % 2 == 0
    assert favourite in [movie.title for movie in others]


def test_who_hides_predictions_sees_none(
    fitted: TrainingRun, even_fan: User, star: Person, alices_client: Client
) -> None:
    User.objects.filter(pk=even_fan.pk).update(hides_predictions=True)
    content = said(alices_client, star)
    assert "We predict" not in content
    assert "probably like" not in content


def test_a_movie_one_is_not_interested_in_is_not_named(
    fitted: TrainingRun, even_fan: User, star: Person, alices_client: Client
) -> None:
    [favourite] = re.findall(r"probably like (Movie \d+) most", said(alices_client, star))
    Mark.objects.add(even_fan, Movie.objects.get(title=favourite), Mark.Kind.NOT_INTERESTED)
    assert favourite not in said(alices_client, star)


def test_visitors_and_a_site_without_a_model_see_no_prediction(
    two_tastes: list[Movie], star: Person, client: Client, alices_client: Client
) -> None:
    assert "We predict" not in said(client, star)
    assert "We predict" not in said(alices_client, star)
