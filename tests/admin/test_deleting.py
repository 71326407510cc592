"""The delete pages count related rows instead of listing them."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from movies.models import Mark, Movie, Rating, RatingChanges
from recommender.models import MovieFactors, TrainingRun

MANY = 1200


@pytest.fixture
def crowded(make_movie: Callable[..., Movie], alice: User) -> Movie:
    """A movie with more ratings than anybody wants to see listed."""
    movie = make_movie("Crowded", genres="Drama")
    people = User.objects.bulk_create(User(username=f"p{number}") for number in range(MANY))
    Rating.objects.bulk_create(Rating(user=p, movie=movie, half_stars=8) for p in people)
    Mark.objects.add(alice, movie, Mark.Kind.SEEN)
    return movie


def test_it_works(staff_client: Client, crowded: Movie, make_run: Callable) -> None:
    blob = b"\0" * 4
    MovieFactors.objects.create(
        run=make_run(),
        movie=crowded,
        bias=0,
        vector=blob,
        implicit=blob,
        interest=blob,
        variance=blob,
        n_ratings=1,
    )
    url = reverse("admin:movies_movie_delete", args=[crowded.pk])
    page = staff_client.get(url).content.decode()
    assert "1,200 ratings" in page
    assert "1 mark" in page
    assert ">p77" not in page
    assert len(page) < 30_000, "not a line for each rating"
    assert Movie.objects.exists()

    changes = RatingChanges.total()
    assert staff_client.post(url, {"post": "yes"}).status_code == 302
    assert not Movie.objects.exists()
    assert not Rating.objects.exists()
    assert not MovieFactors.objects.exists()
    assert RatingChanges.total() - changes == MANY
    assert User.objects.count() > MANY


def test_the_bulk_action_counts_too(
    staff_client: Client, crowded: Movie, make_movie: Callable[..., Movie]
) -> None:
    other = make_movie("Other")
    chosen = {"action": "delete_selected", "_selected_action": [crowded.pk, other.pk]}
    url = reverse("admin:movies_movie_changelist")
    page = staff_client.post(url, chosen).content.decode()
    assert "Crowded" in page
    assert "Other" in page
    assert "Ratings: 1,200" in page
    assert ">p77" not in page
    assert Movie.objects.count() == 2
    assert staff_client.post(url, chosen | {"post": "yes"}).status_code == 302
    assert not Movie.objects.exists()
    assert not Rating.objects.exists()


def test_a_person_goes_with_their_ratings_and_the_counts_follow(
    staff_client: Client, alice: User, bob: User, make_movie: Callable[..., Movie]
) -> None:
    movies = [make_movie(f"Movie {number}") for number in range(3)]
    for movie in movies:
        Rating.objects.rate(alice, movie, 5)
        Rating.objects.rate(bob, movie, 1)
    url = reverse("admin:accounts_user_delete", args=[alice.pk])
    assert "3 ratings" in staff_client.get(url).content.decode()
    assert staff_client.post(url, {"post": "yes"}).status_code == 302
    assert {(m.n_ratings, m.half_star_sum) for m in Movie.objects.all()} == {(1, 2)}


def test_asking_costs_the_same_however_much_goes(
    staff_client: Client,
    crowded: Movie,
    make_movie: Callable[..., Movie],
    queries: Callable,
    alice: User,
    make_rating: Callable[..., Rating],
) -> None:
    small = make_movie("Small", genres="Drama")
    Rating.objects.rate(alice, small, 3)
    Mark.objects.add(alice, small, Mark.Kind.SEEN)
    few = queries(staff_client, reverse("admin:movies_movie_delete", args=[small.pk]))
    many = queries(staff_client, reverse("admin:movies_movie_delete", args=[crowded.pk]))
    assert few == many


def test_without_the_right_to_delete_ratings_a_movie_stays(
    helper_client: Callable[..., Client], crowded: Movie
) -> None:
    client = helper_client("view_movie", "delete_movie")
    url = reverse("admin:movies_movie_delete", args=[crowded.pk])
    page = client.get(url).content.decode()
    assert "permission" in page
    assert client.post(url, {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [crowded.pk], "post": "yes"}
    assert client.post(reverse("admin:movies_movie_changelist"), chosen).status_code == 403
    assert Movie.objects.exists()


def test_too_many_at_once_are_refused_with_words(
    staff_client: Client, make_movie: Callable[..., Movie]
) -> None:
    Movie.objects.bulk_create(Movie(title=f"Movie {n}", title_key=f"movie {n}") for n in range(501))
    chosen = {
        "action": "delete_selected",
        "select_across": "1",
        "_selected_action": [Movie.objects.first().pk],
    }
    answer = staff_client.post(reverse("admin:movies_movie_changelist"), chosen, follow=True)
    assert "You can delete up to 500 at a time." in answer.content.decode()
    assert Movie.objects.count() == 501


def test_runs_are_not_deleted_by_hand(
    staff_client: Client, make_run: Callable[..., TrainingRun]
) -> None:
    run = make_run()
    url = reverse("admin:recommender_trainingrun_delete", args=[run.pk])
    assert staff_client.post(url, {"post": "yes"}).status_code == 403
    assert TrainingRun.objects.exists()
