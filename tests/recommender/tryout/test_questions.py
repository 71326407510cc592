"""What visitors are asked about: varied movies they have seen, and what they search for."""

import re

import pytest
from django.test import Client

from accounts.models import Session, User
from movies.models import Movie, Rating
from recommender.models import StartingAnswer, TrainingRun
from recommender.onboarding import questions
from recommender.tryout import tryout
from tests.recommender.tryout.test_tryout import HTMX, give, picks


def asked(html: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'name="shown" value="(\d+)"', html)]


def page(client: Client, **query: object) -> str:
    return client.get("/", query).content.decode()


def unseen(client: Client, pk: int, shown: tuple[int, ...] = (), **headers: str) -> str:
    data = {"movie": pk, "unseen": "1", "shown": shown}
    return client.post("/try/", data, headers=headers, follow=True).content.decode()


def test_it_works(client: Client, two_tastes: list[Movie], fitted: TrainingRun) -> None:
    first, *others = asked(page(client))
    assert len(asked(unseen(client, first))) == tryout.TO_RATE
    after = asked(page(client))
    assert after[:-1] == others
    assert after[-1] not in (first, *others)
    assert not client.session.get("tried"), "nothing was rated"


def test_the_next_one_comes_in_place(
    client: Client, two_tastes: list[Movie], fitted: TrainingRun
) -> None:
    before = asked(page(client))
    answer = unseen(client, before[2], tuple(before), **HTMX)
    assert f'<li id="try-movie-{before[2]}" hx-swap-oob="delete">' in answer
    assert asked(answer) == asked(page(client))[-1:]


def test_no_movie_is_both_asked_about_and_recommended(
    client: Client, two_tastes: list[Movie], fitted: TrainingRun
) -> None:
    """Also not after ratings, without ratings, and where the page has asked about more."""
    assert set(asked(page(client))).isdisjoint(picks(client))
    for _ in range(6):
        pk = next(pk for pk in asked(page(client)) if pk not in tryout_ratings(client))
        shown = asked(page(client))
        answer = client.post(
            "/try/", {"movie": pk, "stars": "5", "shown": [*shown, 31, 32]}, headers=HTMX
        ).content.decode()
        wall = re.findall(r'<li class="movie">\s*<a href="/movies/(\d+)-', answer)
        assert len(wall) == tryout.PICKS
        assert {int(pk) for pk in wall}.isdisjoint({*shown, 31, 32, *asked(answer)})
        assert set(asked(page(client))).isdisjoint(picks(client))


def tryout_ratings(client: Client) -> list[int]:
    request = client.get("/").wsgi_request
    return list(tryout.ratings_of_visitor(request))


def test_a_search_finds_what_to_rate(
    client: Client, two_tastes: list[Movie], fitted: TrainingRun
) -> None:
    movie = next(movie for movie in two_tastes if movie.pk not in asked(page(client)))
    html = page(client, find=movie.title)
    found = html.partition('id="try-found"')[2]
    assert f'id="try-movie-{movie.pk}"' in found
    assert 'name="find"' in html
    assert len(re.findall(f'id="try-movie-{movie.pk}"', html)) == 1
    assert "We couldn’t find “zzz”" in page(client, find="zzz")
    assert client.get("/", {"find": "\0" + "x" * 5000}).status_code == 200


def test_a_search_for_what_is_asked_about_points_there(
    client: Client, two_tastes: list[Movie], fitted: TrainingRun
) -> None:
    first = Movie.objects.get(pk=asked(page(client))[0])
    html = page(client, find=first.title)
    assert len(re.findall(f'id="try-movie-{first.pk}"', html)) == 1
    assert f'<a href="#try-movie-{first.pk}">' in html


def test_what_is_found_is_not_recommended_beside_it(
    client: Client, two_tastes: list[Movie], fitted: TrainingRun
) -> None:
    movie = Movie.objects.get(pk=picks(client)[0])
    html = page(client, find=movie.title).partition('id="try-picks"')[2]
    assert f'href="{movie.get_absolute_url()}"' not in html


def test_a_rating_of_what_was_found_is_taken_back(
    client: Client, two_tastes: list[Movie], fitted: TrainingRun
) -> None:
    movie = two_tastes[30]
    give(client, movie, "4")
    data = {"movie": movie.pk, "remove": "1", "shown": [movie.pk]}
    answer = client.post("/try/", data, headers=HTMX).content.decode()
    assert f'<li id="try-movie-{movie.pk}" hx-swap-oob="true">' in answer
    assert "checked" not in answer


def test_unseen_takes_the_rating_away(
    client: Client, two_tastes: list[Movie], fitted: TrainingRun
) -> None:
    give(client, two_tastes[0], "4")
    unseen(client, two_tastes[0].pk)
    assert tryout_ratings(client) == []
    assert two_tastes[0].pk not in asked(page(client))


def test_signing_up_keeps_what_was_not_seen(
    client: Client, two_tastes: list[Movie], fitted: TrainingRun
) -> None:
    first, second, *_ = asked(page(client))
    for pk in (first, second):
        unseen(client, pk)
    Movie.objects.get(pk=second).delete()
    client.post(
        "/accounts/signup/",
        {"username": "carol", "email": "carol@example.org", "password1": "mauve-teapot-77"},
    )
    carol = User.objects.get(username="carol")
    kept = StartingAnswer.objects.of(carol)
    assert list(kept.values_list("movie", "kind")) == [(first, StartingAnswer.Kind.UNSEEN)]
    assert first not in questions.next_movies(carol, 40)
    assert tryout.UNSEEN_KEY not in client.session
    assert not Rating.objects.of(carol).exists()


def test_there_is_an_end_to_it(
    client: Client,
    two_tastes: list[Movie],
    fitted: TrainingRun,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tryout, "MAX_UNSEEN", 3)
    for movie in two_tastes[:5]:
        unseen(client, movie.pk)
    assert client.session[tryout.UNSEEN_KEY] == [movie.pk for movie in two_tastes[2:5]]
    monkeypatch.setattr(tryout.RatingsPerAddress, "rate", "5/hour")
    assert "Too many ratings" in unseen(Client(), two_tastes[0].pk)
    assert Session.objects.count() == 1
