"""How sure a prediction is in words, and every part of it on demand."""

import pytest
from django.test import Client

from accounts.models import User
from movies import scales
from movies.models import Movie, Rating
from recommender.models import TrainingRun
from recommender.movie_page.sureness import sureness
from recommender.serving.predictions import PredictedStars

HTMX = {"HX-Request": "true"}


def address(movie: Movie) -> str:
    return f"/movies/{movie.pk}/why/"


def test_it_works(
    fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie]
) -> None:
    movie = two_tastes[10]
    front = alices_client.get(movie.get_absolute_url()).content.decode()
    assert f'hx-get="{address(movie)}"' in front
    assert f'<a href="{address(movie)}">' in front
    assert "parts-table" not in front
    whole = alices_client.get(address(movie)).content.decode()
    part = alices_client.get(address(movie), headers=HTMX).content.decode()
    assert "</html>" in whole
    assert "</html>" not in part
    for content in (whole, part):
        assert 'class="waterfall"' in content
        assert "What raises it" in content
        assert "Eight in ten ratings predicted like this one" in content


def test_a_rated_movie_leads_back_to_its_page(
    fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie]
) -> None:
    movie = two_tastes[10]
    Rating.objects.rate(even_fan, movie, 4)
    answer = alices_client.get(address(movie))
    assert (answer.status_code, answer.url) == (302, movie.get_absolute_url())
    answer = alices_client.get(address(movie), headers=HTMX)
    assert answer["HX-Redirect"] == movie.get_absolute_url()


def test_who_hides_predictions_gets_no_parts(
    fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie]
) -> None:
    User.objects.filter(pk=even_fan.pk).update(hides_predictions=True)
    assert alices_client.get(address(two_tastes[10])).status_code == 302


def test_a_visitor_logs_in_first(client: Client, two_tastes: list[Movie]) -> None:
    answer = client.get(address(two_tastes[10]))
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/?next=/movies/")
    assert client.get(address(two_tastes[10]), headers=HTMX)["HX-Redirect"]


def test_no_such_movie(alices_client: Client) -> None:
    assert alices_client.get("/movies/999999/why/").status_code == 404


@pytest.mark.parametrize(
    ("spread", "words"),
    [
        (0.39, "We’re fairly sure: 3.5 to 4.5."),
        (0.9, "Most likely 2.8 to 5.0."),
        (1.8, "Just a guess so far: anywhere from 1.7 to 5.0."),
    ],
)
def test_sureness(spread: float, words: str) -> None:
    assert sureness(PredictedStars(4.0, spread)) == words


def test_sureness_follows_the_scale() -> None:
    with scales.on_scale("100"):
        assert sureness(PredictedStars(4.0, 0.39)) == "We’re fairly sure: 70 to 90."
