"""Several movies in one call."""

from collections.abc import Callable

import pytest
from django.test import Client

from movies.models import Movie
from tests.api.conftest import API
from tests.api.problems import wrong

Make = Callable[..., Movie]


def test_the_order_is_kept_and_what_is_missing_is_left_out(
    client: Client, make_movie: Make
) -> None:
    first, second, retired = (make_movie(title) for title in ("A", "B", "C"))
    Movie.objects.filter(pk=retired.pk).retire()
    ids = f"{second.pk},999999,{first.pk},{retired.pk},{'9' * 18},{second.pk}"
    answer = client.get(f"{API}/movies/", {"ids": ids}).json()
    assert [movie["title"] for movie in answer["results"]] == ["B", "A"]
    assert (answer["count"], answer["next"], answer["previous"]) == (2, None, None)


def test_a_hundred_come_in_one_answer(client: Client, make_movie: Make, queries: Callable) -> None:
    ids = [make_movie(f"Movie {number}", genres="Drama").pk for number in range(100)]
    whole = ",".join(map(str, ids))
    answer = client.get(f"{API}/movies/", {"ids": whole}).json()
    assert [movie["id"] for movie in answer["results"]] == ids
    one, many = (queries(client, f"{API}/movies/?ids={some}") for some in (ids[0], whole))
    assert one == many
    assert wrong(client.get(f"{API}/movies/", {"ids": f"{whole},{ids[-1] + 1}"})) == {
        "ids": "max_length"
    }


def test_filters_narrow_them(client: Client, make_movie: Make) -> None:
    drama, horror = make_movie("A", genres="Drama"), make_movie("B", genres="Horror")
    asked = {"ids": f"{drama.pk},{horror.pk}", "genre": "horror"}
    answer = client.get(f"{API}/movies/", asked).json()
    assert [movie["title"] for movie in answer["results"]] == ["B"]


@pytest.mark.parametrize("ids", ["abc", "1,,2", "1;2", "-1", "1.5", ",", "١", "9" * 19, "1, 2"])
def test_junk_is_refused(client: Client, db: None, ids: str) -> None:
    assert wrong(client.get(f"{API}/movies/", {"ids": ids})) == {"ids": "invalid"}


@pytest.mark.parametrize("other", ["q=alien", "order=newest"])
def test_they_have_their_own_order(client: Client, db: None, other: str) -> None:
    assert "ids" in wrong(client.get(f"{API}/movies/?ids=1&{other}"))
