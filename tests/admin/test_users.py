"""Access to the admin, and what staff may change in accounts."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User


def change(user: User) -> str:
    return reverse("admin:accounts_user_change", args=[user.pk])


def fields(user: User, **changed: object) -> dict[str, object]:
    body: dict[str, object] = {"username": user.username, "email": user.email, "trains_model": "on"}
    if user.is_active:
        body["is_active"] = "on"
    return body | changed


def test_staff_log_in_where_everybody_does(client: Client, staff: User) -> None:
    answer = client.get("/admin/movies/movie/", follow=True)
    assert answer.request["PATH_INFO"] == "/accounts/login/"
    assert answer.request["QUERY_STRING"] == "next=%2Fadmin%2Fmovies%2Fmovie%2F"
    body = {"login": "staff", "password": "a good password 1"}
    entered = client.post("/accounts/login/?next=/admin/movies/movie/", body)
    assert (entered.status_code, entered["Location"]) == (302, "/admin/movies/movie/")


def test_wrong_passwords_are_limited_for_staff_too(client: Client, staff: User) -> None:
    cache.clear()
    for _ in range(12):
        client.post("/accounts/login/", {"login": "staff", "password": "wrong"})
    client.post("/accounts/login/", {"login": "staff", "password": "a good password 1"})
    assert client.get("/admin/").status_code == 302
    assert client.post(
        "/admin/login/", {"username": "staff", "password": "a good password 1"}
    ).status_code in {302, 403}
    assert client.get("/admin/").status_code == 302
    cache.clear()


@pytest.mark.parametrize("path", ["", "movies/rating/", "recommender/trainingrun/", "login/"])
def test_members_stay_out(alices_client: Client, path: str) -> None:
    answer = alices_client.get(f"/admin/{path}", follow=True)
    assert answer.status_code == 403


def test_a_new_account_may_have_an_address(staff_client: Client) -> None:
    body = {
        "username": "dora",
        "email": "dora@example.org",
        "usable_password": "true",
        "password1": "a good password 1",
        "password2": "a good password 1",
    }
    assert staff_client.post(reverse("admin:accounts_user_add"), body).status_code == 302
    dora = User.objects.get(username="dora")
    assert (dora.email, dora.is_staff) == ("dora@example.org", False)
    twice = staff_client.post(
        reverse("admin:accounts_user_add"),
        body | {"username": "dora2", "email": "DORA@example.org"},
    )
    assert twice.status_code == 200
    assert "already an account" in twice.content.decode()


def test_a_rater_of_a_data_set_never_wakes_up(
    staff_client: Client, make_user: Callable[..., User]
) -> None:
    rater = make_user("set:1", is_dataset_member=True, is_active=False, email="")
    sent = fields(rater, username="set1", is_active="on", is_staff="on", is_superuser="on")
    assert staff_client.post(change(rater), sent).status_code == 302
    rater.refresh_from_db()
    assert rater.username == "set1"
    assert (rater.is_active, rater.is_staff, rater.is_superuser) == (False, False, False)


def test_nobody_becomes_a_rater_of_a_data_set(staff_client: Client, alice: User) -> None:
    sent = fields(alice, is_dataset_member="on", trains_model="")
    assert staff_client.post(change(alice), sent).status_code == 302
    alice.refresh_from_db()
    assert (alice.is_dataset_member, alice.trains_model) == (False, False)


def test_a_helper_gives_nobody_powers(
    helper_client: Callable[..., Client], alice: User, staff: User
) -> None:
    client = helper_client("view_user", "change_user", "delete_user")
    helper = User.objects.get(username="helper")
    every = [str(pk) for pk in Permission.objects.values_list("pk", flat=True)]
    for person in (alice, helper):
        powers = {"is_staff": "on", "is_superuser": "on", "user_permissions": every}
        client.post(change(person), fields(person, **powers))
    alice.refresh_from_db()
    helper.refresh_from_db()
    assert (alice.is_staff, alice.is_superuser) == (False, False)
    assert not alice.user_permissions.exists()
    assert not helper.is_superuser
    assert helper.user_permissions.count() == 3

    body = {"password1": "another password 1", "password2": "another password 1"}
    url = reverse("admin:auth_user_password_change", args=[staff.pk])
    assert client.post(url, body).status_code == 403
    assert client.post(change(staff), fields(staff, username="mine")).status_code == 403
    delete = reverse("admin:accounts_user_delete", args=[staff.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    action = {"action": "delete_selected", "_selected_action": [staff.pk], "post": "yes"}
    assert client.post(reverse("admin:accounts_user_changelist"), action).status_code == 403
    staff.refresh_from_db()
    assert staff.username == "staff"
    assert staff.check_password("a good password 1")
