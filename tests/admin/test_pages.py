"""Every admin page opens, can be searched, and makes few queries."""

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.models import Profile, User
from movies.lists import lifecycle
from movies.models import FactFetch, Genre, Mark, Movie, MovieList, Person, Rating
from recommender.models import Evaluation, TrainingRun
from tests.admin.movie_form import NO_ROWS

OURS = [
    *(User, Profile, Movie, Genre, Rating, Mark, MovieList, TrainingRun, Evaluation),
    *(Person, FactFetch),
]


def url_of(model: type, page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def names(client: Client, model: type, **query: str) -> list[str]:
    response = client.get(url_of(model, "changelist"), query)
    assert response.status_code == 200
    return [str(obj) for obj in response.context["cl"].result_list]


@pytest.fixture
def one_of_each(
    alice: User, make_movie: Callable[..., Movie], make_run: Callable[..., TrainingRun]
) -> dict[type, int]:
    movie = make_movie("Amélie", 2001, genres="Comedy")
    Rating.objects.rate(alice, movie, 4.5)
    Mark.objects.add(alice, movie, Mark.Kind.SEEN)
    lifecycle.create(alice, "Rainy Sundays", visibility="public")
    Profile.objects.create(user=alice)
    Person.objects.create(name="Audrey Tautou")
    FactFetch.objects.create(movie=movie, source="wikidata", problem="unknown")
    Evaluation.objects.create(run=make_run(), protocol="temporal", state="failed", reason="few")
    return {model: model._default_manager.latest("pk").pk for model in OURS}


@pytest.mark.parametrize("model", OURS)
def test_it_works(staff_client: Client, one_of_each: dict[type, int], model: type) -> None:
    pk = one_of_each[model]
    assert staff_client.get(url_of(model, "changelist")).status_code == 200
    assert staff_client.get(url_of(model, "change", pk)).status_code == 200
    assert staff_client.get(url_of(model, "history", pk)).status_code == 200
    if model in (Profile, MovieList, FactFetch):
        assert staff_client.get(url_of(model, "delete", pk)).status_code == 200
    elif model not in (TrainingRun, Evaluation):
        assert staff_client.get(url_of(model, "add")).status_code == 200
        assert staff_client.get(url_of(model, "delete", pk)).status_code == 200


@pytest.mark.parametrize("model", admin.site._registry)
@pytest.mark.parametrize("query", ["amelie", "x\x00y", "\ud800", "'%_", "9" * 400])
def test_any_search_is_answered(
    staff_client: Client, one_of_each: dict[type, int], model: type, query: str
) -> None:
    text = query.encode("utf-8", "surrogatepass")
    answer = staff_client.get(url_of(model, "changelist"), {"q": text}, follow=True)
    assert answer.status_code == 200


@pytest.mark.parametrize("model", OURS)
@pytest.mark.parametrize("pk", ["99999999999999999999", "-1", "abc", "a\x00b"])
def test_what_does_not_exist_sends_back(
    staff_client: Client, one_of_each: dict[type, int], model: type, pk: str
) -> None:
    assert staff_client.get(url_of(model, "change", pk)).status_code == 302


def test_movies_are_found_without_accents(
    staff_client: Client, make_movie: Callable[..., Movie]
) -> None:
    make_movie("Amélie", 2001, genres="Comedy", imdb_id="tt0211915")
    make_movie("Alien", 1979)
    for query in ("amelie", "AMÉLIE", "tt0211915"):
        assert names(staff_client, Movie, q=query) == ["Amélie (2001)"]
    assert names(staff_client, Movie, q="!!!") == []
    assert names(staff_client, Movie, decade="1970") == ["Alien (1979)"]
    assert len(names(staff_client, Movie, decade="x")) == 2


def test_people_come_first_and_raters_of_a_data_set_on_request(
    staff_client: Client, make_user: Callable[..., User]
) -> None:
    make_user("set:1", is_dataset_member=True, is_active=False)
    assert names(staff_client, User) == ["staff"]
    assert names(staff_client, User, who="dataset") == ["set:1"]
    assert names(staff_client, User, who="all") == ["set:1", "staff"]


def test_stars_are_chosen_and_shown_as_stars(
    staff_client: Client, alice: User, bob: User, make_movie: Callable[..., Movie]
) -> None:
    movie = make_movie()
    Rating.objects.rate(bob, movie, 1)
    body = {"user": alice.pk, "movie": movie.pk, "half_stars": "9"}
    assert staff_client.post(url_of(Rating, "add"), body).status_code == 302
    rating = Rating.objects.get(user=alice)
    assert rating.stars == 4.5
    assert "4.5 ★" in staff_client.get(url_of(Rating, "changelist")).content.decode()
    assert len(names(staff_client, Rating, half_stars="9")) == 1

    again = staff_client.post(url_of(Rating, "add"), body)
    assert again.status_code == 200
    assert "already exists" in again.content.decode()
    for wrong in ("0", "11", "4.5", "NaN", "", "9" * 400):
        refused = staff_client.post(url_of(Rating, "add"), body | {"half_stars": wrong})
        assert refused.status_code == 200
    changed = staff_client.post(
        url_of(Rating, "change", rating.pk), {"half_stars": "2", "user": bob.pk}
    )
    assert changed.status_code == 302
    rating.refresh_from_db()
    assert (rating.stars, rating.user) == (1.0, alice)
    movie.refresh_from_db()
    assert (movie.n_ratings, movie.half_star_sum) == (2, 4)


def test_a_rating_that_arrives_during_an_edit_is_counted(
    staff_client: Client,
    alice: User,
    make_movie: Callable[..., Movie],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    movie = make_movie()
    save = Movie.save

    def save_late(self: Movie, *args: object, **kwargs: object) -> None:
        Rating.objects.rate(alice, movie, 5)  # after the form has read the movie
        save(self, *args, **kwargs)

    monkeypatch.setattr(Movie, "save", save_late)
    body = {"title": "Alien 2", "year": "1979", "n_ratings": "77", "half_star_sum": "1", **NO_ROWS}
    assert staff_client.post(url_of(Movie, "change", movie.pk), body).status_code == 302
    movie.refresh_from_db()
    assert (movie.title, movie.n_ratings, movie.half_star_sum) == ("Alien 2", 1, 10)


def test_queries_do_not_grow_with_rows(
    staff_client: Client,
    make_user: Callable[..., User],
    make_movie: Callable[..., Movie],
    make_run: Callable[..., TrainingRun],
    queries: Callable,
) -> None:
    def add(first: int, last: int) -> None:
        for number in range(first, last):
            user = make_user(f"person{number}")
            movie = make_movie(f"Movie {number}", genres="Drama|Comedy|War")
            Rating.objects.rate(user, movie, 3)
            Mark.objects.add(user, movie, Mark.Kind.SEEN)
            make_run()

    pages = [url_of(model, "changelist") for model in OURS]
    add(0, 2)
    staff_client.get(pages[0])
    before = [queries(staff_client, page) for page in pages]
    add(2, 30)
    assert [queries(staff_client, page) for page in pages] == before
    assert max(before) <= 9


def test_schedules_and_groups_stay(staff_client: Client) -> None:
    index = staff_client.get(reverse("admin:index")).content.decode()
    assert "Scheduled work" in index
    assert admin.site.is_registered(Group)


@pytest.mark.parametrize(
    ("model", "field"),
    [(Rating, "movie"), (Rating, "user"), (Mark, "movie"), (Movie, "genres")],
)
def test_autocomplete_answers(
    staff_client: Client, one_of_each: dict[type, int], model: type, field: str
) -> None:
    meta = model._meta
    query = {"app_label": meta.app_label, "model_name": meta.model_name, "field_name": field}
    for term in ("a", "", "\x00", "\ud800".encode("utf-8", "surrogatepass")):
        answer = staff_client.get(reverse("admin:autocomplete"), query | {"term": term})
        assert answer.status_code == 200


def test_a_public_list_can_be_made_private(
    staff_client: Client, client: Client, one_of_each: dict[type, int]
) -> None:
    shown = MovieList.objects.get()
    page = staff_client.get(url_of(MovieList, "change", shown.pk))
    assert shown.key.encode() not in page.content
    body = {"action": "make_private", "_selected_action": shown.pk}
    answer = staff_client.post(url_of(MovieList, "changelist"), body, follow=True)
    assert b"1 list is now private." in answer.content
    assert client.get(shown.get_absolute_url()).status_code == 404
    assert MovieList.objects.get().name == "Rainy Sundays"
