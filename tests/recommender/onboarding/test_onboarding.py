"""The first minute through the pages: pick groups, be asked, skip, see a list."""

import io
import json
import re
import zipfile
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.data_export import export
from accounts.models import User
from movies.models import Mark, Movie, Rating
from recommender.models import MovieGroups, StartingAnswer, TrainingRun
from recommender.onboarding import answers, questions
from recommender.serving import recommend
from recommender.serving.predictions import predict
from recommender.training import refit

Numbers = Callable[[list[int]], list[int]]
Kind = StartingAnswer.Kind


def asked(client: Client) -> Movie | None:
    return client.get("/start/rate/").context["movie"]


def groups(client: Client) -> list[dict]:
    return client.get("/start/").context["groups"]


def is_even(group: dict) -> bool:
    return all(int(movie.title.split()[1]) % 2 == 0 for movie in group["movies"])


def even_values(client: Client) -> list[str]:
    return [group["value"] for group in groups(client) if is_even(group)]


def listed(user: User, n: int = 10) -> list[int]:
    return [item.movie_id for item in recommend.recommend(user, n=n).items]


def test_it_works(fitted: TrainingRun, bobs_client: Client, bob: User, numbers: Numbers) -> None:
    even = even_values(bobs_client)
    assert 1 <= len(even) < len(groups(bobs_client))
    answer = bobs_client.post("/start/groups/", {"groups": even})
    assert answer["Location"] == "/start/rate/"
    assert {group["value"] for group in groups(bobs_client) if group["picked"]} == set(even)

    # Nothing rated yet, and the list is theirs.
    picks = recommend.recommend(bob, n=8)
    assert picks.source == "personal"
    assert sum(n % 2 == 0 for n in numbers([i.movie_id for i in picks.items])) >= 7

    for step in range(questions.ENOUGH):
        page = bobs_client.get("/start/rate/")
        assert page.context["n_ratings"] == step
        assert not page.context["is_enough"]
        movie = page.context["movie"]
        assert numbers([movie.pk])[0] % 2 == 0
        answer = bobs_client.post("/start/answer/", {"movie": movie.pk, "stars": "4.5"})
        assert answer["Location"] == "/start/rate/"
    page = bobs_client.get("/start/rate/")
    assert page.context["is_enough"]
    assert [movie.own_half_stars for movie in page.context["slots"]] == [9] * 5
    assert page.context["movie"] is not None  # whoever wants to go on can
    assert Rating.objects.of(bob).count() == 5


def test_every_step_can_be_skipped(fitted: TrainingRun, bobs_client: Client, bob: User) -> None:
    for page in ("/start/", "/start/rate/"):
        assert 'href="/"' in bobs_client.get(page).content.decode()
    assert 'href="/start/rate/"' in bobs_client.get("/start/").content.decode()
    assert bobs_client.post("/start/groups/")["Location"] == "/start/rate/"
    assert not StartingAnswer.objects.exists()
    assert bobs_client.get("/").status_code == 200
    assert asked(bobs_client) is not None


def test_after_signing_up_one_is_led_there_once_and_not_past_next(client: Client, db: None) -> None:
    form = {"username": "carol", "email": "c@example.org", "password1": "mauve-teapot-77"}
    assert client.post("/accounts/signup/", form)["Location"] == "/start/"
    other = {**form, "username": "dave", "email": "d@example.org", "next": "/movies/"}
    assert Client().post("/accounts/signup/", other)["Location"] == "/movies/"
    client.post("/accounts/logout/")
    log_in = {"login": "carol", "password": "mauve-teapot-77"}
    assert client.post("/accounts/login/", log_in)["Location"] == "/"


def test_the_way_there_is_shown_below_five_ratings(
    fitted: TrainingRun, two_tastes: list[Movie], client: Client, bobs_client: Client, bob: User
) -> None:
    assert "/start/" not in client.get("/").content.decode()
    for movie in two_tastes[:5]:
        assert 'href="/start/"' in bobs_client.get("/").content.decode()
        Rating.objects.rate(bob, movie, 4)
    assert 'href="/start/"' not in bobs_client.get("/").content.decode()


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
            lambda m: answers.name_favourite(bob, m),
        )[number % 4](movie)
    asked_about = questions.next_movies(bob, 100)
    assert sorted(asked_about) == sorted(movie.pk for movie in two_tastes[12:])
    fitted.is_active = False
    fitted.save()
    assert sorted(questions.next_movies(bob, 100)) == sorted(asked_about)


def test_what_one_is_not_interested_in_stands_for_no_group(
    fitted: TrainingRun, bobs_client: Client, bob: User
) -> None:
    first, *others = groups(bobs_client)
    hidden = first["movies"][0]
    Mark.objects.add(bob, hidden, Mark.Kind.NOT_INTERESTED)
    assert hidden not in groups(bobs_client)[0]["movies"]
    for movie in first["movies"]:
        Mark.objects.add(bob, movie, Mark.Kind.NOT_INTERESTED)
    assert [group["value"] for group in groups(bobs_client)] == [g["value"] for g in others]


