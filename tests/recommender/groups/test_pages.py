"""Pages of groups: what they show, and to whom."""

from collections.abc import Callable

from django.test import Client

from accounts.models import User
from movies.models import Mark, Movie, Rating
from recommender.groups import membership
from recommender.models import Group, TrainingRun
from tests.recommender.groups.conftest import names, url


def test_it_works(
    fitted: TrainingRun, even_fan: User, alices_client: Client, bobs_client: Client, odd_fan: User
) -> None:
    made = alices_client.post("/together/make/", {"name": "Friday", "rule": "least_misery"})
    group = Group.objects.get()
    assert made.url == url(group)
    assert (group.name, group.rule, group.owner) == ("Friday", "least_misery", even_fan)
    assert group.token in alices_client.get(made.url).content.decode()

    invitation = bobs_client.get(url(group))
    assert "alice invites you" in invitation.content.decode()
    assert names(group) == ["alice"], "looking at a link joins nobody"
    assert bobs_client.post(url(group, "join")).url == url(group)
    assert names(group) == ["alice", "bob"]
    page = bobs_client.get(url(group))
    assert len(page.context["rows"]) == 12
    assert [taste.member.name for taste in page.context["rows"][0].member_stars] == ["alice", "bob"]
    assert "alice" in page.content.decode()
    assert "Friday" in bobs_client.get("/together/").content.decode()


def test_pages_are_kept_by_nobody_and_found_by_no_search_engine(
    group: Group, client: Client, alices_client: Client
) -> None:
    for caller in (client, alices_client):
        answer = caller.get(url(group))
        assert "no-store" in answer["Cache-Control"]
        assert '<meta name="robots" content="noindex">' in answer.content.decode()
        assert answer["Referrer-Policy"] == "same-origin"


def test_without_a_model_and_without_movies_the_page_stands(
    group: Group, alices_client: Client, make_movie: Callable[..., Movie]
) -> None:
    assert "ruled out every movie" in alices_client.get(url(group)).content.decode()
    make_movie("Alien")
    page = alices_client.get(url(group)).content.decode()
    assert "Alien" in page
    assert "all-time favourites" in page


def test_a_group_where_everything_is_vetoed_says_so(
    fitted: TrainingRun,
    even_fan: User,
    odd_fan: User,
    group: Group,
    alices_client: Client,
    two_tastes: list[Movie],
) -> None:
    membership.join(group, odd_fan)
    for movie in two_tastes:
        Mark.objects.add(even_fan, movie, Mark.Kind.SEEN)
    Group.objects.update(rule="veto")
    assert "Try another rule" in alices_client.get(url(group)).content.decode()


def test_queries_do_not_grow_with_members(
    fitted: TrainingRun,
    even_fan: User,
    group: Group,
    alices_client: Client,
    guest_client: Client,
    make_user: Callable[..., User],
    two_tastes: list[Movie],
    django_assert_max_num_queries: Callable,
) -> None:
    alices_client.get(url(group))
    with django_assert_max_num_queries(14) as few:
        alices_client.get(url(group))
    for number in range(8):
        user = make_user(f"friend{number}")
        Rating.objects.rate(user, two_tastes[number + 20], 4)
        membership.join(group, user)
    with django_assert_max_num_queries(14) as many:
        assert len(alices_client.get(url(group)).context["members"]) == 10
    assert len(few) == len(many)


# --- Guests --------------------------------------------------------------------------------------
