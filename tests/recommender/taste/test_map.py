"""The map: axes, genres, labels."""

import re

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Genre, Movie
from recommender.models import TrainingRun
from recommender.serving import model_cache
from recommender.taste.map_plot import map_plot
from recommender.taste.report import taste_report
from recommender.training import refit
from tests.recommender.taste.conftest import PAGE, page_of

HTMX = {"HX-Request": "true"}


def chosen(content: str) -> list[str]:
    """The axes that the form says are shown."""
    return re.findall(r'<option value="(\d+)" selected>', content)


def test_axes_and_genre_are_chosen_by_the_query_string(
    fitted: TrainingRun, even_fan: User, alices_client: Client, two_tastes: list[Movie]
) -> None:
    western = Genre.objects.create(name="Western", slug="western")
    western.movies.add(*two_tastes[:3])
    content = page_of(alices_client, f"{PAGE}?x=3&y=1&genre=western")
    assert chosen(content) == ["3", "1"]
    dimmed = re.findall(r'<g class="\w+ dim">(.*?)</g>', content)
    assert "".join(dimmed).count("<circle") == 37
    # The same in words comes when it is asked for.
    assert content.count("data-point=") == 0
    table = page_of(alices_client, f"{PAGE}?x=3&y=1&genre=western&table=1")
    assert table.count("data-point=") == 3


@pytest.mark.parametrize(
    "query", ["x=9&y=0", "x=-1", "x=%C2%B2&y=1e9", "genre=%00", "genre=nothing", "x=1&y=1"]
)
def test_invalid_parameters_show_the_first_two_axes(
    query: str, fitted: TrainingRun, even_fan: User, alices_client: Client
) -> None:
    content = page_of(alices_client, f"{PAGE}?{query}")
    assert chosen(content) == ["1", "2"]
    assert " dim" not in content


def test_htmx_gets_the_map_alone(
    fitted: TrainingRun, even_fan: User, alices_client: Client
) -> None:
    content = page_of(alices_client, f"{PAGE}?x=2&y=3", headers=HTMX)
    assert content.lstrip().startswith('<div id="taste-map">')
    assert content.count("<circle id=") == 40
    assert "<h1>" not in content


def test_rated_movies_are_on_the_map_beside_the_best_known(
    fitted: TrainingRun, even_fan: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommender.taste.map_builder.N_MOVIES", 20)
    refit.refit(seed=8, force=True)
    model_cache.forget_model()
    report = taste_report(even_fan)
    assert len(report.movie_map.movie_ids) == 20
    drawn = map_plot(
        report.movie_map, report.movies, report.standing, extra_movies=report.extra_movies
    )
    rated = set(report.movies.ratings.movie_ids.tolist())
    assert rated <= {point.movie.pk for point in drawn.points}
    assert len(report.extra_movies[0]) > 0
