"""Groups for API clients: theirs, and nobody else's."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Movie, Rating
from recommender.groups import membership
from recommender.models import Group, TrainingRun
from tests.api.conftest import API
from tests.api.problems import wrong

URL = f"{API}/groups/"
JSON = "application/json"


def post(client: Client, path: str, body: Any = None) -> Any:
    return client.post(f"{URL}{path}", body or {}, content_type=JSON)


def test_it_works(
    fitted: TrainingRun,
    even_fan: User,
    bob: User,
    alices_client: Client,
    bobs_client: Client,
    two_tastes: list[Movie],
) -> None:
    made = post(alices_client, "", {"name": "Friday", "rule": "veto"})
    assert made.status_code == 201
    group = made.json()
    assert (group["name"], group["rule"]) == ("Friday", "veto")
    token = group["link"].rstrip("/").split("/")[-1]

    joined = post(bobs_client, "join/", {"token": token})
    assert joined.status_code == 200
    assert [(m["name"], m["is_you"], m["is_owner"]) for m in joined.json()["members"]] == [
        ("alice", False, True),
        ("bob", True, False),
    ]
    assert post(bobs_client, "join/", {"token": token}).status_code == 200
    assert [g["id"] for g in bobs_client.get(URL).json()["results"]] == [group["id"]]

    answer = bobs_client.get(f"{URL}{group['id']}/recommendations/?n=5").json()
    assert (answer["run"], answer["source"], answer["rule"]) == (fitted.pk, "personal", "veto")
    assert len(answer["results"]) == 5
    rated = set(Rating.objects.of(even_fan).values_list("movie", flat=True))
    assert not rated & {item["movie"]["id"] for item in answer["results"]}
    for item in answer["results"]:
        assert [taste["member"] for taste in item["tastes"]] == [
            member["id"] for member in joined.json()["members"]
        ]
        assert item["because_you_like"] is item["loved_with"] is None, "bob has rated nothing"
        assert item["movie"]["my_rating"] is None

    mine = alices_client.get(f"{URL}{group['id']}/recommendations/").json()["results"]
    reasons = [item[kind] for item in mine for kind in ("because_you_like", "loved_with")]
    liked = {movie["id"] for movie in reasons if movie}
    assert liked
    assert liked <= rated

    left = post(bobs_client, f"{group['id']}/leave/")
    assert left.status_code == 204
    assert bobs_client.get(f"{URL}{group['id']}/").status_code == 404


def test_pages_and_api_give_the_same_list(
    fitted: TrainingRun, even_fan: User, alices_client: Client
) -> None:
    group = membership.create(even_fan, "Friday")
    answer = alices_client.get(f"{URL}{group.pk}/recommendations/").json()
    rows = alices_client.get(group.get_absolute_url()).context["rows"]
    assert [item["movie"]["id"] for item in answer["results"]] == [row.movie.pk for row in rows]
    assert [item["together"] for item in answer["results"]] == [row.group_stars for row in rows]


@pytest.mark.parametrize(
    "body",
    [{}, {"name": ""}, {"name": " \u200b"}, {"name": "x" * 61}, {"name": 5.0, "rule": "x"},
     {"name": None}, {"name": []}, {"name": "X", "rule": "x"}, [], "x"],
)  # fmt: skip
def test_what_is_no_group_is_refused(alices_client: Client, body: Any) -> None:
    assert alices_client.post(URL, body, content_type=JSON).status_code == 400
    assert not Group.objects.exists()


def test_only_name_and_rule_can_be_said(alices_client: Client, bob: User, alice: User) -> None:
    body = {
        "name": "X",
        "owner": bob.pk,
        "token": "guessed",
        "id": 99,
        "invites_until": "2099-01-01",
    }
    unknown = dict.fromkeys(body.keys() - {"name"}, "unknown_field")
    assert wrong(post(alices_client, "", body)) == unknown
    assert not Group.objects.exists()
    group = Group.objects.get(pk=post(alices_client, "", {"name": "X"}).json()["id"])
    refused = alices_client.patch(f"{URL}{group.pk}/", {**body, "name": "Y"}, content_type=JSON)
    assert wrong(refused) == unknown
    group.refresh_from_db()
    assert (group.name, group.token == "guessed") == ("X", False)
    assert (group.owner, group.rule) == (alice, "average")


@pytest.mark.parametrize("token", ["", "x" * 22, "x" * 500, "\x00", "a b", None, 5])
def test_a_token_that_leads_nowhere(bobs_client: Client, token: Any) -> None:
    assert post(bobs_client, "join/", {"token": token}).status_code in {400, 404}


def test_an_ended_invitation_is_refused_and_hidden(
    alice: User, alices_client: Client, bobs_client: Client
) -> None:
    group = membership.create(alice, "Friday")
    assert alices_client.delete(f"{URL}{group.pk}/invitation/").status_code == 204
    assert alices_client.get(f"{URL}{group.pk}/").json()["link"] is None
    refused = post(bobs_client, "join/", {"token": group.token})
    assert refused.status_code == 400
    assert "has ended" in refused.json()["detail"]
    again = post(alices_client, f"{group.pk}/invitation/").json()
    assert group.token not in again["link"]
    token = again["link"].rstrip("/").split("/")[-1]
    assert post(bobs_client, "join/", {"token": token}).status_code == 200


def test_members_may_not_do_what_is_the_owners(
    alice: User, bob: User, bobs_client: Client, alices_client: Client
) -> None:
    group = membership.create(alice, "Friday")
    membership.join(group, bob)
    own = group.members.get(user=alice)
    path = f"{URL}{group.pk}/"
    assert bobs_client.patch(path, {"name": "X"}, content_type=JSON).status_code == 404
    assert bobs_client.delete(path).status_code == 404
    assert bobs_client.post(f"{path}invitation/").status_code == 404
    assert bobs_client.delete(f"{path}invitation/").status_code == 404
    assert bobs_client.delete(f"{path}members/{own.pk}/").status_code == 404
    # Nor does the owner remove themselves, or anybody from a group that is not theirs.
    assert alices_client.delete(f"{path}members/{own.pk}/").status_code == 400
    assert alices_client.post(f"{path}leave/").status_code == 400
    bobs_own = membership.create(bob, "Bob's").members.get()
    assert alices_client.delete(f"{path}members/{bobs_own.pk}/").status_code == 404
    assert group.members.count() == 2
    assert alices_client.delete(f"{path}members/{group.members.last().pk}/").status_code == 204
    assert group.members.count() == 1


def test_queries_do_not_grow_with_members(
    fitted: TrainingRun,
    even_fan: User,
    alices_client: Client,
    make_user: Callable[..., User],
    queries: Callable[[Client, str], int],
    two_tastes: list[Movie],
) -> None:
    group = membership.create(even_fan, "Friday")
    membership.join(group, make_user("friend"))
    paths = [URL, f"{URL}{group.pk}/", f"{URL}{group.pk}/recommendations/"]
    few = [queries(alices_client, path) for path in paths]
    few = [queries(alices_client, path) for path in paths]
    for number in range(6):
        user = make_user(f"friend{number}")
        Rating.objects.rate(user, two_tastes[20 + number], 4)
        membership.join(group, user)
        membership.create(even_fan, f"Group {number}")
    assert [queries(alices_client, path) for path in paths] == few
