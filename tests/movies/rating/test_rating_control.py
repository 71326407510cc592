"""Tests of the rating form as pages show it."""

import re
from collections.abc import Callable

from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation

from accounts.models import User
from movies.models import Movie, Rating
from movies.scales import on_scale
from movies.templatetags.stars import star_inputs

LABEL = re.compile(r'aria-label="([^"]*)"')


def inputs(half_stars: int | None = None) -> str:
    return render_to_string("movies/_star_inputs.html", star_inputs(half_stars))


def test_cached_inputs_follow_scale_and_language() -> None:
    for _ in range(2):  # the second time from the cache
        assert LABEL.findall(inputs())[:2] == ["half a star", "1 star"]
        with on_scale("10"):
            assert LABEL.findall(inputs())[:2] == ["1 of 10", "2 of 10"]
        with translation.override("de"):
            assert LABEL.findall(inputs())[1] == "1 Stern"


def test_the_own_rating_is_checked() -> None:
    assert "checked" not in inputs()
    assert re.findall(r'value="([\d.]+)" checked', inputs(7)) == ["3.5"]


def test_visitors_get_a_link_to_log_in(client: Client, make_movie: Callable[..., Movie]) -> None:
    page = client.get(make_movie("Alien", 1979).get_absolute_url()).content.decode()
    assert 'class="rating"' not in page
    assert re.search(r'href="/accounts/login/\?next=/movies/\d+-alien/"\s*>Log in to rate<', page)


def test_only_a_given_rating_can_be_removed(
    alices_client: Client, alice: User, make_movie: Callable[..., Movie]
) -> None:
    movie = make_movie("<Alien>")
    remove = re.compile(r'name="remove" value="1"( hidden)?')
    page = alices_client.get(movie.get_absolute_url()).content.decode()
    assert remove.search(page)[1]
    assert "<Alien>" not in page
    Rating.objects.rate(alice, movie, 4)
    assert not remove.search(alices_client.get(movie.get_absolute_url()).content.decode())[1]
