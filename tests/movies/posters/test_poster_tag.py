"""The template tag that puts a poster on a page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.safestring import SafeString

from movies.models import Movie
from movies.posters import draw


@dataclass
class Film:
    title: str
    year: int | None
    genre_names: list[str]
    description: str = ""


def test_the_tag_draws_a_movie() -> None:
    film = Film("<Heat>", 1995, ["Crime"])
    page = Template("{% load posters %}{% poster film %}").render(Context({"film": film}))

    assert page == draw("<Heat>", 1995, ["Crime"])
    assert isinstance(page, SafeString)
    assert "&lt;HEAT&gt;" in page


def test_a_movie_looks_the_same_whatever_stands_beside_it(rf: RequestFactory) -> None:
    films = [Film(f"Film {number}", 1990, ["War"]) for number in range(8)]
    page = Template("{% load posters %}{% for f in films %}{% poster f %}{% endfor %}")
    wall = page.render(Context({"films": films, "request": rf.get("/")}))
    assert wall == "".join(draw(film.title, film.year, ["War"]) for film in films)


@pytest.mark.django_db
def test_posters_need_no_query_of_their_own(
    make_movie: Callable[..., Movie], django_assert_num_queries: Callable[..., Any]
) -> None:
    for number in range(5):
        make_movie(title=f"Film {number}")
    with django_assert_num_queries(1):
        Template("{% load posters %}{% for m in movies %}{% poster m %}{% endfor %}").render(
            Context({"movies": Movie.objects.for_cards()})
        )
