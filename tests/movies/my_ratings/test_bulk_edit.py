"""Changing several ratings at once: asked first, done in one step, taken back in one."""

import re
from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from accounts.models import User
from movies.lists import entries, lifecycle
from movies.models import BulkEdit, Mark, Movie, MovieList, Rating
from movies.my_ratings import bulk_edit

PAGE, DO = "/me/ratings/", "/me/ratings/several/"


@pytest.fixture
def rated(alice: User) -> Callable[..., list[Rating]]:
    numbers = count(1)

    def rated(n: int, stars: float = 3, user: User = alice) -> list[Rating]:
        movies = Movie.objects.bulk_create(
            Movie(title=f"Movie {k}", title_key=f"movie {k}", year=1990)
            for k in (next(numbers) for _ in range(n))
        )
        return [Rating.objects.rate(user, movie, stars) for movie in movies] and list(
            Rating.objects.of(user).filter(movie__in=movies).order_by("pk")
        )

    return rated


def stars_of(user: User) -> dict[int, float]:
    return {one.movie_id: one.stars for one in Rating.objects.of(user)}


def state_of(user: User) -> set[tuple]:
    fields = ("movie_id", "half_stars", "rated_at", "prediction_shown")
    return set(Rating.objects.of(user).values_list(*fields))


def post(client: Client, ratings: list[Rating] = (), **fields: object) -> object:
    ids = [one.pk for one in ratings]
    return client.post(DO, {"ratings": ids, "action": "stars", **fields}, follow=True)


def said(answer: object) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def undo_of(answer: object) -> str:
    return re.search(r'action="(/me/ratings/several/\d+/undo/)"', answer.content.decode())[1]


def test_it_works(alices_client: Client, alice: User, rated: Callable[..., list[Rating]]) -> None:
    ratings, before = rated(3), state_of(alice)
    question = post(alices_client, ratings[:2], stars="4.5")
    html = question.content.decode()
    assert "Give 2 movies 4.5 stars?" in html
    assert "Movie 1" in html
    assert "Movie 3" not in html
    assert state_of(alice) == before  # asking changes nothing
    answer = post(alices_client, ratings[:2], stars="4.5", n=2)
    assert said(answer) == "2 movies now have 4.5 stars."
    assert [stars_of(alice)[one.movie_id] for one in ratings] == [4.5, 4.5, 3]
    back = alices_client.post(undo_of(answer), follow=True)
    assert said(back) == "Taken back: 2 movies are as they were."
    assert state_of(alice) == before


def test_five_hundred_and_more_at_once(
    alices_client: Client, alice: User, rated: Callable[..., list[Rating]]
) -> None:
    rated(300, 3)
    rated(300, 4)
    before = state_of(alice)
    movie = Movie.objects.first()
    for fields in ({"action": "stars", "stars": "1.0"}, {"action": "removed"}):
        answer = post(alices_client, which="all", n=600, **fields)
        assert "600" in said(answer)
        movie.refresh_from_db()
        assert movie.half_star_sum == (2 if "stars" in fields else 0)  # the triggers saw it
        assert said(alices_client.post(undo_of(answer), follow=True)).startswith("Taken back: 600")
        assert state_of(alice) == before
        movie.refresh_from_db()
        assert movie.half_star_sum == 6


def test_all_that_the_list_holds_are_meant_not_those_on_the_page(
    alices_client: Client, alice: User, rated: Callable[..., list[Rating]]
) -> None:
    rated(3, 2)
    rated(2, 5)
    question = post(alices_client, which="all", query="stars_to=2.0", action="removed")
    assert "Remove 3 ratings?" in question.content.decode()
    post(alices_client, which="all", query="stars_to=2.0", action="removed", n=3)
    assert list(stars_of(alice).values()) == [5, 5]


def test_a_list_that_grew_since_the_question_is_asked_about_again(
    alices_client: Client, alice: User, rated: Callable[..., list[Rating]]
) -> None:
    rated(2)
    post(alices_client, which="all", action="removed")
    rated(1)
    answer = post(alices_client, which="all", action="removed", n=2)
    assert "Meanwhile the list has changed" in answer.content.decode()
    assert "Remove 3 ratings?" in answer.content.decode()
    assert len(stars_of(alice)) == 3


