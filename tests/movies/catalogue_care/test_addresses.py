"""Where a merged or retired movie is, and where it is not."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from movies.catalogue_care.merging import merge, undo
from movies.imports.catalogue_file.changes import plan_changes
from movies.imports.catalogue_file.reader import read_catalogue_file
from movies.models import Mark, Movie, Rating, Viewing
from movies.my_imports.matching import Matcher, Wanted
from tests.movies.catalogue_care.conftest import LONG_AGO

Pair = tuple[Movie, Movie]


def test_the_old_page_leads_to_the_surviving_movie(pair: Pair, client: Client) -> None:
    kept, double = pair
    old = double.get_absolute_url()
    done = merge(kept.pk, double.pk)
    for path in (old, reverse("movies:short", args=[double.pk])):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (301, kept.get_absolute_url())
    undo(done.pk)
    assert client.get(old).status_code == 200


def test_the_api_leads_there_too(pair: Pair, alices_client: Client, alice: User) -> None:
    kept, double = pair
    merge(kept.pk, double.pk)
    path = f"/api/v1/movies/{double.pk}/"
    answer = alices_client.get(path)
    assert (answer.status_code, answer["Location"]) == (308, f"/api/v1/movies/{kept.pk}/")
    followed = alices_client.put(
        f"{path}rating/", {"stars": 4}, content_type="application/json", follow=True
    )
    assert followed.status_code == 201
    assert Rating.objects.get(user=alice).movie == kept


def test_a_movie_that_never_was_is_still_not_found(client: Client, pair: Pair) -> None:
    assert client.get("/movies/999999-nothing/").status_code == 404
    assert client.get("/api/v1/movies/999999/").status_code == 404


def test_a_retired_movie_is_nowhere_but_with_those_who_know_it(
    pair: Pair, alices_client: Client, bobs_client: Client, alice: User
) -> None:
    _kept, retired = pair
    Rating.objects.rate(alice, retired, 4, rated_at=LONG_AGO)
    Viewing.objects.log(alice, retired)
    Movie.objects.filter(pk=retired.pk).retire()
    for path in ("/movies/", "/movies/?q=solaris", "/api/v1/movies/"):
        assert "Solaris" not in bobs_client.get(path).content.decode()
    page = retired.get_absolute_url()
    assert bobs_client.get(page).status_code == 404
    assert alices_client.get(page).status_code == 200
    for path in ("/me/ratings/", "/me/diary/", "/me/watched/"):
        assert "Solaris" in alices_client.get(path).content.decode(), path
    Movie.everything.filter(pk=retired.pk).bring_back()
    assert bobs_client.get(page).status_code == 200
    assert "Solaris" in bobs_client.get("/movies/?q=solaris").content.decode()


def test_a_retired_movie_cannot_be_rated_anew(pair: Pair, bobs_client: Client, bob: User) -> None:
    _kept, retired = pair
    Movie.objects.filter(pk=retired.pk).retire()
    bobs_client.post(f"/movies/{retired.pk}/rate/", {"stars": "4"})
    bobs_client.post(f"/movies/{retired.pk}/mark/", {"kind": "watchlist", "on": "1"})
    assert not Rating.objects.exists()
    assert not Mark.objects.exists()


@pytest.mark.parametrize("wanted", [{"movielens_id": 2069}, {"title": "Solaris", "year": 1972}])
def test_a_members_import_finds_the_surviving_movie(pair: Pair, wanted: dict) -> None:
    kept, double = pair
    Movie.objects.filter(pk=kept.pk).update(movielens_id=5)
    merge(kept.pk, double.pk)
    assert Matcher().find(Wanted(**{"title": "", "year": None, **wanted})).movie_id == kept.pk


def test_a_catalogue_file_finds_the_surviving_movie(pair: Pair) -> None:
    kept, double = pair
    Movie.objects.filter(pk=kept.pk).update(movielens_id=5)
    merge(kept.pk, double.pk)
    file = read_catalogue_file("f.csv", b"title,year,movieId,runtime\nSolaris,1972,2069,90\n")
    plan = plan_changes(file, overwrite=True)
    assert [one.movie for one in plan.changed] == [kept]
