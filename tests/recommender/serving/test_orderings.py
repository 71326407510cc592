"""Browsing in one's own order: on the page and in the API."""

import re
from collections.abc import Callable
from functools import partial
from itertools import chain

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from movies.browse.orderings import Ranking
from movies.models import Mark, Movie, Rating
from recommender.core.ranking import half_steps
from recommender.models import TrainingRun
from recommender.serving import recommend
from recommender.serving.orderings import rank

PAGE = "/movies/?order=for_you"
API = "/api/v1/movies/?order=for_you&page_size=100"
TENS = "/api/v1/movies/?order=for_you&page_size=10"


def shown(client: Client, url: str) -> list[int]:
    answer = client.get(url)
    assert answer.status_code == 200
    found = re.findall(r'<li class="movie">\s*<a href="/movies/(\d+)-', answer.content.decode())
    return [int(pk) for pk in found]


def ids(user: User, n: int = 100) -> list[int]:
    return [item.movie_id for item in recommend.recommend(user, n=n).items]


def test_it_works(fitted: TrainingRun, even_fan: User, alices_client: Client) -> None:
    first, second = shown(alices_client, PAGE), shown(alices_client, f"{PAGE}&page=2")
    assert first == ids(even_fan, n=24)
    assert len(first + second) == 33, "each once, on two pages"
    assert set(first + second) == set(ids(even_fan))
    content = alices_client.get(PAGE).content.decode()
    assert '<option value="for_you" selected>For you</option>' in content
    assert "33 movies" in content
    stars = [item.stars for item in recommend.recommend(even_fan, n=24).items]
    assert re.findall(r"☆ ([\d.]+)<", content) == [f"{half_steps(star):.1f}" for star in stars]


def test_a_members_browsing_begins_with_it(
    fitted: TrainingRun, even_fan: User, alices_client: Client
) -> None:
    begin = alices_client.get("/movies/")
    assert shown(alices_client, "/movies/") == shown(alices_client, PAGE)
    assert begin.context["asked"].heading == "For you"
    assert 'value="for_you" selected' in begin.content.decode()
    for query in ("mine=rated", "q=story", "order=loved"):
        assert alices_client.get(f"/movies/?{query}").context["asked"].sort != "for_you"
    assert len(shown(alices_client, "/movies/?mine=rated")) == 7


@pytest.mark.parametrize("narrowed", ["", "&mine=unrated"])
def test_the_other_way_round(
    fitted: TrainingRun, even_fan: User, alices_client: Client, make_movie: Callable, narrowed: str
) -> None:
    unknown = make_movie("New")
    query = f"/movies/?order=predicted{narrowed}"
    best, worst = (
        shown(alices_client, f"{query}{reverse}") + shown(alices_client, f"{query}{reverse}&page=2")
        for reverse in ("", "&reverse=1")
    )
    assert len(best) == 34
    assert best[-1] == worst[-1] == unknown.pk
    stars = {
        movie["id"]: movie["predicted"]["stars"]
        for movie in alices_client.get(API).json()["results"]
    }
    assert [stars[pk] for pk in worst[:-1]] == sorted(stars[pk] for pk in best[:-1])


def test_the_api_has_it_too(fitted: TrainingRun, even_fan: User, alices_client: Client) -> None:
    answer = alices_client.get(API).json()
    assert len(answer["results"]) == 33
    assert [movie["id"] for movie in answer["results"]] == ids(even_fan)
    stars = {item.movie_id: item.stars for item in recommend.recommend(even_fan, n=100).items}
    assert all(
        movie["predicted"]["stars"] == pytest.approx(stars[movie["id"]], abs=0.005)
        for movie in answer["results"]
    )
    page = alices_client.get(TENS).json()
    first = [movie["id"] for movie in page["results"]]
    second = [movie["id"] for movie in alices_client.get(page["next"]).json()["results"]]
    assert first == ids(even_fan, n=10)
    assert set(first + second) == set(ids(even_fan, n=20))


def test_it_follows_boldness(fitted: TrainingRun, even_fan: User, alices_client: Client) -> None:
    even_fan.prefer(boldness=2)
    assert shown(alices_client, PAGE) == ids(even_fan, n=24)


def test_filters_and_search_choose_and_the_order_stays(
    fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie]
) -> None:
    nineties = {movie.pk for movie in two_tastes if 1990 <= movie.year < 2000}
    expected = [pk for pk in ids(even_fan) if pk in nineties]
    assert shown(alices_client, f"{PAGE}&decade=1990") == expected
    api = alices_client.get(f"{API}&decade=1990").json()
    assert [movie["id"] for movie in api["results"]] == expected
    found = {movie.pk for movie in two_tastes if "3" in movie.title}
    by_title = shown(alices_client, f"{PAGE}&q=movie+3")
    assert by_title == [pk for pk in ids(even_fan) if pk in by_title]
    assert set(by_title) & found
    assert shown(alices_client, f"{PAGE}&q=zzzzzz") == []


def test_what_the_run_does_not_know_comes_last_and_newest_first(
    fitted: TrainingRun, even_fan: User, alices_client: Client, make_movie: Callable[..., Movie]
) -> None:
    before = ids(even_fan)
    first, second = make_movie("Just added", 2026), make_movie("Added after that", 2026)
    answer = alices_client.get(API).json()
    assert [movie["id"] for movie in answer["results"]] == [*before, second.pk, first.pk]
    widths = [row["predicted"]["high"] - row["predicted"]["low"] for row in answer["results"]]
    assert min(widths[-2:]) > max(widths[:-2]), "what is predicted for them is a guess"


