"""The catalogue manager's room: filters, genres, duplicates, retiring, adding by id."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from movies.catalogue_care.requests import ask
from movies.models import FactFetch, Genre, Movie, MovieMerge, MovieRequest, Rating
from tests.admin.movie_form import NO_ROWS

LIST = "/admin/movies/movie/"


def titles(client: Client, **query: str) -> list[str]:
    page = client.get(LIST, query)
    assert page.status_code == 200
    return [movie.title for movie in page.context["cl"].result_list]


def act(client: Client, action: str, movies: list[Movie], **more: object) -> str:
    chosen = [movie.pk for movie in movies]
    body = {"action": action, "_selected_action": chosen, **more}
    return client.post(LIST, body, follow=True).content.decode()


def test_filters_find_what_needs_care(
    staff_client: Client, make_movie: Callable[..., Movie], alice: User
) -> None:
    complete = make_movie("Complete", 1979, "Drama", description="All is known.")
    Rating.objects.rate(alice, complete, 4)
    make_movie("No year", None, "Drama", runtime=90)
    make_movie("No genre", 1980, runtime=90)
    make_movie("Twin", 1990, "Drama", runtime=90)
    make_movie("Twin", 1990, "Drama", runtime=91)
    make_movie("A", 1991, "Drama", runtime=90, imdb_id="tt0000001")
    make_movie("B", 1992, "Drama", runtime=90, imdb_id="tt0000001")
    make_movie("No facts", 1993, "Drama")
    assert titles(staff_client, care="year") == ["No year"]
    assert titles(staff_client, care="genre") == ["No genre"]
    assert titles(staff_client, care="facts") == ["No facts"]
    assert sorted(titles(staff_client, care="duplicates")) == ["A", "B", "Twin", "Twin"]
    assert "Complete" not in titles(staff_client, care="ratings")
    assert len(titles(staff_client, care="nonsense")) == 8


def test_posters_and_ratings_are_a_click_away(
    staff_client: Client, make_movie: Callable[..., Movie], alice: User, bob: User
) -> None:
    movie, other = make_movie(), make_movie("Other")
    for user in (alice, bob):
        Rating.objects.rate(user, movie, 4)
    Rating.objects.rate(bob, other, 1)
    page = staff_client.get(LIST).content.decode()
    assert f'src="/movies/{movie.pk}/poster.svg"' in page
    assert f'href="/admin/movies/rating/?movie={movie.pk}"' in page
    for query, n in ((f"movie={movie.pk}", 2), (f"user={bob.pk}", 2), ("movie=x", 0)):
        found = staff_client.get(f"/admin/movies/rating/?{query}").context["cl"]
        assert found.result_count == n, query


@pytest.mark.parametrize(
    ("mode", "after"),
    [
        ("add", ["Drama", "Horror", "War"]),
        ("remove", ["Drama"]),
        ("replace", ["Horror", "War"]),
    ],
)
def test_genres_of_many_movies_change(
    staff_client: Client, make_movie: Callable[..., Movie], mode: str, after: list[str]
) -> None:
    movies = [make_movie(f"Movie {n}", genres="Drama|War") for n in range(2)]
    untouched = make_movie("Other", genres="Comedy")
    chosen = [
        Genre.objects.get_or_create(name=name, defaults={"slug": name})[0].pk
        for name in ("War", "Horror")
    ]
    asked = act(staff_client, "edit_genres", movies)
    assert "Change genres" in asked
    assert [genre.name for genre in movies[0].genres.all()] == ["Drama", "War"]
    act(staff_client, "edit_genres", movies, genres_chosen="1", mode=mode, genres=chosen)
    for movie in movies:
        assert sorted(genre.name for genre in movie.genres.all()) == after
    assert [genre.name for genre in untouched.genres.all()] == ["Comedy"]


def test_movies_are_retired_and_brought_back(
    staff_client: Client, make_movie: Callable[..., Movie]
) -> None:
    movie = make_movie()
    assert "1 movie retired." in act(staff_client, "retire", [movie])
    assert titles(staff_client) == []
    assert titles(staff_client, retired="yes") == ["Alien"]
    assert staff_client.get(f"{LIST}{movie.pk}/change/").status_code == 200
    staff_client.post(f"{LIST}?retired=yes", {"action": "bring_back", "_selected_action": movie.pk})
    assert titles(staff_client) == ["Alien"]


def test_duplicates_are_found_merged_and_undone(
    staff_client: Client, make_movie: Callable[..., Movie], alice: User
) -> None:
    kept = make_movie("Solaris", 1972)
    double = make_movie("Solaris", 1973)
    Rating.objects.rate(alice, double, 4)
    page = staff_client.get(f"{LIST}duplicates/").content.decode()
    merging = f"{LIST}merge/{kept.pk}-{double.pk}/"
    assert f'href="{merging}"' in page
    assert "Solaris (1973)" in staff_client.get(merging).content.decode()
    assert staff_client.post(merging, {"survivor": "999"}).status_code == 200
    done = staff_client.post(merging, {"survivor": kept.pk}, follow=True).content.decode()
    assert "is part of Solaris (1972) now" in done
    assert Rating.objects.get().movie == kept
    staff_client.post(f"{LIST}merges/{MovieMerge.objects.get().pk}/undo/")
    assert Rating.objects.get().movie == double
    assert "Solaris (1973)" in staff_client.get(f"{LIST}duplicates/").content.decode()


def test_the_list_leads_to_merging(staff_client: Client, make_movie: Callable[..., Movie]) -> None:
    movies = [make_movie(f"Movie {n}") for n in range(2)]
    assert "Choose the movie that stays" in act(staff_client, "merge_selected", movies)
    assert "Choose from two" in act(staff_client, "merge_selected", movies[:1])


def test_a_movie_that_may_be_here_is_saved_on_second_thought(
    staff_client: Client, make_movie: Callable[..., Movie]
) -> None:
    first = make_movie("Solaris", 1972, imdb_id="tt0069293")
    for body in (
        {"title": "solaris", "year": "1972"},
        {"title": "Another", "year": "2002", "imdb_id": "tt0069293"},
    ):
        page = staff_client.post(f"{LIST}add/", body | NO_ROWS)
        assert f"(#{first.pk})" in page.content.decode()
        assert 'type="checkbox" name="save_anyway"' in page.content.decode()
        saved = staff_client.post(f"{LIST}add/", {**body, **NO_ROWS, "save_anyway": "on"})
        assert saved.status_code == 302
    assert Movie.objects.count() == 3
    body = {"title": "Solaris", "year": "1972", "imdb_id": "tt0069293", "runtime": "167"}
    assert staff_client.post(f"{LIST}{first.pk}/change/", body | NO_ROWS).status_code == 302


def test_a_movie_is_added_by_its_id(staff_client: Client, settings: object) -> None:
    url = reverse("admin:movies_movie_add_by_id")
    link = "https://www.imdb.com/title/tt0079944/"
    settings.TMDB_KEY = ""
    settings.WIKIDATA_FACTS = False
    assert "Enter title and year" in staff_client.post(url, {"address": link}).content.decode()
    assert "no IMDb or TMDB id" in staff_client.post(url, {"address": "x"}).content.decode()
    settings.TMDB_KEY = "key"
    assert staff_client.post(url, {"address": link}).status_code == 302
    movie = Movie.objects.get()
    assert (movie.imdb_id, movie.title) == ("tt0079944", "tt0079944")
    assert [one.source for one in FactFetch.objects.filter(movie=movie)] == ["tmdb"]
    again = staff_client.post(url, {"address": link})
    assert "may be here already" in again.content.decode()
    staff_client.post(url, {"address": link, "save_anyway": "on"})
    assert Movie.objects.count() == 2


def test_a_request_is_answered_in_two_clicks(staff_client: Client, alice: User) -> None:
    request = ask(alice, "Stalker", 1979, "https://www.imdb.com/title/tt0079944/").request
    add = f"/admin/movies/movie/add-by-id/?request={request.pk}"
    assert f'href="{add}"' in staff_client.get("/admin/movies/movierequest/").content.decode()
    form = staff_client.get(add).context["form"]
    staff_client.post(add, {name: value or "" for name, value in form.initial.items()})
    request.refresh_from_db()
    assert request.state == "added"
    assert (request.movie.title, request.movie.imdb_id) == ("Stalker", "tt0079944")
    assert staff_client.get(add).status_code == 404


def test_a_request_is_answered_with_a_movie_that_is_here(
    staff_client: Client, alice: User, make_movie: Callable[..., Movie]
) -> None:
    request = ask(alice, "Stalker", 1979).request
    movie = make_movie("Stalker", 1979)
    add = f"/admin/movies/movie/add-by-id/?request={request.pk}"
    assert "It’s this one" in staff_client.get(add).content.decode()
    staff_client.post(add, {"existing": movie.pk})
    request.refresh_from_db()
    assert (request.state, request.movie) == ("added", movie)


def test_a_request_is_declined_with_a_reason(staff_client: Client, alice: User) -> None:
    request = ask(alice, "My holidays").request
    body = {"action": "decline", "_selected_action": request.pk}
    url = "/admin/movies/movierequest/"
    assert "Reason" in staff_client.post(url, body).content.decode()
    assert (
        "This field is required" in staff_client.post(url, {**body, "reason": ""}).content.decode()
    )
    staff_client.post(url, {**body, "reason": "No home movies."})
    request.refresh_from_db()
    assert (request.state, request.reason) == ("declined", "No home movies.")


@pytest.mark.parametrize("path", ["duplicates/", "add-by-id/", "merge/1-2/", "merges/1/undo/"])
def test_a_helper_without_the_permission_stays_out(
    helper_client: Callable[..., Client], make_movie: Callable[..., Movie], path: str
) -> None:
    client = helper_client("view_movie")
    send = client.post if "undo" in path else client.get
    assert send(LIST + path).status_code == 403
    assert MovieRequest.objects.count() == 0
