"""Display preferences: the scale of stars, and hidden predictions."""

import re

import pytest
from django.test import Client

from accounts.models import User
from movies import scales
from movies.models import Movie, Rating
from recommender.models import TrainingRun

SETTINGS = "/me/settings/"
BASE = {"boldness": "0", "watchlist_in_lists": "on", "trains_model": "on"}
PREDICTED = re.compile(r'class="predicted"><span aria-hidden="true">☆ ([\d.]+)</span>')


def shown(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_it_works(
    alices_client: Client, even_fan: User, fitted: TrainingRun, two_tastes: list[Movie]
) -> None:
    before = [float(number) for number in PREDICTED.findall(shown(alices_client, "/"))]
    alices_client.post(SETTINGS, {**BASE, "scale": "10"})
    after = [float(number) for number in PREDICTED.findall(shown(alices_client, "/"))]
    assert len(before) == len(after) > 4
    assert all(abs(2 * old - new) <= 0.1 + 1e-9 for old, new in zip(before, after, strict=True))
    page = shown(alices_client, two_tastes[0].get_absolute_url())
    assert "10 of 10" in page
    assert re.search(r"<strong>[\d.]+</strong>\s*<span>on average, from \d+ ratings", page)
    wall = shown(alices_client, "/movies/?q=movie+0")
    assert "★ 10</span>" in wall
    assert "you gave 10 of 10" in wall
    # What a form sends and the API says stays in stars.
    assert 'value="4.5"' in page
    assert alices_client.get("/api/v1/ratings/").json()["results"][-1]["stars"] == 5.0


def test_messages_use_the_scale(
    alices_client: Client, alice: User, two_tastes: list[Movie]
) -> None:
    alice.prefer(scale="100")
    path = f"/movies/{two_tastes[3].pk}/rate/"
    answer = alices_client.post(path, {"stars": "3.5"}, headers={"hx-request": "true"})
    assert "Saved: 70 of 100" in answer.content.decode()
    assert Rating.objects.of(alice).get().stars == 3.5


def test_the_scale_of_one_user_does_not_affect_another(
    alices_client: Client, bobs_client: Client, even_fan: User, fitted: TrainingRun
) -> None:
    even_fan.prefer(scale="100")
    alices_client.get("/")
    assert scales.active().key == "stars"
    assert "of 100" not in shown(bobs_client, "/")


def test_taste_and_year_pages_use_the_scale(
    alices_client: Client, even_fan: User, fitted: TrainingRun, two_tastes: list[Movie]
) -> None:
    Rating.objects.rate(even_fan, two_tastes[1], 4.5)
    year = Rating.objects.of(even_fan).newest_first()[0].rated_at.year
    figures = {}
    for scale in ("stars", "100"):
        even_fan.prefer(scale=scale)
        page = shown(alices_client, "/me/taste/")
        mean = re.search(r"<dt>Your mean</dt>\s*<dd>([\d.]+)</dd>", page)[1]
        distance = re.search(
            r"crowd</dt>\s*<dd>([\d.]+)</dd>\s*<dd class=\"note\">(\w+) on av", page
        )
        labels = re.findall(r'y="190" text-anchor="middle">([^<]+)<', page)
        figures[scale] = (float(mean), float(distance[1]), distance[2], labels)
        agreement = re.search(
            r"your ratings were ([\d.]+ \w+) away", shown(alices_client, f"/me/year/{year}/")
        )
        figures[scale] += (agreement[1].split()[1],)
    (mean, distance, *words), (mean_100, distance_100, *words_100) = figures.values()
    assert mean_100 == pytest.approx(20 * mean, abs=0.2)
    assert distance_100 == pytest.approx(20 * distance, abs=0.2)
    assert words == ["stars", ["½", "1", "1½", "2", "2½", "3", "3½", "4", "4½", "5"], "stars"]
    assert words_100 == ["points", [str(points) for points in range(10, 101, 10)], "points"]


@pytest.mark.parametrize("scale", ["7", "stars\0", "1000"])
def test_an_unknown_scale_is_refused(alices_client: Client, alice: User, scale: str) -> None:
    assert alices_client.post(SETTINGS, {**BASE, "scale": scale}).status_code == 422
    alice.refresh_from_db()
    assert alice.scale == "stars"


@pytest.mark.parametrize(
    ("key", "half_stars", "short", "words"),
    [
        ("stars", 9, "4½", "4.5 stars"),
        ("stars", 1, "½", "half a star"),
        ("stars", 2, "1", "1 star"),
        ("10", 9, "9", "9 of 10"),
        ("100", 1, "10", "10 of 100"),
    ],
)
def test_stars_on_each_scale(key: str, half_stars: int, short: str, words: str) -> None:
    scale = scales.SCALES[key]
    assert scale.given(half_stars / 2) == short
    assert scale.in_words(half_stars / 2) == words


def test_hidden_predictions_are_shown_nowhere_before_rating(
    alices_client: Client, even_fan: User, fitted: TrainingRun, two_tastes: list[Movie]
) -> None:
    paths = ["/", "/movies/", "/movies/?order=for_you", two_tastes[20].get_absolute_url()]
    order = re.findall(r'movie-title">([^<]+)<', shown(alices_client, "/"))
    alices_client.post(SETTINGS, {**BASE, "hides_predictions": "on"})
    for path in paths:
        page = shown(alices_client, path)
        assert 'class="predicted"' not in page, path
        assert "what we think you would give" not in page, path
        assert "most likely" not in page, path
    assert re.findall(r'movie-title">([^<]+)<', shown(alices_client, "/")) == order
    # A rating given so was not pulled by a number in sight.
    page = shown(alices_client, two_tastes[20].get_absolute_url())
    assert 'name="prediction_shown"' not in page