def test_what_is_not_ones_own_or_gone_is_left_out(
    alices_client: Client, alice: User, bob: User, rated: Callable[..., list[Rating]]
) -> None:
    own, foreign = rated(2), rated(2, user=bob)
    gone = own.pop()
    Rating.objects.filter(pk=gone.pk).delete()
    question = post(alices_client, [*own, gone, *foreign], stars="1.0")
    assert "Give 1 movie 1 star?" in question.content.decode()
    assert foreign[0].movie.title not in question.content.decode()
    post(alices_client, [*own, gone, *foreign], stars="1.0", n=1)
    assert list(stars_of(alice).values()) == [1]
    assert list(stars_of(bob).values()) == [3, 3]
    answer = post(alices_client, foreign, stars="1.0", n=2)
    assert said(answer) == "None of these ratings are there any more."


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"ratings": []}, "Tick at least one movie."),
        ({"ratings": ["x"], "stars": "4.0"}, "There is no such rating in this list."),
        ({"ratings": ["9" * 30], "stars": "4.0"}, "There is no such rating in this list."),
        ({"ratings": ["1"]}, "Choose how many stars to give."),
        ({"ratings": ["1"], "stars": "4.2"}, "A rating has from half a star to five stars."),
        ({"ratings": ["1"], "stars": "nan"}, "A rating has from half a star to five stars."),
        ({"ratings": ["1"], "action": ""}, "Choose what to do."),
        ({"ratings": ["1"], "action": "steal"}, "Select a valid choice."),
    ],
)
def test_bad_input_is_said_and_changes_nothing(
    alices_client: Client, alice: User, rated: Callable[..., list[Rating]], fields: dict,
    problem: str,
) -> None:  # fmt: skip
    rated(1)
    before = state_of(alice)
    answer = alices_client.post(DO, {"action": "stars", "n": "1", **fields}, follow=True)
    assert problem in said(answer)
    assert state_of(alice) == before
    assert not BulkEdit.objects.exists()


def test_the_way_back_is_the_list_one_came_from(
    alices_client: Client, rated: Callable[..., list[Rating]]
) -> None:
    ratings = rated(1)
    answer = post(alices_client, ratings, stars="4.0", n=1, query="genre=drama&next=//evil.example")
    assert answer.redirect_chain == [("/me/ratings/?genre=drama&edit=1", 302)]


def test_putting_on_the_watchlist_and_back(
    alices_client: Client, alice: User, rated: Callable[..., list[Rating]]
) -> None:
    ratings = rated(3)
    Mark.objects.add(alice, ratings[0].movie, Mark.Kind.WATCHLIST)
    answer = post(alices_client, ratings, action="watchlist", n=3)
    assert said(answer) == "2 movies are on your watchlist."
    assert Mark.objects.count() == 3
    alices_client.post(undo_of(answer))
    assert [mark.movie_id for mark in Mark.objects.all()] == [ratings[0].movie_id]


class TestUndo:
    @pytest.fixture
    def step(self, alice: User, rated: Callable[..., list[Rating]]) -> BulkEdit:
        rated(3, 2)
        return bulk_edit.set_stars(alice, Rating.objects.of(alice), 10)

    def test_twice_changes_nothing_more(
        self, alices_client: Client, alice: User, step: BulkEdit
    ) -> None:
        address = f"{DO}{step.pk}/undo/"
        assert alices_client.post(address).status_code == 302
        Rating.objects.rate(alice, Movie.objects.first(), 0.5)
        after = state_of(alice)
        assert alices_client.post(address).status_code == 404
        assert state_of(alice) == after

    def test_what_was_changed_since_stays(self, alice: User, step: BulkEdit) -> None:
        first, second, third = Movie.objects.order_by("pk")
        Rating.objects.rate(alice, first, 4)
        Rating.objects.rate(alice, second, 5)  # the same stars, but said again
        undone = bulk_edit.undo(alice, step.pk)
        assert (undone.n, undone.n_left) == (1, 2)
        assert stars_of(alice) == {first.pk: 4, second.pk: 5, third.pk: 2}

    def test_what_was_removed_comes_back_unless_it_was_rated_again_or_is_gone(
        self, alice: User, rated: Callable[..., list[Rating]]
    ) -> None:
        rated(3, 2)
        before = {row[0]: row for row in state_of(alice)}
        step = bulk_edit.remove_ratings(alice, Rating.objects.of(alice))
        first, second, third = Movie.objects.order_by("pk")
        Rating.objects.rate(alice, first, 4)
        second.delete()
        undone = bulk_edit.undo(alice, step.pk)
        assert (undone.n, undone.n_left) == (1, 2)
        assert before[third.pk] in state_of(alice)
        assert stars_of(alice) == {first.pk: 4, third.pk: 2}

    def test_a_stranger_cannot(self, bobs_client: Client, alice: User, step: BulkEdit) -> None:
        before = state_of(alice)
        assert bobs_client.post(f"{DO}{step.pk}/undo/").status_code == 404
        assert Client().post(f"{DO}{step.pk}/undo/").status_code == 302
        assert bobs_client.post(f"{DO}{2**70}/undo/").status_code == 404
        assert state_of(alice) == before

    def test_for_a_day_and_for_the_last_few_steps(self, alice: User, step: BulkEdit) -> None:
        BulkEdit.objects.update(made_at=timezone.now() - timedelta(hours=25))
        assert bulk_edit.latest_edit(alice) is None
        with pytest.raises(bulk_edit.UndoError):
            bulk_edit.undo(alice, step.pk)
        for half_stars in range(1, 9):
            bulk_edit.set_stars(alice, Rating.objects.of(alice), half_stars)
        assert BulkEdit.objects.count() == bulk_edit.MAX_EDITS_PER_USER
        assert bulk_edit.latest_edit(alice).half_stars == 8

    def test_the_offer_stays_where_one_changes_several(
        self, alices_client: Client, step: BulkEdit
    ) -> None:
        address = f"{DO}{step.pk}/undo/"
        assert address in alices_client.get(f"{PAGE}?edit=1").content.decode()
        alices_client.post(address)
        assert address not in alices_client.get(f"{PAGE}?edit=1").content.decode()