def test_when_everything_is_answered_the_page_says_so(
    fitted: TrainingRun, two_tastes: list[Movie], bobs_client: Client, bob: User
) -> None:
    for movie in two_tastes:
        answers.not_seen(bob, movie)
    page = bobs_client.get("/start/rate/")
    assert page.context["movie"] is None
    assert "no movie left" in page.content.decode()


def test_favourites_steer_the_list_and_never_the_stars(
    fitted: TrainingRun, two_tastes: list[Movie], bobs_client: Client, bob: User, numbers: Numbers
) -> None:
    everything = [movie.pk for movie in two_tastes]
    Rating.objects.rate(bob, two_tastes[39], 3)
    stars, before = predict(bob, everything), listed(bob, 8)
    for number in (0, 2, 4):
        answer = bobs_client.post("/start/favourite/", {"movie": everything[number], "on": "1"})
        assert answer["Location"] == "/start/rate/#own"
    after = listed(bob, 8)
    evens = [sum(n % 2 == 0 for n in numbers(ids)) for ids in (before, after)]
    assert evens[1] > evens[0]
    assert predict(bob, everything) == stars
    # A favourite has been seen.
    assert not set(everything[:5:2]) & set(listed(bob, 100))


def test_groups_never_move_the_stars_either(
    fitted: TrainingRun, two_tastes: list[Movie], bobs_client: Client, bob: User
) -> None:
    everything = [movie.pk for movie in two_tastes]
    for n_ratings in (0, 3):
        for movie in two_tastes[:n_ratings]:
            Rating.objects.rate(bob, movie, 4)
        bobs_client.post("/start/groups/", {})
        stars, before = predict(bob, everything), listed(bob, 20)
        bobs_client.post("/start/groups/", {"groups": even_values(bobs_client)})
        assert predict(bob, everything) == stars
        assert listed(bob, 20) != before


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


def test_picks_outlive_the_run_they_were_made_with(
    fitted: TrainingRun, bobs_client: Client, bob: User, numbers: Numbers
) -> None:
    even = even_values(bobs_client)
    bobs_client.post("/start/groups/", {"groups": even})
    second = refit.refit(seed=99)
    assert TrainingRun.objects.active() == second
    picked = [group for group in groups(bobs_client) if group["picked"]]
    assert picked
    assert all(is_even(group) for group in picked)
    assert sum(n % 2 == 0 for n in numbers(listed(bob, 8))) >= 7


def test_picks_fade_as_ratings_come_in(
    fitted: TrainingRun, two_tastes: list[Movie], bobs_client: Client, bob: User, numbers: Numbers
) -> None:
    even = even_values(bobs_client)
    shares = []
    for movie in [None, *two_tastes[1:40:2]]:
        if movie:
            Rating.objects.rate(bob, movie, 5)
        bobs_client.post("/start/groups/", {})
        plain = recommend.recommend(bob, n=40).items
        bobs_client.post("/start/groups/", {"groups": even})
        said = recommend.recommend(bob, n=40).items
        ids = [{i.movie_id for i in items[:10]} for items in (plain, said)]
        shares.append(len(ids[1] - ids[0]))
    assert shares[0] >= 3
    assert said == plain  # twenty ratings say it all


def test_a_run_without_groups_asks_all_the_same(
    fitted: TrainingRun, bobs_client: Client, bob: User, two_tastes: list[Movie]
) -> None:
    MovieGroups.objects.all().delete()
    assert bobs_client.get("/start/")["Location"] == "/start/rate/"
    assert asked(bobs_client) is not None
    bobs_client.post("/start/groups/", {"groups": [str(two_tastes[0].pk)]})
    assert len(listed(bob)) == 10


def test_without_a_model_the_best_known_are_asked(
    two_tastes: list[Movie], bobs_client: Client, bob: User
) -> None:
    assert bobs_client.get("/start/")["Location"] == "/start/rate/"
    best = list(Movie.objects.most_rated()[:2])
    assert asked(bobs_client) == best[0]
    bobs_client.post("/start/answer/", {"movie": best[0].pk, "unseen": "1"})
    assert asked(bobs_client) == best[1]


def test_an_empty_catalogue_is_no_error(bobs_client: Client) -> None:
    assert asked(bobs_client) is None


def test_a_movie_deleted_since_the_run_is_neither_shown_nor_asked(
    fitted: TrainingRun, bobs_client: Client, bob: User
) -> None:
    first = groups(bobs_client)[0]["movies"][0]
    bobs_client.post("/start/groups/", {"groups": [groups(bobs_client)[0]["value"]]})
    first.delete()
    assert first.pk not in [movie.pk for group in groups(bobs_client) for movie in group["movies"]]
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


