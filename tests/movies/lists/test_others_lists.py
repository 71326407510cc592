"""What other users see of a list, and copying it."""

import pytest
from django.test import Client

from accounts.models import Profile, User
from movies.lists import lifecycle
from movies.models import Mark, Movie, MovieList, Rating
from tests.movies.lists.reading import text_of, titles


@pytest.fixture
def public(alices_list: MovieList, alice: User, movies: list[Movie]) -> MovieList:
    lifecycle.change(alices_list, visibility="public")
    Rating.objects.rate(alice, movies[0], 4.5)
    Mark.objects.add(alice, movies[1], "not_interested")
    return alices_list


def test_the_stars_on_a_list_are_the_viewers(
    bobs_client: Client, bob: User, public: MovieList, movies: list[Movie]
) -> None:
    Rating.objects.rate(bob, movies[2], 2)
    page = text_of(bobs_client.get(public.get_absolute_url()))
    assert "★ 2" in page
    assert "4½" not in page.split('id="rate-here"')[0]
    assert '<span class="put-away">' not in page


def test_the_owners_stars_show_if_the_profile_says_so(
    client: Client, bobs_client: Client, alice: User, public: MovieList
) -> None:
    profile = Profile.objects.create(user=alice, shows_ratings=True, level="members")
    url = public.get_absolute_url()
    assert "alice gave 4.5 stars" in text_of(bobs_client.get(url))
    assert "alice gave" not in text_of(client.get(url))
    profile.level = "private"
    profile.save()
    assert "alice gave" not in text_of(bobs_client.get(url))


def test_a_copy_is_private_and_without_notes_of_others(
    bobs_client: Client, bob: User, public: MovieList
) -> None:
    public.entries.update(note="mine alone")
    answer = bobs_client.post(f"/lists/{public.pk}/copy/", follow=True)
    assert answer.status_code == 200
    made = MovieList.objects.get(owner=bob)
    assert (made.name, made.visibility) == ("Copy of Rainy Sundays", "private")
    assert titles(made) == titles(public)
    assert not made.entries.exclude(note="").exists()


def test_copying_a_list_shared_by_link_takes_its_key(
    bobs_client: Client, bob: User, public: MovieList
) -> None:
    lifecycle.change(public, visibility="link")
    url = f"/lists/{public.pk}/copy/"
    assert bobs_client.post(url).status_code == 404
    assert bobs_client.post(url, {"key": "wrong"}).status_code == 404
    bobs_client.post(url, {"key": public.key})
    assert MovieList.objects.of(bob).count() == 1