def test_nothing_to_change_makes_no_step(alice: User, rated: Callable[..., list[Rating]]) -> None:
    rated(2, 4)
    assert bulk_edit.set_stars(alice, Rating.objects.of(alice), 8) is None
    assert not BulkEdit.objects.exists()


def test_erasing_an_account_takes_its_steps(
    alice: User, rated: Callable[..., list[Rating]]
) -> None:
    rated(2)
    bulk_edit.remove_ratings(alice, Rating.objects.of(alice))
    get_user_model().objects.get(pk=alice.pk).delete()
    assert not BulkEdit.objects.exists()


def test_all_can_be_ticked_without_scripts(
    alices_client: Client, rated: Callable[..., list[Rating]]
) -> None:
    rated(3)
    html = alices_client.get(f"{PAGE}?edit=1&all=1").content.decode()
    assert len(re.findall(r'name="ratings" value="\d+" checked', html)) == 3


class TestOntoAList:
    @pytest.fixture
    def made(self, alice: User) -> MovieList:
        return lifecycle.create(alice, "Rainy <Sundays>")

    def on(self, movie_list: MovieList) -> list[str]:
        return list(movie_list.entries.in_order().values_list("movie__title", flat=True))

    def test_it_works(
        self, alices_client: Client, made: MovieList, rated: Callable[..., list[Rating]]
    ) -> None:
        ratings = rated(4)
        entries.add(made, ratings[1].movie)
        assert '<option value="list">' in alices_client.get(f"{PAGE}?edit=1").content.decode()
        fields = {"action": "list", "query": "order=title"}
        question = post(alices_client, ratings[:3], **fields).content.decode()
        assert "Put 3 movies on a list?" in question
        assert f'<option value="{made.pk}">Rainy &lt;Sundays&gt;</option>' in question
        assert self.on(made) == ["Movie 2"]
        answer = post(alices_client, ratings[:3], n=3, onto=made.pk, **fields)
        assert said(answer) == "2 movies were put on Rainy <Sundays>."
        assert self.on(made) == ["Movie 2", "Movie 1", "Movie 3"]
        back = alices_client.post(undo_of(answer), follow=True)
        assert said(back) == "Taken back: 2 movies are as they were."
        assert self.on(made) == ["Movie 2"]

    def test_all_in_the_order_of_the_page(
        self, alices_client: Client, made: MovieList, rated: Callable[..., list[Rating]]
    ) -> None:
        rated(2, 3)
        rated(1, 5)
        rated(1, 4)
        fields = {"action": "list", "onto": made.pk, "which": "all", "query": "order=highest"}
        post(alices_client, n=4, **fields)
        assert self.on(made)[:2] == ["Movie 3", "Movie 4"]
        again = post(alices_client, n=4, **fields)
        assert said(again) == "Nothing had to be changed."

    def test_onto_a_new_list_whose_name_is_asked(
        self, alices_client: Client, alice: User, rated: Callable[..., list[Rating]]
    ) -> None:
        ratings = rated(2)
        fields = {"action": "list", "n": 2, "onto": "new"}
        question = post(alices_client, ratings, **fields).content.decode()
        assert "Give the new list a name." in question
        assert "Meanwhile the list has changed" not in question
        assert not MovieList.objects.exists()
        answer = post(alices_client, ratings, name="Heists", **fields)
        assert said(answer) == "2 movies were put on Heists."
        made = MovieList.objects.get()
        assert (made.owner, made.visibility, len(self.on(made))) == (alice, "private", 2)

    def test_a_list_that_would_be_too_full_stays_as_it_is(
        self,
        alices_client: Client,
        made: MovieList,
        rated: Callable[..., list[Rating]],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(entries, "MAX_MOVIES", 2)
        ratings = rated(3)
        for onto in (made.pk, "new"):
            answer = post(alices_client, ratings, action="list", onto=onto, n=3, name="Another")
            assert "So many do not fit" in said(answer)
        assert list(MovieList.objects.all()) == [made]
        assert self.on(made) == []

    def test_bobs_lists_are_not_hers_to_fill(
        self, alices_client: Client, bob: User, rated: Callable[..., list[Rating]]
    ) -> None:
        bobs = lifecycle.create(bob, "Bob's")
        ratings = rated(1)
        for onto in (bobs.pk, "x", "9" * 19, "-1", "²"):
            answer = post(alices_client, ratings, action="list", onto=onto, n=1)
            assert said(answer) == "This list is not there any more."
        assert self.on(bobs) == []
        question = post(alices_client, ratings, action="list")
        assert b"Bob&#x27;s" not in question.content

    def test_a_list_that_is_gone_takes_its_step_with_it(
        self, alices_client: Client, made: MovieList, rated: Callable[..., list[Rating]]
    ) -> None:
        answer = post(alices_client, rated(2), action="list", onto=made.pk, n=2)
        undo = undo_of(answer)
        lifecycle.delete(made)
        assert alices_client.post(undo).status_code == 404
