"""Nobody sees another's ratings: every page and every answer of a group, looked through."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from movies.models import Mark, Movie, Rating
from recommender.groups import guests, membership
from recommender.models import Group, Guest, TrainingRun

PAGES = ("", "rate/", "rate/?page=2", "delete/")
SECRET = "A title that only one of them has rated"


@dataclass
class Evening:
    group: Group
    secrets: dict[str, set[int]]  # whose, and which movies they rated or put away
    clients: dict[str, Client]


@pytest.fixture
def evening(
    fitted: TrainingRun,
    even_fan: User,
    odd_fan: User,
    group: Group,
    alices_client: Client,
    bobs_client: Client,
    guest_client: Client,
    dora: Guest,
    two_tastes: list[Movie],
) -> Evening:
    """Alice, Bob and the guest Dora, each of whom has said something of movies of their own."""
    membership.join(group, odd_fan)
    guests.rate(dora, {two_tastes[n].pk: half for n, half in ((24, 10), (26, 9), (27, 1))})
    Mark.objects.add(even_fan, two_tastes[28], Mark.Kind.NOT_INTERESTED)
    Mark.objects.add(odd_fan, two_tastes[29], Mark.Kind.SEEN)
    secrets = {"alice": {two_tastes[28].pk}, "bob": {two_tastes[29].pk}}
    for user in (even_fan, odd_fan):
        secrets[user.username] |= set(Rating.objects.of(user).values_list("movie", flat=True))
    secrets["Dora"] = set(dora.ratings.values_list("movie", flat=True))
    # Titles and stars that are found nowhere else.
    for movie_id in set().union(*secrets.values()):
        Movie.objects.filter(pk=movie_id).update(title=f"{SECRET} {movie_id}!")
    clients = {"alice": alices_client, "bob": bobs_client, "Dora": guest_client}
    return Evening(group, secrets, clients)


def answers(evening: Evening, client: Client) -> Iterator[tuple[str, str]]:
    """Everything of Together that can be read with this client."""
    address = evening.group.get_absolute_url()
    for path in ["/together/", *(address + page for page in PAGES)]:
        yield path, client.get(path).content.decode()
    api = f"/api/v1/groups/{evening.group.pk}/"
    for path in ("/api/v1/groups/", api, f"{api}recommendations/", f"{api}recommendations/?n=24"):
        yield path, json.dumps(client.get(path).json())


@pytest.mark.parametrize("rule", Group.Rule.values)
def test_no_page_and_no_answer_names_what_another_rated(evening: Evening, rule: str) -> None:
    Group.objects.update(rule=rule)
    for name, client in evening.clients.items():
        others = set().union(*(ids for whose, ids in evening.secrets.items() if whose != name))
        found_own = False
        for path, text in answers(evening, client):
            if path.startswith(evening.group.get_absolute_url() + "rate") and name == "Dora":
                continue  # what guests are asked is the same for all of them: see below
            named = {int(number) for number in re.findall(rf"{SECRET} (\d+)!", text)}
            assert not named & others, (name, path)
            found_own = found_own or bool(named & evening.secrets[name])
        assert found_own or rule == "veto" or name == "Dora", "the search finds what is there"


def test_what_guests_are_asked_tells_nothing(
    evening: Evening, two_tastes: list[Movie], bob: User
) -> None:
    def asked() -> list[int]:
        path = evening.group.get_absolute_url() + "rate/"
        rows = evening.clients["Dora"].get(path).context["rows"]
        return [movie.pk for movie, *_ in rows]

    before = asked()
    for movie in two_tastes[:9]:
        Rating.objects.rate(bob, movie, 1)
    assert asked() == before
    page = evening.clients["Dora"].get(evening.group.get_absolute_url() + "rate/")
    checked = {movie.pk for movie, half, _ in page.context["rows"] if half}
    assert checked <= evening.secrets["Dora"]


def test_a_change_of_anothers_stars_is_not_to_be_read_off(evening: Evening, bob: User) -> None:
    """Alice watches the list while Bob makes all of his ratings half a star better.

    His numbers are told to the nearest half, so that hers is the only one with decimals to it.
    """
    path = f"/api/v1/groups/{evening.group.pk}/recommendations/?n=24"
    for rating in Rating.objects.of(bob).select_related("movie"):
        Rating.objects.rate(bob, rating.movie, min(rating.stars + 0.5, 5))
    for item in evening.clients["alice"].get(path).json()["results"]:
        assert set(item) == {"movie", "together", "tastes", "because_you_like", "loved_with"}
        assert all(set(taste) == {"member", "stars"} for taste in item["tastes"])
        assert all((2 * taste["stars"]).is_integer() for taste in item["tastes"])
        group_stars = sum(taste["stars"] for taste in item["tastes"]) / 3
        assert item["together"] == pytest.approx(group_stars), "nothing finer than what is told"


def test_the_reason_of_one_is_not_told_to_another(evening: Evening) -> None:
    address = evening.group.get_absolute_url()
    for name, client in evening.clients.items():
        for row in client.get(address).context["rows"]:
            for taste in row.member_stars:
                if taste.member.name != name:
                    assert taste.why in {"", "about average", "above average", "below average"}


def test_the_list_is_short_and_has_no_second_page(evening: Evening) -> None:
    """Whoever could read the whole order would see what is missing from it."""
    client, path = evening.clients["alice"], f"/api/v1/groups/{evening.group.pk}/recommendations/"
    assert client.get(path, {"n": 25}).status_code == 400
    assert len(client.get(path, {"n": 24}).json()["results"]) <= 24
    for more in ("page", "offset"):
        assert client.get(path, {"n": 24, more: 2}).status_code == 400


def test_no_address_of_mail_is_shown(evening: Evening) -> None:
    for name, client in evening.clients.items():
        for path, text in answers(evening, client):
            assert "@example.org" not in text, (name, path)


def test_strangers_see_no_member_but_who_invites(
    evening: Evening, client: Client, staff_client: Client
) -> None:
    for stranger in (client, staff_client):
        page = stranger.get(evening.group.get_absolute_url()).content.decode()
        assert "alice invites you" in page
        assert "bob" not in page
        assert "Dora" not in page
        assert SECRET not in page


def test_the_movie_page_tells_a_guest_nothing(evening: Evening, two_tastes: list[Movie]) -> None:
    page = evening.clients["Dora"].get(two_tastes[30].get_absolute_url(), follow=True)
    assert "we think you would give" not in page.content.decode()


def test_the_admin_shows_neither_invitation_nor_ratings(
    evening: Evening, staff_client: Client
) -> None:
    for path in ("", f"{evening.group.pk}/change/", f"{evening.group.pk}/delete/"):
        page = staff_client.get(f"/admin/recommender/group/{path}")
        assert page.status_code == 200
        assert "Friday evening" in page.content.decode()
        assert evening.group.token not in page.content.decode()
        assert SECRET not in page.content.decode()
    body = {"name": "Mine", "rule": "veto", "_save": "1"}
    changed = staff_client.post(f"/admin/recommender/group/{evening.group.pk}/change/", body)
    assert changed.status_code == 403
    assert staff_client.get("/admin/recommender/group/add/").status_code == 403
    deleted = staff_client.post(
        f"/admin/recommender/group/{evening.group.pk}/delete/", {"post": "yes"}
    )
    assert deleted.status_code == 302
    assert not Group.objects.exists()


def test_the_search_would_find_a_leak(evening: Evening, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the walk above sees a title when a page shows one."""
    from recommender.groups import recommend

    exclude_nothing: Callable[..., Any] = lambda model, ids: ids[:0].astype(int)  # noqa: E731
    monkeypatch.setattr(recommend.Model, "known_rows", exclude_nothing)
    text = "".join(text for _, text in answers(evening, evening.clients["alice"]))
    named = {int(number) for number in re.findall(rf"{SECRET} (\d+)!", text)}
    assert named & (evening.secrets["bob"] | evening.secrets["Dora"])
