"""The page about this site, and the sources of data it names."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from movies.imports.sources import DEMO
from movies.models import ImportedDataSet, Movie

MOVIELENS = "GroupLens Research"


@pytest.fixture
def heat(make_movie: Callable[..., Movie]) -> Movie:
    return make_movie("Heat", 1995)


def about(client: Client) -> str:
    answer = client.get("/about/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_works(client: Client, db: None) -> None:
    page = about(client)
    for path in ("/how-it-works/", "/accuracy/", "/about/data/"):
        assert f'href="{path}"' in page.partition("<main")[2].partition("</main>")[0]
    assert 'href="/about/"' in client.get("/how-it-works/").content.decode()


def test_a_site_with_its_own_ratings_alone_names_no_other_source(
    client: Client, alice: User, db: None
) -> None:
    page = about(client)
    assert MOVIELENS not in page
    assert "TMDB" not in page


def test_movielens_is_credited_where_it_was_imported(client: Client, heat: Movie) -> None:
    ImportedDataSet.objects.create(name="ml-latest-small", fingerprint="f")
    page = about(client)
    assert MOVIELENS in page
    assert "non-commercial" in page
    elsewhere = client.get(heat.get_absolute_url()).content.decode()
    assert "MovieLens" not in elsewhere


def test_also_if_only_its_raters_tell(client: Client, db: None) -> None:
    User.objects.create(username="ml-100k:17", is_dataset_member=True, is_active=False)
    assert MOVIELENS in about(client)


@pytest.mark.parametrize(("name", "said"), [(DEMO, "random generator"), ("club", "run this site")])
def test_other_data_sets_are_not_called_movielens(
    client: Client, db: None, name: str, said: str
) -> None:
    ImportedDataSet.objects.create(name=name, fingerprint="f")
    page = about(client)
    assert said in page
    assert MOVIELENS not in page


def test_tmdb_is_credited_where_it_is_used(client: Client, db: None, settings: Any) -> None:
    settings.TMDB_KEY = "key"
    assert "not endorsed or certified by TMDB" in about(client)
