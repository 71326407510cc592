"""From the first page to a first list."""

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from movies.models import Movie, Rating
from recommender.models import StartingAnswer, TrainingRun
from recommender.onboarding import answers, questions
from recommender.serving import recommend
from tests.recommender.onboarding.conftest import asked, even_values, groups, listed

Numbers = Callable[[list[int]], list[int]]


def test_it_works(fitted: TrainingRun, bobs_client: Client, bob: User, numbers: Numbers) -> None:
    even = even_values(bobs_client)
    assert 1 <= len(even) < len(groups(bobs_client))
    answer = bobs_client.post("/start/groups/", {"groups": even})
    assert answer["Location"] == "/start/rate/"
    assert {group.value for group in groups(bobs_client) if group.picked} == set(even)

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


def test_the_invitation_goes_with_the_first_answer(
    fitted: TrainingRun, two_tastes: list[Movie], client: Client, bobs_client: Client, bob: User
) -> None:
    assert "/start/" not in client.get("/").content.decode()
    assert 'href="/start/"' in bobs_client.get("/").content.decode()
    bobs_client.post("/start/groups/", {"groups": even_values(bobs_client)})
    assert 'href="/start/"' not in bobs_client.get("/").content.decode()


def test_few_ratings_are_led_to_more(
    fitted: TrainingRun, two_tastes: list[Movie], bobs_client: Client, bob: User
) -> None:
    for movie in two_tastes[:5]:
        Rating.objects.rate(bob, movie, 4)
        page = bobs_client.get("/").content.decode()
        assert 'href="/start/"' not in page
        assert ('href="/start/rate/"' in page) == (movie != two_tastes[4])


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
    assert "We couldn’t find" in nothing.content.decode()


def test_pages_take_a_number_of_queries_that_does_not_grow(
    fitted: TrainingRun, bobs_client: Client, bob: User, two_tastes: list[Movie]
) -> None:
    def count(path: str) -> int:
        bobs_client.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert bobs_client.get(path).status_code == 200
        return len(captured.captured_queries)

    answers.pick_groups(bob, [[two_tastes[0].pk]])
    answers.add_favourite(bob, two_tastes[1])
    Rating.objects.rate(bob, two_tastes[3], 4)
    few = [count(path) for path in ("/start/", "/start/rate/", "/")]
    for movie in two_tastes[4:8]:
        answers.add_favourite(bob, movie)
        answers.mark_unseen(bob, two_tastes[movie.pk % 8 + 10])
    for movie in two_tastes[20:24]:
        Rating.objects.rate(bob, movie, 4)
    many = [count(path) for path in ("/start/", "/start/rate/", "/")]
    assert all(after <= before + 1 for before, after in zip(few, many, strict=True))
    assert max(many) <= 16


def test_an_empty_catalogue_is_no_error(bobs_client: Client) -> None:
    assert asked(bobs_client) is None
