"""What somebody watched or is not interested in never comes back, wherever recommended."""

import random
import re
from collections import Counter
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Boldness, User
from movies.models import Mark, Movie, Rating, Viewing
from recommender.models import TrainingRun
from tests.recommender.surfaces import SURFACES, Visit

KINDS = list(Mark.Kind.values)
NOTE = "so we don’t recommend it to you"


def out_of_lists(user: User) -> set[int]:
    """By the plain words of the rule, not by the code under test."""
    rated = set(Rating.objects.filter(user=user).values_list("movie_id", flat=True))
    kinds = ["not_interested", "seen"]
    if not User.objects.get(pk=user.pk).watchlist_in_lists:
        kinds.append("watchlist")
    marked = Mark.objects.filter(user=user, kind__in=kinds).values_list("movie_id", flat=True)
    viewed = Viewing.objects.filter(user=user).values_list("movie_id", flat=True)
    return rated | set(marked) | set(viewed)


class Walk:
    """A person who does this and that, by form and through the API."""

    def __init__(self, seed: int, visit: Visit, movies: list[Movie]) -> None:
        self.draw, self.visit, self.movies = random.Random(seed), visit, movies
        self.client = visit.client

    def step(self) -> None:
        deeds = (
            *(self.rate, self.rate, self.mark, self.mark, self.unrate, self.unmark),
            *(self.choose, self.watch, self.unwatch),
        )
        self.draw.choice(deeds)(self.draw.choice(self.movies))

    def rate(self, movie: Movie) -> None:
        stars = self.draw.randrange(1, 11) / 2
        if self.draw.random() < 0.5:
            self.client.post(f"/movies/{movie.pk}/rate/", {"stars": stars})
        else:
            url = f"/api/v1/movies/{movie.pk}/rating/"
            self.client.put(url, {"stars": stars}, content_type="application/json")

    def unrate(self, movie: Movie) -> None:
        self.client.post(f"/movies/{movie.pk}/rate/", {"remove": "1"})

    def mark(self, movie: Movie) -> None:
        kind = self.draw.choice(KINDS)
        if self.draw.random() < 0.5:
            self.client.post(f"/movies/{movie.pk}/mark/", {"kind": kind, "on": "1"})
        else:
            self.client.put(f"/api/v1/movies/{movie.pk}/marks/{kind}/")

    def unmark(self, movie: Movie) -> None:
        kind = self.draw.choice(KINDS)
        if self.draw.random() < 0.5:
            self.client.delete(f"/api/v1/movies/{movie.pk}/marks/{kind}/")
        else:
            self.client.post("/me/hidden/bring-back/", {"everything": "1"})

    def watch(self, movie: Movie) -> None:
        self.client.post(f"/movies/{movie.pk}/diary/", {"on": "2026-03-05"})

    def unwatch(self, movie: Movie) -> None:
        for viewing in Viewing.objects.filter(user=self.visit.user, movie=movie):
            self.client.post(f"/me/diary/{viewing.pk}/delete/")

    def choose(self, movie: Movie) -> None:
        wanted = {
            "boldness": self.draw.choice(Boldness.values),
            "watchlist_in_lists": self.draw.random() < 0.5,
        }
        self.client.patch("/api/v1/me/", wanted, content_type="application/json")
        self.visit.user.refresh_from_db()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_comes_back_on_any_surface(
    fitted: TrainingRun,
    alice: User,
    alices_client: Client,
    two_tastes: list[Movie],
    make_movie: Callable[..., Movie],
    seed: int,
) -> None:
    movies = [*two_tastes, make_movie("Movie added after the run", 1995, "Drama")]
    visit = Visit(alices_client, alice, movies[10])
    walk = Walk(seed, visit, movies)
    shown_by: Counter[str] = Counter()
    ever_out: set[int] = set()
    for _ in range(12):
        for _ in range(4):
            walk.step()
        out = out_of_lists(alice)
        ever_out |= out
        here = Visit(alices_client, alice, walk.draw.choice(movies))
        for name, surface in SURFACES.items():
            shown = surface(here)
            assert not shown & out, f"{name} shows what was watched or hidden"
            shown_by[name] += len(shown)
    # A surface that shows nothing at all would pass every walk.
    assert all(shown_by[name] for name in SURFACES), shown_by
    assert len(ever_out) > 10


@pytest.mark.parametrize("name", SURFACES)
def test_without_a_mark_the_movie_is_shown(
    fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie], name: str
) -> None:
    """The rule takes away what would be there, and gives it back."""
    visit = Visit(alices_client, even_fan, two_tastes[10])
    before = SURFACES[name](visit)
    gone = Movie.objects.get(pk=min(before))
    Mark.objects.add(even_fan, gone, Mark.Kind.NOT_INTERESTED)
    assert gone.pk not in SURFACES[name](visit)
    Mark.objects.remove(even_fan, gone, Mark.Kind.NOT_INTERESTED)
    assert SURFACES[name](visit) == before


class TestStillSearchable:
    """What is hidden from lists is found by whoever looks for it, and says that it is hidden."""

    @pytest.mark.parametrize(
        ("kind", "words"), [("not_interested", "not interested"), ("seen", "watched")]
    )
    def test_search_finds_it_and_says_so(
        self, alices_client: Client, alice: User, make_movie: Callable, kind: str, words: str
    ) -> None:
        movie = make_movie("Cats", 2019)
        Mark.objects.add(alice, movie, kind)
        content = alices_client.get("/movies/?q=cats").content.decode()
        assert movie.get_absolute_url() in content
        assert re.search(rf'<button class="put-away" [^>]+>{words}</button>', content)
        assert [m["id"] for m in alices_client.get("/api/v1/movies/?q=cats").json()["results"]] == [
            movie.pk
        ]
        page = alices_client.get(movie.get_absolute_url())
        assert NOTE in page.content.decode()

    def test_the_note_goes_with_the_mark(
        self, alices_client: Client, alice: User, make_movie: Callable
    ) -> None:
        movie = make_movie()
        url, htmx = f"/movies/{movie.pk}/mark/", {"HX-Request": "true"}
        on = alices_client.post(url, {"kind": "seen", "on": "1"}, headers=htmx)
        assert NOTE in on.content.decode()
        off = alices_client.post(url, {"kind": "seen"}, headers=htmx)
        assert NOTE not in off.content.decode()

    def test_to_bob_it_is_not_hidden(
        self, bobs_client: Client, alice: User, client: Client, make_movie: Callable
    ) -> None:
        movie = make_movie("Cats", 2019)
        Mark.objects.add(alice, movie, "seen")
        for somebody in (bobs_client, client):
            assert b"put-away" not in somebody.get("/movies/?q=cats").content
            assert NOTE not in somebody.get(movie.get_absolute_url()).content.decode()
