"""The taste page: what it shows, to whom, and at what cost."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from movies.models import Movie, Rating
from recommender.models import TrainingRun
from tests.recommender.taste.conftest import API, PAGE, STATISTICS, page_of


def test_it_works(fitted: TrainingRun, even_fan: User, alices_client: Client) -> None:
    content = page_of(alices_client)
    assert "What 7 ratings say about you" in content
    assert "Your place on the map" in content
    assert "Movie 12 (1992)" in content
    figures = page_of(alices_client, STATISTICS)
    for heading in ("How you rate", "Genres and decades", "Our predictions, your ratings"):
        assert heading in figures
        assert heading not in content
    fragment = page_of(alices_client, STATISTICS, headers={"HX-Request": "true"})
    assert "How you rate" in fragment
    assert "</html>" not in fragment
    assert content.count("<circle id=") == 40
    assert 'id="map-you"' in content
    assert "Movie 12 (1992)" in content


def test_visitors_are_led_to_the_login(client: Client, db: None) -> None:
    answer = client.get(PAGE)
    assert answer.status_code == 302
    assert answer.url == f"/accounts/login/?next={PAGE}"
    assert client.get(STATISTICS).status_code == 302
    assert client.get(API).status_code == 401


def test_bob_sees_nothing_of_alices_taste(
    fitted: TrainingRun, even_fan: User, alices_client: Client, bobs_client: Client
) -> None:
    before = page_of(bobs_client)
    for movie in Movie.objects.all():
        Rating.objects.rate(even_fan, movie, 5)
    # Movies' public means moved with her ratings; his page has no figure of hers.
    assert re.sub(r'value="\w{64}"|"X-CSRFToken": "\w+"', "", page_of(bobs_client)) == re.sub(
        r'value="\w{64}"|"X-CSRFToken": "\w+"', "", before
    )
    assert "alice" not in page_of(bobs_client)


def test_members_find_it_beside_their_movies(alices_client: Client) -> None:
    for path in ("/me/ratings/", "/me/watchlist/", PAGE):
        assert f'href="{PAGE}"' in page_of(alices_client, path)


@pytest.mark.parametrize("address", [PAGE, STATISTICS, API])
def test_the_number_of_queries_is_small_and_constant(
    address: str,
    fitted: TrainingRun,
    even_fan: User,
    alices_client: Client,
    two_tastes: list[Movie],
) -> None:
    def n_queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            alices_client.get(address)
        # Without those of the API's limits, which stand in a table where there is no Redis.
        return sum("FROM" in one["sql"] and "cfsite_cache" not in one["sql"] for one in asked)

    n_queries()
    few = n_queries()
    for movie in two_tastes[10:30]:
        Rating.objects.rate(even_fan, movie, 3)
    assert n_queries() == few <= 8


def test_it_has_no_inline_styles_or_scripts(
    fitted: TrainingRun, even_fan: User, alices_client: Client
) -> None:
    answer = alices_client.get(PAGE)
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert not re.search(r"<[^>]+\sstyle=|<style|\son\w+=|<script>", answer.content.decode())