@pytest.mark.parametrize("value", ["x", "-", "1-x", "1-2-3-4", "9" * 30, "²", "1--2", "", " "])
def test_groups_that_no_page_shows_are_refused_and_nothing_is_lost(
    fitted: TrainingRun, bobs_client: Client, value: str
) -> None:
    even = even_values(bobs_client)
    bobs_client.post("/start/groups/", {"groups": even})
    before = set(StartingAnswer.objects.values_list("movie", flat=True))
    answer = bobs_client.post("/start/groups/", {"groups": [value]}, follow=True)
    assert "Pick again" in answer.content.decode()
    assert set(StartingAnswer.objects.values_list("movie", flat=True)) == before


def test_too_many_are_refused(
    fitted: TrainingRun, bobs_client: Client, bob: User, two_tastes: list[Movie]
) -> None:
    many = [str(movie.pk) for movie in two_tastes[: answers.MOST_GROUPS + 1]]
    bobs_client.post("/start/groups/", {"groups": many})
    assert not StartingAnswer.objects.exists()
    for movie in two_tastes[: answers.MOST_FAVOURITES]:
        answers.name_favourite(bob, movie)
    form = {"movie": two_tastes[-1].pk, "on": "1"}
    assert (
        "as many favourites"
        in bobs_client.post("/start/favourite/", form, follow=True).content.decode()
    )
    assert StartingAnswer.objects.count() == answers.MOST_FAVOURITES
    assert not Mark.objects.filter(movie=two_tastes[-1]).exists()


def test_strangers_may_not(fitted: TrainingRun, client: Client, two_tastes: list[Movie]) -> None:
    for path in ("", "rate/"):
        assert client.get(f"/start/{path}")["Location"].startswith("/accounts/login/")
    for path in ("groups/", "answer/", "favourite/"):
        form = {"movie": two_tastes[0].pk, "unseen": "1", "on": "1"}
        assert client.post(f"/start/{path}", form)["Location"].startswith("/accounts/login/")
    assert not StartingAnswer.objects.exists()


def test_what_bob_says_changes_nothing_for_alice(
    fitted: TrainingRun, even_fan: User, bobs_client: Client, two_tastes: list[Movie]
) -> None:
    before = listed(even_fan, 30), questions.next_movies(even_fan, 5)
    bobs_client.post("/start/groups/", {"groups": [str(two_tastes[1].pk)]})
    bobs_client.post("/start/favourite/", {"movie": two_tastes[21].pk, "on": "1"})
    bobs_client.post("/start/answer/", {"movie": two_tastes[30].pk, "unseen": "1"})
    assert (listed(even_fan, 30), questions.next_movies(even_fan, 5)) == before


def test_search_finds_ones_own_and_names_them(
    fitted: TrainingRun, bobs_client: Client, bob: User, two_tastes: list[Movie]
) -> None:
    page = bobs_client.get("/start/rate/", {"q": "Movie 17"})
    assert page.context["found"][0] == two_tastes[17]
    assert f'name="movie" value="{two_tastes[17].pk}"' in page.content.decode()
    nothing = bobs_client.get("/start/rate/", {"q": "zzzzzz\x00"})
    assert nothing.status_code == 200
    assert "No movie here is called" in nothing.content.decode()


def test_pages_take_a_number_of_queries_that_does_not_grow(
    fitted: TrainingRun, bobs_client: Client, bob: User, two_tastes: list[Movie]
) -> None:
    def count(path: str) -> int:
        bobs_client.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert bobs_client.get(path).status_code == 200
        return len(captured.captured_queries)

    answers.pick_groups(bob, [[two_tastes[0].pk]])
    answers.name_favourite(bob, two_tastes[1])
    Rating.objects.rate(bob, two_tastes[3], 4)
    few = [count(path) for path in ("/start/", "/start/rate/", "/")]
    for movie in two_tastes[4:8]:
        answers.name_favourite(bob, movie)
        answers.not_seen(bob, two_tastes[movie.pk % 8 + 10])
    for movie in two_tastes[20:24]:
        Rating.objects.rate(bob, movie, 4)
    many = [count(path) for path in ("/start/", "/start/rate/", "/")]
    assert all(after <= before + 1 for before, after in zip(few, many, strict=True))
    assert max(many) <= 16


def test_a_run_whose_rows_are_pruned_keeps_no_groups(fitted: TrainingRun) -> None:
    for seed in range(4):
        refit.refit(seed=seed)
    assert not MovieGroups.objects.filter(run=fitted).exists()
    assert MovieGroups.objects.count() == refit.RUNS_KEPT


def test_what_was_said_is_in_the_export_and_goes_with_the_person(
    two_tastes: list[Movie], bob: User
) -> None:
    answers.pick_groups(bob, [[two_tastes[0].pk]])
    answers.name_favourite(bob, two_tastes[2])
    with zipfile.ZipFile(io.BytesIO(b"".join(export(bob)))) as archive:
        said = json.loads(archive.read("everything.json"))["start"]
    assert {(row["title"], row["kind"]) for row in said} == {
        ("Movie 0", "group"),
        ("Movie 2", "favourite"),
    }
    bob.delete()
    assert not StartingAnswer.objects.exists()
