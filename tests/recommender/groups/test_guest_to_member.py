"""A guest who signs up keeps ratings and memberships, or deletes them."""

from collections.abc import Callable

from django.test import Client

from accounts.models import User
from movies.models import Movie, Rating
from recommender.groups import membership
from recommender.models import Group, Guest, GuestRating
from tests.recommender.groups.conftest import names, url


def test_a_guest_who_signs_up_keeps_ratings_and_places(
    group: Group, guest_client: Client, dora: Guest, make_movie: Callable[..., Movie]
) -> None:
    movies = [make_movie(f"Movie {n}") for n in range(3)]
    guest_client.post(url(group, "rate"), {f"stars-{movie.pk}": "3.5" for movie in movies})
    sign_up = {"username": "dora", "email": "dora@example.org", "password1": "mauve-teapot-77"}
    assert guest_client.post("/accounts/signup/?next=/together/", sign_up).url == "/together/"
    assert not Rating.objects.exists(), "nothing moves unasked"
    assert "Keep them" in guest_client.get("/together/").content.decode()

    user = User.objects.get(username="dora")
    Rating.objects.rate(user, movies[0], 1)
    page = guest_client.post("/together/guest/keep/", follow=True)
    assert "2 ratings added to your account" in page.content.decode()
    assert dict(Rating.objects.of(user).values_list("movie", "half_stars")) == {
        movies[0].pk: 2, movies[1].pk: 7, movies[2].pk: 7,
    }  # fmt: skip
    assert Movie.objects.get(pk=movies[1].pk).n_ratings == 1
    assert not Guest.objects.exists()
    assert [(m.name, m.is_guest) for m in group.members.present()][1] == ("dora", False)
    assert guest_client.get(url(group)).context["you"].user == user


def test_keeping_what_a_member_of_the_group_rated_as_a_guest(
    group: Group, guest_client: Client, dora: Guest, bob: User, make_movie: Callable[..., Movie]
) -> None:
    guest_client.post(url(group, "rate"), {f"stars-{make_movie().pk}": "4"})
    membership.join(group, bob)
    login = {"login": "bob", "password": "a good password 1"}
    assert guest_client.post("/accounts/login/", login).status_code == 302
    guest_client.post("/together/guest/keep/")
    assert names(group) == ["alice", "bob"]
    assert Rating.objects.of(bob).count() == 1


def test_what_a_guest_rated_can_be_deleted_at_once(
    group: Group, guest_client: Client, rated_by_dora: Guest
) -> None:
    guest_client.post("/together/guest/forget/")
    assert not Guest.objects.exists()
    assert not GuestRating.objects.exists()
    assert names(group) == ["alice"]


def test_nobody_keeps_anothers_guest(
    group: Group, guest_client: Client, rated_by_dora: Guest, bobs_client: Client, client: Client
) -> None:
    bobs_client.post("/together/guest/keep/")
    bobs_client.post("/together/guest/forget/")
    client.post("/together/guest/keep/")
    client.post("/together/guest/forget/")
    assert rated_by_dora.ratings.count() == 3
    assert not Rating.objects.filter(user__username="bob").exists()
