"""The page of a director, writer or actor: movies, own ratings, predictions."""

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from movies.models import Credit, Mark, Movie, Person, Rating
from tests.movies.facts.made import credit


@pytest.fixture
def welles(make_movie: Callable[..., Movie]) -> Person:
    for title, year in (("Citizen Kane", 1941), ("Touch of Evil", 1958), ("F for Fake", None)):
        person = credit(make_movie(title, year), "Orson Welles", "director")
    credit(Movie.objects.get(title="Citizen Kane"), "Orson Welles", "cast", "Kane")
    return person


def page(client: Client, person: Person, query: str = "") -> str:
    answer = client.get(person.get_absolute_url() + query)
    assert answer.status_code == 200
    return answer.content.decode()


def said(content: str) -> str:
    head = content.partition('class="page-head artist-head"')[2].partition("</div>")[0]
    return " ".join(re.sub("<[^>]+>", " ", head).split())


def titles(content: str) -> list[str]:
    return re.findall(r'<span class="movie-title">([^<]+)</span>', content)


def test_it_works(client: Client, welles: Person) -> None:
    content = page(client, welles)
    assert titles(content) == ["Touch of Evil", "Citizen Kane", "F for Fake"]
    assert "Directing 3" in said(content)
    assert "Acting 1" in said(content)
    assert "director, as Kane" in content
    assert "3 movies" in content
    assert (
        f'<link rel="canonical" href="{settings.SITE_URL}{welles.get_absolute_url()}">' in content
    )
    assert "You" not in said(content)


def test_a_wrong_name_leads_to_the_right_one(client: Client, welles: Person) -> None:
    for path in (f"/artists/{welles.pk}/", f"/artists/{welles.pk}-somebody-else/"):
        answer = client.get(path, {"page": "1"})
        assert (answer.status_code, answer.url) == (301, welles.get_absolute_url() + "?page=1")


def test_nobody_of_that_number(client: Client, db: None) -> None:
    assert client.get("/artists/999999-nobody/").status_code == 404


@pytest.mark.parametrize("name", ["Łódź Ōé", "张艺谋", "?!", "<b>Bold</b>"])
def test_any_name_has_a_page(client: Client, make_movie: Callable, name: str) -> None:
    content = page(client, credit(make_movie(), name))
    assert "<b>Bold" not in content
    assert "<h1>" in content


def test_links_to_other_sites(client: Client, welles: Person) -> None:
    welles.imdb_id, welles.tmdb_id, welles.wikidata_id = "nm0000080", 40, "Q24829"
    welles.save()
    content = page(client, welles)
    for address in ("www.imdb.com/name/nm0000080/", "www.themoviedb.org/person/40"):
        assert f'<a href="https://{address}" rel="external noopener noreferrer">' in content
    assert "https://www.wikidata.org/wiki/Q24829" in content


def test_a_person_without_movies(client: Client, db: None) -> None:
    content = page(client, Person.objects.create(name="Nobody Yet"))
    assert "No movies here yet." in content


def test_long_careers_are_paged(client: Client, welles: Person, make_movie: Callable) -> None:
    for year in range(1960, 1990):
        credit(make_movie(f"Of {year}", year), "Orson Welles")
    assert len(titles(page(client, welles))) == 24
    assert titles(page(client, welles, "?page=2"))[-1] == "F for Fake"
    assert client.get(welles.get_absolute_url() + "?page=3").status_code == 404


class TestOwnRatings:
    def rate(self, user: User, **stars: float) -> None:
        for title, given in stars.items():
            Rating.objects.rate(user, Movie.objects.get(title=title.replace("_", " ")), given)

    def test_above_the_average(
        self, alices_client: Client, alice: User, welles: Person, make_movie: Callable
    ) -> None:
        self.rate(alice, Citizen_Kane=5, Touch_of_Evil=4)
        Rating.objects.rate(alice, make_movie("Heat"), 1.5)
        assert (
            "You rate these movies 4.5 stars on average (2 rated), 1.0 above your average."
            in said(page(alices_client, welles))
        )

    def test_below_it(
        self, alices_client: Client, alice: User, welles: Person, make_movie: Callable
    ) -> None:
        self.rate(alice, Citizen_Kane=2, Touch_of_Evil=2)
        Rating.objects.rate(alice, make_movie("Heat"), 5)
        assert "(2 rated), 1.0 below your average." in said(page(alices_client, welles))

    def test_one_movie_is_no_average(
        self, alices_client: Client, alice: User, welles: Person
    ) -> None:
        self.rate(alice, Citizen_Kane=4)
        content = said(page(alices_client, welles))
        assert "You’ve rated one of these movies: 4.0 stars." in content

    def test_two_roles_in_a_movie_count_its_rating_once(
        self, alices_client: Client, alice: User, welles: Person
    ) -> None:
        self.rate(alice, Citizen_Kane=5, Touch_of_Evil=2)
        assert "3.5 stars on average (2 rated), in line with your average." in said(
            page(alices_client, welles)
        )

    def test_bob_sees_nothing_of_alices(
        self, bobs_client: Client, alice: User, welles: Person
    ) -> None:
        before = said(page(bobs_client, welles))
        self.rate(alice, Citizen_Kane=5, Touch_of_Evil=5)
        assert said(page(bobs_client, welles)) == before
        assert "You rate" not in before


def test_the_number_of_queries_is_constant(
    alices_client: Client, alice: User, welles: Person, make_movie: Callable
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            page(alices_client, welles)
        return len(asked)

    Rating.objects.rate(alice, Movie.objects.get(title="Citizen Kane"), 4)
    few = queries()
    for number in range(20):
        movie = make_movie(f"More {number}")
        for role in Credit.Role.values:
            credit(movie, "Orson Welles", role)
        if number % 2:
            Rating.objects.rate(alice, movie, 3)
        else:
            Mark.objects.add(alice, movie, Mark.Kind.WATCHLIST)
    assert queries() == few <= 8
