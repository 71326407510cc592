"""Guests rate a few movies."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Movie, Rating
from recommender.models import Group, Guest, GuestRating, TrainingRun
from tests.recommender.groups.conftest import url


def test_a_guest_rates_and_gets_the_list(
    fitted: TrainingRun,
    even_fan: User,
    group: Group,
    guest_client: Client,
    dora: Guest,
    two_tastes: list[Movie],
) -> None:
    rate = guest_client.get(url(group, "rate"))
    asked = [movie for movie, *_ in rate.context["rows"]]
    assert len(asked) == 12
    body = {f"stars-{asked[0].pk}": "4.5", f"stars-{asked[1].pk}": "1.0"}
    body |= {f"stars-{movie.pk}": "" for movie in asked[2:]}
    page = guest_client.post(url(group, "rate"), body, follow=True)
    assert "rated 2 movies" in page.content.decode()
    rated = dict(dora.ratings.values_list("movie", "half_stars"))
    assert rated == {asked[0].pk: 9, asked[1].pk: 2}
    assert (
        not Rating.objects.filter(movie__in=asked)
        .exclude(user__is_dataset_member=True)
        .filter(half_stars=9, user__username="Dora")
    )
    listed = [row.movie.pk for row in page.context["rows"]]
    assert not set(rated) & set(listed)

    again = guest_client.get(url(group, "rate"))
    shown = {movie.pk: half for movie, half, _ in again.context["rows"] if half}
    assert shown == rated
    guest_client.post(url(group, "rate"), {f"stars-{asked[0].pk}": ""})
    assert dict(dora.ratings.values_list("movie", "half_stars")) == {asked[1].pk: 2}


def test_guests_are_offered_more_a_page_at_a_time(
    fitted: TrainingRun, group: Group, guest_client: Client
) -> None:
    seen: list[int] = []
    for page in (1, 2, 3):
        rows = guest_client.get(url(group, "rate"), {"page": page}).context["rows"]
        seen += [movie.pk for movie, *_ in rows]
    assert len(seen) == len(set(seen)) == 36
    on = guest_client.post(url(group, "rate"), {"more": "2"})
    assert on.url == f"{url(group, 'rate')}?page=2"
    for odd in ("0", "-3", "x", "9" * 400, "①"):
        assert guest_client.get(url(group, "rate"), {"page": odd, "movie": odd}).status_code == 200
        assert guest_client.post(url(group, "rate"), {"more": odd}).status_code == 302


def test_a_movie_of_the_list_can_be_rated_by_a_guest_who_has_seen_it(
    fitted: TrainingRun, group: Group, guest_client: Client, two_tastes: list[Movie]
) -> None:
    rows = guest_client.get(url(group, "rate"), {"movie": two_tastes[7].pk}).context["rows"]
    assert rows[0][0] == two_tastes[7]


@pytest.mark.parametrize("stars", ["6", "0", "3.3", "nan", "-1", "1e0", "４", "x" * 5000, "\x00"])
def test_what_is_no_rating_is_refused_and_nothing_is_lost(
    fitted: TrainingRun,
    group: Group,
    guest_client: Client,
    dora: Guest,
    two_tastes: list[Movie],
    stars: str,
) -> None:
    first, second = two_tastes[:2]
    guest_client.post(url(group, "rate"), {f"stars-{first.pk}": "4"})
    body = {f"stars-{first.pk}": "2", f"stars-{second.pk}": stars}
    answer = guest_client.post(url(group, "rate"), body)
    assert answer.status_code == 422
    assert "half a star" in answer.content.decode()
    assert dict(dora.ratings.values_list("movie", "half_stars")) == {first.pk: 8}


def test_a_movie_that_is_not_there_is_refused(
    group: Group, guest_client: Client, dora: Guest
) -> None:
    for movie in ("1", "999999999999999999", "0"):
        answer = guest_client.post(url(group, "rate"), {f"stars-{movie}": "4"})
        assert answer.status_code == 422
    assert guest_client.post(url(group, "rate"), {"stars-9999999999999999999": "4"}).url
    assert not dora.ratings.exists()


def test_a_guest_rates_so_many_and_no_more(
    group: Group, guest_client: Client, dora: Guest, make_movie: Callable[..., Movie]
) -> None:
    movies = [make_movie(f"Movie {n}") for n in range(52)]
    body = {f"stars-{movie.pk}": "4" for movie in movies}
    assert guest_client.post(url(group, "rate"), body).status_code == 422
    assert not dora.ratings.exists()
    body = dict(list(body.items())[:50])
    assert guest_client.post(url(group, "rate"), body).status_code == 302
    one_more = {f"stars-{movies[51].pk}": "4"}
    answer = guest_client.post(url(group, "rate"), one_more)
    assert "up to 50" in answer.content.decode()
    assert dora.ratings.count() == 50


def test_members_rate_on_their_own_pages(group: Group, alices_client: Client) -> None:
    assert alices_client.post(url(group, "rate"), {"stars-1": "4"}).url == "/"
    assert not GuestRating.objects.exists()
