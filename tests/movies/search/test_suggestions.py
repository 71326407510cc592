"""Tests of suggestions below the search field and on result pages without results."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Credit, Movie, Person, Rating

Make = Callable[..., Movie]
HTMX = {"HX-Request": "true"}
LINK = re.compile(r'<li><a href="(/movies/\d+[^"]*)"><img [^>]+>([^<]+?)\s*<')
NEAR = re.compile(r'<li><a href="/movies/\d+[^"]*">([^<]+)</a>')


def suggested(client: Client, q: str) -> list[str]:
    answer = client.get("/movies/suggest/", {"q": q}, headers=HTMX)
    assert answer.status_code == 200
    return [title for _, title in LINK.findall(answer.content.decode())]


def test_it_works(client: Client, make_movie: Make) -> None:
    alien = make_movie("Alien", 1979)
    make_movie("Aliens", 1986)
    make_movie("Heat", 1995)
    answer = client.get("/movies/suggest/", {"q": "alie"}, headers=HTMX).content.decode()
    assert sorted(LINK.findall(answer))[0] == (alien.get_absolute_url(), "Alien")
    assert suggested(client, "alie") == ["Alien", "Aliens"]
    assert "<span>1979</span>" in answer
    assert f'<img src="/movies/{alien.pk}/poster.svg" width="32" height="48" alt="">' in answer
    assert 'href="/movies/?q=alie"' in answer
    assert 'role="status">2 titles suggested<' in answer
    assert "<html" not in answer


def test_at_most_six(client: Client, make_movie: Make) -> None:
    for number in range(9):
        make_movie(f"Alien {number}")
    assert len(suggested(client, "alien")) == 6


def test_misspelled_titles_are_suggested(client: Client, make_movie: Make) -> None:
    make_movie("The Godfather", 1972)
    assert suggested(client, "godfahter") == ["The Godfather"]


@pytest.mark.parametrize("q", ["", "   ", "zzxxqq", "%", "\0", "a" * 500])
def test_without_suggestions_the_response_is_empty(
    client: Client, make_movie: Make, q: str
) -> None:
    make_movie("Solaris")
    answer = client.get("/movies/suggest/", {"q": q}, headers=HTMX)
    assert (answer.status_code, answer.content.strip()) == (200, b"")


def test_without_htmx_it_redirects_to_the_results(client: Client, db: None) -> None:
    answer = client.get("/movies/suggest/", {"q": "alien & co"})
    assert (answer.status_code, answer.url) == (302, "/movies/?q=alien+%26+co")


def test_titles_and_queries_are_escaped(client: Client, make_movie: Make) -> None:
    make_movie("<b>Bold</b> & brave")
    answer = client.get("/movies/suggest/", {"q": 'bold"><script>'}, headers=HTMX).content
    assert b"<b>" not in answer
    assert b"<script>" not in answer


def test_post_is_refused(client: Client, db: None) -> None:
    assert client.post("/movies/suggest/", {"q": "x"}).status_code in (403, 405)


def test_it_takes_few_queries(
    alices_client: Client, make_movie: Make, django_assert_max_num_queries: Callable
) -> None:
    for number in range(8):
        make_movie(f"Alien {number}")
    suggested(alices_client, "alien")
    with django_assert_max_num_queries(4):
        suggested(alices_client, "alien")


def test_the_header_suggests_except_on_result_pages(client: Client, make_movie: Make) -> None:
    movie = make_movie()
    asking = 'hx-get="/movies/suggest/"'
    assert asking in client.get(movie.get_absolute_url()).content.decode()
    browse = client.get("/movies/").content.decode()
    assert asking not in browse
    assert 'hx-replace-url="true"' in browse
    assert "hx-push-url" not in browse


def near(client: Client, query: str) -> list[str]:
    page = client.get(f"/movies/?{query}").content.decode()
    _, _, offered = page.partition("Did you mean")
    return NEAR.findall(offered)


def test_without_results_similar_titles_are_offered(client: Client, make_movie: Make) -> None:
    make_movie("The Godfather", 1972)
    make_movie("Casablanca", 1942)
    assert near(client, "q=gadferther") == ["The Godfather (1972)"]
    assert near(client, "q=zzxxqqvv") == []
    assert near(client, "q=%25%25") == []


def test_titles_excluded_by_filters_are_offered(
    alices_client: Client, alice: User, make_movie: Make
) -> None:
    movie = make_movie("Alien", 1979, "Horror")
    make_movie("Heat", 1995, "Crime")
    Rating.objects.rate(alice, movie, 4)
    assert near(alices_client, "q=alien&genre=crime") == ["Alien (1979)"]
    assert near(alices_client, "q=alien&mine=unrated") == ["Alien (1979)"]
    assert near(alices_client, "genre=crime&decade=1970") == []


def test_similar_titles_are_marked_as_such(client: Client, make_movie: Make) -> None:
    make_movie("The Godfather", 1972)
    said = "We couldn't find “godfahter”"
    assert said in client.get("/movies/?q=godfahter").content.decode()
    assert "These titles come close" not in client.get("/movies/?q=godfather").content.decode()


@pytest.fixture
def directors(make_movie: Make) -> None:
    for name, n in (("Quentin Tarantino", 2), ("Quentin Lawrence", 1)):
        person = Person.objects.create(name=name)
        for number in range(n):
            movie = make_movie(f"{name[-3:]} {number}")
            Credit.objects.create(movie=movie, person=person, role="director")
            Credit.objects.create(movie=movie, person=person, role="writer")


@pytest.mark.parametrize("q", ["quentin tar", "tarantino", "Tarant", "tarantino, quentin"])
def test_people_are_suggested(client: Client, directors: None, q: str) -> None:
    answer = client.get("/movies/suggest/", {"q": q}, headers=HTMX).content.decode()
    assert re.search(r"<a href=\"[^\"]+\">Quentin Tarantino\s+<span>2 movies</span>", answer)
    assert "Lawrence" not in answer


def test_people_are_not_suggested_for_a_letter_or_two(client: Client, directors: None) -> None:
    answer = client.get("/movies/suggest/", {"q": "qu"}, headers=HTMX).content.decode()
    assert "Quentin" not in answer


def test_result_pages_name_the_people_who_are_meant(client: Client, directors: None) -> None:
    page = client.get("/movies/?q=quentin").content.decode()
    assert page.index("Quentin Tarantino") < page.index("Quentin Lawrence")
    assert "Quentin" not in client.get("/movies/?q=lawrence+2").content.decode()
