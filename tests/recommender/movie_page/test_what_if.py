"""What one more rating would change: shown without saving, and the same as after saving."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Mark, Movie, Rating
from recommender.models import TrainingRun
from recommender.serving import recommend
from tests.api.conftest import API
from tests.api.problems import wrong

N = 12


def address(movie: Movie) -> str:
    return f"/movies/{movie.pk}/what-if/"


def picks_of(client: Client) -> list[dict]:
    return client.get(f"{API}/recommendations/", {"n": N}).json()["results"]


def supposed(client: Client, movie: Movie, stars: float) -> dict:
    response = client.get(f"{API}/movies/{movie.pk}/what-if/", {"stars": stars, "n": N})
    assert response.status_code == 200, response.content
    return response.json()


def listed(html: str) -> list[str]:
    """Titles of the supposed list on a page, in order."""
    inside = html.partition('<ol class="picks-list">')[2].partition("</ol>")[0]
    return re.findall(r"<a [^>]*>(Movie \d+)", inside)


def state() -> list[tuple]:
    return list(Rating.objects.order_by("pk").values_list())


def test_it_works(
    fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie]
) -> None:
    first = Movie.objects.get(pk=picks_of(alices_client)[0]["movie"]["id"])
    html = alices_client.get(address(first), {"stars": "2"}).content.decode()
    assert len(listed(html)) == N
    assert first.title not in listed(html)
    assert '<span class="badge">new</span>' in html
    assert "Would drop out" in html
    assert "Nothing was saved." in html
    assert 'value="2.0" selected' in html


@pytest.mark.parametrize(("number", "stars"), [(10, 2.0), (11, 5.0), (0, 0.5), (8, 4.5)])
def test_it_is_what_saving_and_looking_shows(
    fitted: TrainingRun,
    even_fan: User,
    alices_client: Client,
    two_tastes: list[Movie],
    number: int,
    stars: float,
) -> None:
    movie, before = two_tastes[number], picks_of(alices_client)
    rows = state()
    page = listed(alices_client.get(address(movie), {"stars": str(stars)}).content.decode())
    answer = supposed(alices_client, movie, stars)
    assert state() == rows, "nothing is saved"
    assert picks_of(alices_client) == before

    alices_client.post(f"/movies/{movie.pk}/rate/", {"stars": str(stars)})
    saved = picks_of(alices_client)
    assert [item["movie"]["title"] for item in saved] == page
    assert [
        (item["movie"]["id"], item["movie"]["predicted"]["stars"], item["score"]) for item in saved
    ] == [
        (item["movie"]["id"], item["movie"]["predicted"]["stars"], item["score"])
        for item in answer["results"]
    ]
    old, new = ([item["movie"]["id"] for item in items] for items in (before, saved))
    assert answer["coming"] == [pk for pk in new if pk not in old]
    assert answer["going"] == [pk for pk in old if pk not in new]


def test_it_is_also_for_somebody_of_the_fit_who_took_the_rating_back(
    fitted: TrainingRun, two_tastes: list[Movie]
) -> None:
    member = User.objects.get(username="set:3")
    own = Rating.objects.of(member).select_related("movie").first()
    Rating.objects.unrate(member, own.movie)
    shown = recommend.recommend(member, N, what_if_ratings={own.movie_id: 1.5})
    Rating.objects.rate(member, own.movie, 1.5)
    assert recommend.recommend(member, N) == shown


def test_a_first_rating_can_be_tried_out(
    fitted: TrainingRun, bob: User, bobs_client: Client, two_tastes: list[Movie]
) -> None:
    answer = supposed(bobs_client, two_tastes[1], 5)
    assert (answer["source"], answer["run"]) == ("personal", fitted.pk)
    Rating.objects.rate(bob, two_tastes[1], 5)
    assert [item["movie"]["id"] for item in picks_of(bobs_client)] == [
        item["movie"]["id"] for item in answer["results"]
    ]


def test_hidden_movies_do_not_come_in(
    fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie]
) -> None:
    first = supposed(alices_client, two_tastes[11], 5)["results"][0]["movie"]["id"]
    Mark.objects.add(even_fan, Movie.objects.get(pk=first), Mark.Kind.SEEN)
    again = supposed(alices_client, two_tastes[11], 5)
    assert first not in [item["movie"]["id"] for item in again["results"]] + again["going"]


def test_htmx_gets_the_list_alone(
    fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie]
) -> None:
    headers = {"HX-Request": "true"}
    html = alices_client.get(
        address(two_tastes[10]), {"stars": "2.0"}, headers=headers
    ).content.decode()
    assert "<html" not in html
    assert len(listed(html)) == N
    assert 'hx-swap-oob="innerHTML"' in html


def test_the_form_stands_on_the_movie_page_and_alone(
    fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie]
) -> None:
    for url in (two_tastes[10].get_absolute_url(), address(two_tastes[10])):
        html = alices_client.get(url).content.decode()
        assert f'method="get" action="{address(two_tastes[10])}"' in html
        assert listed(html) == []


@pytest.mark.parametrize("stars", ["0", "5.5", "nan", "3.3", "five", "", "-1"])
def test_stars_off_the_grid_are_refused_in_words(
    fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie], stars: str
) -> None:
    response = alices_client.get(address(two_tastes[10]), {"stars": stars})
    assert response.status_code == 422
    assert 'class="problem"' in response.content.decode()
    api = alices_client.get(f"{API}/movies/{two_tastes[10].pk}/what-if/", {"stars": stars})
    assert (api.status_code, list(wrong(api))) == (400, ["stars"])


def test_apps_must_say_how_many_stars(
    fitted: TrainingRun, alices_client: Client, two_tastes: list[Movie]
) -> None:
    response = alices_client.get(f"{API}/movies/{two_tastes[10].pk}/what-if/")
    assert (response.status_code, list(wrong(response))) == (400, ["stars"])


def test_a_visitor_is_told_to_log_in(
    fitted: TrainingRun, client: Client, two_tastes: list[Movie]
) -> None:
    html = client.get(address(two_tastes[10]) + "?stars=2").content.decode()
    assert "to see how rating this movie would change your picks" in html
    assert "/accounts/login/?next=/movies/" in html
    assert listed(html) == []
    assert "What if" not in client.get(two_tastes[10].get_absolute_url()).content.decode()
    assert client.get(f"{API}/movies/{two_tastes[10].pk}/what-if/?stars=2").status_code == 401


def test_without_a_model_it_says_so(
    even_fan: User, alices_client: Client, two_tastes: list[Movie], client: Client
) -> None:
    response = alices_client.get(address(two_tastes[10]), {"stars": "2"})
    assert "There are no predictions on this site yet" in response.content.decode()
    assert (
        alices_client.get(f"{API}/movies/{two_tastes[10].pk}/what-if/?stars=2").status_code == 404
    )


def test_no_such_movie(fitted: TrainingRun, alices_client: Client, make_movie: Callable) -> None:
    assert alices_client.get("/movies/999999/what-if/?stars=2").status_code == 404
    assert alices_client.get(f"{API}/movies/999999/what-if/?stars=2").status_code == 404
    # Unknown to the run, but known to the site: the list is merely without it.
    new = make_movie("Brand new", 2026)
    assert alices_client.get(address(new), {"stars": "2"}).status_code == 200


def test_it_cannot_be_posted(
    fitted: TrainingRun, alices_client: Client, two_tastes: list[Movie]
) -> None:
    assert alices_client.post(address(two_tastes[10]), {"stars": "2"}).status_code == 405


def test_who_was_logged_out_meanwhile_is_led_to_log_in(client: Client, two_tastes: list) -> None:
    movie = two_tastes[0]
    address = f"/movies/{movie.pk}/what-if/?stars=4"
    answer = client.get(address, headers={"HX-Request": "true"})
    assert "</html>" not in answer.content.decode()
    assert answer["HX-Redirect"].startswith("/accounts/login/?next=/movies/")
    assert "</html>" in client.get(address).content.decode()
