"""Operators start, cancel and choose refits through the API."""

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from accounts.models import User, create_token
from cfsite.lib.queue.worker_claims import this_process
from cfsite.operations import heartbeats
from movies.models import ImportRun
from recommender.models import TrainingRun
from recommender.training import refit
from tests.api.conftest import API
from tests.api.problems import code

URL = f"{API}/operator/refits/"
JSON = "application/json"


@pytest.fixture
def worker(db: None) -> None:
    heartbeats.beat(heartbeats.needed())


def test_it_works(staff_client: Client, worker: None) -> None:
    answer = staff_client.post(URL, {}, content_type=JSON)
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    assert staff_client.get(answer["Location"]).json() == answer.json()
    again = staff_client.post(URL, {"force": True}, content_type=JSON)
    assert again.json()["id"] == answer.json()["id"], "one waits at most"
    cancelled = staff_client.post(f"{answer['Location']}cancel/")
    assert cancelled.json()["state"] == "cancelled"
    assert LogEntry.objects.count() == 3
    late = staff_client.post(f"{answer['Location']}cancel/")
    assert (late.status_code, code(late)) == (409, "not_possible")


def test_without_a_worker_none_starts(staff_client: Client, db: None) -> None:
    answer = staff_client.post(URL, {}, content_type=JSON)
    assert (answer.status_code, code(answer)) == (409, "no_worker")
    assert not TrainingRun.objects.exists()


def test_a_running_one_is_shown_and_lets_none_start(staff_client: Client, worker: None) -> None:
    run = TrainingRun.objects.create(phase="storing")
    assert code(staff_client.post(URL, {}, content_type=JSON)) == "already_running"
    assert staff_client.get(f"{URL}{run.pk}/").json()["state"] == "running"


def test_going_back_holds_until_unpinned(staff_client: Client, fitted: TrainingRun) -> None:
    second = refit.refit(seed=8)
    answer = staff_client.post(f"{URL}rollback/").json()
    assert (answer["id"], answer["is_live"]) == (fitted.pk, True)
    assert TrainingRun.objects.active_id() == fitted.pk
    answer = staff_client.post(f"{URL}unpin/").json()
    assert answer == {"is_paused": False, "pinned_run": None, "live_run": second.pk}
    assert staff_client.post(f"{URL}{fitted.pk}/serve/").json()["is_live"]
    assert staff_client.post(f"{URL}pause/").json() == {
        "is_paused": True,
        "pinned_run": fitted.pk,
        "live_run": fitted.pk,
    }
    assert not staff_client.post(f"{URL}resume/").json()["is_paused"]
    assert code(staff_client.post(f"{URL}{fitted.pk}/publish/")) == "not_possible"


def test_staff_need_the_right(
    client: Client, alice: User, staff: User, fitted: TrainingRun
) -> None:
    number = itertools.count()

    def status(user: User, scope: str, method: str) -> int:
        _token, secret = create_token(user, f"{scope} {next(number)}", scope)
        headers = {"Authorization": f"Bearer {secret}"}
        url = f"{URL}pause/" if method == "post" else URL
        return getattr(client, method)(url, headers=headers).status_code

    assert status(alice, "write", "get") == 403
    alice.is_staff = True
    alice.save()
    assert status(alice, "write", "get") == 403
    alice.user_permissions.add(Permission.objects.get(codename="view_trainingrun"))
    assert status(alice, "write", "get") == 200
    assert status(alice, "write", "post") == 403
    assert status(staff, "read", "post") == 403
    assert status(staff, "write", "post") == 200


def test_the_state_of_the_site(staff_client: Client, worker: None, fitted: TrainingRun) -> None:
    answer: dict[str, Any] = staff_client.get(f"{API}/operator/state/").json()
    assert answer["live_run"] == fitted.pk
    assert answer["model_age"] >= 0
    assert {one["name"] for one in answer["processes"]} == set(heartbeats.needed())
    assert all(one["is_alive"] for one in answer["processes"])
    assert answer["queue"] == {"refits": 0, "imports": 0, "exports": 0, "mails": 0}
    assert answer["disk"]["free"] > 0
    assert answer["running_import"] is None


def test_the_state_of_a_running_import(staff_client: Client, db: None) -> None:
    ImportRun.objects.create(
        data_set="ml-25m",
        phase="ratings",
        done=50,
        total=100,
        rows=12_345,
        rejected=3,
        started_at=timezone.now() - timedelta(minutes=11),
        worker=this_process(),
    )
    running = staff_client.get(f"{API}/operator/state/").json()["running_import"]
    assert (running["data_set"], running["phase"]) == ("ml-25m", "ratings")
    assert (running["ratings_read"], running["rejected"]) == (12_345, 3)
    assert 0 < running["percent"] < 100
    assert running["seconds_left"] > 0
