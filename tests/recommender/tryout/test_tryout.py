"""A visitor tries the site without an account, and takes the ratings along."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Session, User
from accounts.tasks import delete_expired_sessions
from movies.models import Movie, Rating
from recommender.models import TrainingRun, TriedRating
from recommender.tasks import forget_visitors
from recommender.tryout import tryout

HTMX = {"HX-Request": "true"}


def give(client: Client, movie: Movie, stars: str, **headers: str) -> object:
    return client.post("/try/", {"movie": movie.pk, "stars": stars}, headers=headers)


def picks(client: Client) -> list[int]:
    page = client.get("/").content.decode().partition('id="try-picks"')[2]
    return [int(pk) for pk in re.findall(r'<li class="movie">\s*<a href="/movies/(\d+)-', page)]


def test_it_works(client: Client, two_tastes: list[Movie], fitted: TrainingRun) -> None:
    before = picks(client)
    assert not Session.objects.exists(), "looking leaves nothing behind"
    for number in (0, 2, 4):
        assert give(client, two_tastes[number], "5").url == "/#try-out"
    after = picks(client)
    assert len(after) == tryout.PICKS
    assert after != before
    even = {movie.pk for movie in two_tastes[::2]}
    assert set(after) <= even
    assert not set(after) & {two_tastes[number].pk for number in (0, 2, 4)}
    page = client.get("/").content.decode()
    assert 'class="predicted"' in page
    assert "because you gave Movie" in page
    assert not Rating.objects.filter(user__is_dataset_member=False).exists()


def test_a_script_gets_the_part_that_changed(
    client: Client, two_tastes: list[Movie], fitted: TrainingRun
) -> None:
    answer = give(client, two_tastes[0], "4.5", **HTMX)
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    assert "1 rating so far" in answer.content.decode()


def test_a_rating_is_taken_back(
    client: Client, two_tastes: list[Movie], fitted: TrainingRun
) -> None:
    before = picks(client)
    give(client, two_tastes[0], "5")
    client.post("/try/", {"movie": two_tastes[0].pk, "remove": "1", "stars": "5"})
    assert picks(client) == before


def test_signing_up_keeps_them(
    client: Client, two_tastes: list[Movie], fitted: TrainingRun
) -> None:
    give(client, two_tastes[0], "5")
    give(client, two_tastes[1], "0.5")
    client.post(
        "/accounts/signup/",
        {"username": "carol", "email": "carol@example.org", "password1": "mauve-teapot-77"},
    )
    carol = User.objects.get(username="carol")
    assert list(carol.ratings.order_by("movie_id").values_list("half_stars", flat=True)) == [10, 1]
    assert "tried" not in client.session
    assert not TriedRating.objects.exists()
    page = client.get("/start/").content.decode()
    assert "The 2 ratings you tried are yours now." in page


def test_logging_in_adds_what_is_new_and_overwrites_nothing(
    client: Client, alice: User, two_tastes: list[Movie], fitted: TrainingRun
) -> None:
    Rating.objects.rate(alice, two_tastes[0], 2)
    give(client, two_tastes[0], "5")
    give(client, two_tastes[2], "4")
    client.post("/accounts/login/", {"login": "alice", "password": "a good password 1"})
    stars = dict(Rating.objects.of(alice).values_list("movie_id", "half_stars"))
    assert stars == {two_tastes[0].pk: 4, two_tastes[2].pk: 8}
    page = client.get("/movies/").content.decode()
    assert "The rating you tried is yours now. You had already rated one of these movies" in page


def test_a_movie_deleted_meanwhile_stops_nobody(
    client: Client, alice: User, two_tastes: list[Movie], fitted: TrainingRun
) -> None:
    give(client, two_tastes[0], "5")
    give(client, two_tastes[2], "4")
    two_tastes[0].delete()
    assert client.get("/").status_code == 200
    client.post("/accounts/login/", {"login": "alice", "password": "a good password 1"})
    assert Rating.objects.of(alice).get().movie == two_tastes[2]


def test_one_visitors_ratings_are_nobody_elses(
    client: Client, two_tastes: list[Movie], fitted: TrainingRun
) -> None:
    give(client, two_tastes[0], "5")
    other = Client()
    assert "rating so far" not in other.get("/").content.decode()


@pytest.mark.parametrize("stars", ["", "0", "5.5", "nan", "4,5", "\0"])
def test_what_is_no_rating_is_told(
    client: Client, two_tastes: list[Movie], fitted: TrainingRun, stars: str
) -> None:
    answer = give(client, two_tastes[0], stars, **HTMX)
    assert answer.status_code == 422
    assert b'class="problem"' in answer.content
    assert "rating so far" not in client.get("/").content.decode()


@pytest.mark.parametrize("movie", ["", "0", "x", "9" * 30, "-1", "\0", "١"])
def test_a_movie_that_is_not_there_is_not_found(client: Client, db: None, movie: str) -> None:
    assert client.post("/try/", {"movie": movie, "stars": "4"}).status_code == 404
    assert not Session.objects.exists()


def test_the_list_one_rates_in_stays_where_it_is(
    client: Client, two_tastes: list[Movie], fitted: TrainingRun
) -> None:
    """What one is about to say of the next movie must not go with the answer about this one."""
    page = client.get("/").content.decode()
    offered = re.findall(r'name="shown" value="(\d+)"', page)
    movie = Movie.objects.get(pk=offered[0])

    def send(**data: object) -> str:
        data |= {"movie": movie.pk, "shown": offered}
        return client.post("/try/", data, headers=HTMX).content.decode()

    answer = send(stars="4")
    assert 'id="tried"' in answer
    assert re.findall(r'id="try-movie-(\d+)"', answer) == [], "five are there; one was asked"
    for pk in offered[1:]:
        give(client, Movie.objects.get(pk=pk), "3")
    answer = send(stars="4.5")
    fresh = re.findall(r'id="try-movie-(\d+)"', answer)
    assert len(fresh) == 1
    assert not set(fresh) & set(offered), "one more to rate"
    again = f'<li id="try-movie-{movie.pk}" hx-swap-oob="true">'
    assert again in send(remove="1")
    refused = send(stars="7")
    assert again in refused
    assert 'class="problem"' in refused


def test_a_token_of_ones_own_making_is_not_taken(
    client: Client, two_tastes: list[Movie], fitted: TrainingRun
) -> None:
    for token in ("", "x", "\0" * 32, "A" * 32, "0" * 5000):
        Client().post("/try/", {"movie": two_tastes[0].pk, "stars": "4", "visit": token})
    assert len(set(TriedRating.objects.values_list("visitor", flat=True))) == 5
    assert all(re.fullmatch("[0-9a-f]{32}", row.visitor) for row in TriedRating.objects.all())


def test_what_nobody_came_back_for_is_forgotten(
    client: Client, two_tastes: list[Movie], fitted: TrainingRun, settings: Any
) -> None:
    give(client, two_tastes[0], "4")
    give(Client(), two_tastes[1], "4")
    old = timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE + 60)
    TriedRating.objects.filter(movie=two_tastes[1]).update(rated_at=old)
    Session.objects.exclude(pk=client.session.session_key).update(expire_date=old)
    assert forget_visitors() == {"forgotten": 1}
    delete_expired_sessions()
    assert Session.objects.get().pk == client.session.session_key
    assert "1 rating so far" in client.get("/").content.decode()


@pytest.mark.parametrize("name", ["forget visitors", "delete expired sessions"])
def test_the_schedule_names_tasks_that_exist(settings: Any, name: str) -> None:
    from cfsite.celery import app

    app.loader.import_default_modules()
    assert settings.CELERY_BEAT_SCHEDULE[name]["task"] in app.tasks


def test_a_visitors_page_asks_the_database_little(
    client: Client,
    two_tastes: list[Movie],
    fitted: TrainingRun,
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    for movie in two_tastes[:6]:
        give(client, movie, "4")
    client.get("/")
    with django_assert_max_num_queries(7):
        client.get("/")


def test_there_is_an_end_to_it(
    client: Client, two_tastes: list[Movie], fitted: TrainingRun
) -> None:
    for movie in two_tastes[: tryout.MAX_RATINGS]:
        give(client, movie, "3")
    answer = give(client, two_tastes[30], "3", **HTMX)
    assert answer.status_code == 422
    assert b"Sign up to go on" in answer.content
    assert give(client, two_tastes[0], "4", **HTMX).status_code == 200


def test_one_address_makes_no_thousand_sessions(
    two_tastes: list[Movie], fitted: TrainingRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tryout.RatingsPerAddress, "rate", "3/hour")
    codes = [give(Client(), two_tastes[0], "4", **HTMX).status_code for _ in range(5)]
    assert codes == [200, 200, 200, 422, 422]
    assert Session.objects.count() == 3


def test_without_a_model_ratings_wait_for_one(client: Client, two_tastes: list[Movie]) -> None:
    assert give(client, two_tastes[0], "5").status_code == 302
    assert "1 rating so far" in client.get("/").content.decode()


def test_members_rate_on_the_movies_page(alices_client: Client, two_tastes: list[Movie]) -> None:
    assert give(alices_client, two_tastes[0], "5").url == "/"
    assert not Rating.objects.filter(user__username="alice").exists()