def test_a_movie_deleted_since_the_run_leaves_no_hole(
    fitted: TrainingRun, even_fan: User, alices_client: Client
) -> None:
    first = ids(even_fan)[0]
    Movie.objects.get(pk=first).delete()
    assert len(shown(alices_client, PAGE)) == 24
    assert len(alices_client.get(API).json()["results"]) == 32


class TestTooEarly:
    """A visitor, somebody without ratings, a site without a model."""

    def test_a_visitor_is_not_offered_it(self, fitted: TrainingRun, client: Client) -> None:
        assert shown(client, PAGE) == shown(client, "/movies/")
        assert "for_you" not in client.get("/movies/").content.decode()
        assert client.get(API).status_code == 401

    def test_somebody_new_is_told(
        self, fitted: TrainingRun, bobs_client: Client, bob: User
    ) -> None:
        answer = bobs_client.get(PAGE)
        assert b"Rate a movie, and this order" in answer.content
        assert shown(bobs_client, PAGE) == shown(bobs_client, "/movies/")
        api, loved = (
            [movie["id"] for movie in bobs_client.get(url).json()["results"]]
            for url in (API, API.replace("for_you", "best_loved"))
        )
        assert api == loved

    def test_no_model(self, even_fan: User, alices_client: Client) -> None:
        assert b"first model" in alices_client.get(PAGE).content
        assert len(alices_client.get(API).json()["results"]) == 40


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999", "3"])
def test_nonsense_is_no_crash(
    fitted: TrainingRun, even_fan: User, alices_client: Client, page: str
) -> None:
    assert alices_client.get(f"{PAGE}&page={page}").status_code in (200, 404)
    assert alices_client.get(f"{API}&cursor={page}").status_code == 400


def test_queries_do_not_grow(
    fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie]
) -> None:
    def count(url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert alices_client.get(url).status_code == 200
        return sum("cfsite_cache" not in query["sql"] for query in captured.captured_queries)

    for url in (PAGE, API):
        count(f"{url}&q=movie+3")  # loads the model and the indexes of titles and people
        few = count(f"{url}&q=movie+3") if url == PAGE else count(url)
        for movie in two_tastes[10:20]:
            Rating.objects.rate(even_fan, movie, 3)
            Mark.objects.add(even_fan, movie, Mark.Kind.WATCHLIST)
        many = count(f"{url}&q=movie+3") if url == PAGE else count(url)
        assert many == few
    assert count(PAGE) <= 8


def test_the_counts_beside_it_are_of_what_it_lists(
    fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie]
) -> None:
    Mark.objects.add(even_fan, two_tastes[20], Mark.Kind.NOT_INTERESTED)
    Mark.objects.add(even_fan, two_tastes[22], Mark.Kind.WATCHLIST)

    def counts(**preferences: bool) -> dict[str, int]:
        even_fan.prefer(**preferences)
        shown = alices_client.get(PAGE).context
        mine = next(facet for facet in shown["facets"] if facet.key == "mine")
        return {str(choice.label): choice.n for choice in mine.choices} | {
            "all": shown["page"].paginator.count
        }

    listed = len(two_tastes) - 7 - 1
    assert counts() == {
        "Not rated": listed, "Rated": 0, "On my watchlist": 1, "all": listed
    }  # fmt: skip
    assert counts(watchlist_in_lists=False) == {
        "Not rated": listed - 1, "Rated": 0, "On my watchlist": 0, "all": listed - 1
    }  # fmt: skip


class TestDeepPages:
    @pytest.fixture(params=["for_you", "predicted", "off_the_track"])
    def whole(
        self, request: pytest.FixtureRequest, fitted: TrainingRun, even_fan: User,
        make_movie: Callable
    ) -> tuple[User, Callable[..., Ranking]]:  # fmt: skip
        for number in range(7):
            make_movie(f"New {number}", 2026)  # seven equal ones, in the order of their ids
        ids = np.fromiter(Movie.objects.order_by("pk").values_list("pk", flat=True), np.int64)
        return even_fan, partial(rank, even_fan, ids, request.param)

    @pytest.mark.parametrize("is_reversed", [False, True])
    def test_they_go_on_where_the_page_before_ends(
        self, whole: tuple[User, Callable[..., Ranking]], is_reversed: bool
    ) -> None:
        ranking = whole[1](is_reversed=is_reversed)
        expected = ranking.movie_ids[:]
        assert len(expected) == len(set(expected)) == 40
        pages = [ranking.movie_ids[start : start + 7] for start in range(0, 42, 7)]
        assert list(chain.from_iterable(pages)) == expected
        assert [ranking.movie_ids[place] for place in (0, 17, -1)] == [
            expected[place] for place in (0, 17, -1)
        ]
        assert expected[-7:] == sorted(expected[-7:], reverse=True)

    def test_they_stay_while_the_member_rates(
        self, whole: tuple[User, Callable[..., Ranking]]
    ) -> None:
        user, ranked = whole
        before = ranked()
        expected = before.movie_ids[:]
        Rating.objects.rate(user, Movie.objects.get(pk=expected[2]), 1)
        after = ranked(as_of=before.as_of, after=expected[9])
        assert after.movie_ids[:] == expected[10:]
