"""Fixtures of the admin tests."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from recommender.models import TrainingRun

CURVE = [
    {
        "phase": "learning without the held-out ratings",
        "block": block,
        "epoch": epoch,
        "train_rmse": 1.0 - epoch / 40,
        "validation_rmse": 1.0 - epoch / 60 if block == "rating" else None,
    }
    for block in ("rating", "interest")
    for epoch in range(1, 11)
]


@pytest.fixture
def make_run(db: None) -> Callable[..., TrainingRun]:
    def make(**fields: Any) -> TrainingRun:
        now = timezone.now()
        ready = {
            "state": TrainingRun.State.READY,
            "started_at": now,
            "finished_at": now,
            "metrics": {"rmse": 0.91234, "bias_rmse": 0.94, "protocol": "<b>held out</b>"},
            "data": {"ratings": 100_836, "users": 610, "movies": 9742, "dropped": 0},
            "hyperparameters": {"n_factors": 32, "learning_rate": 0.01},
            "curve": CURVE,
            "summary": {"mean": [0.0] * 100},
        }
        return TrainingRun.objects.create(**(ready | fields))

    return make


@pytest.fixture
def helper_client(make_user: Callable[..., User]) -> Callable[..., Client]:
    """Staff who is not a superuser and may do just what is named."""

    def make(*permissions: str) -> Client:
        helper = make_user("helper", is_staff=True)
        helper.user_permissions.set(Permission.objects.filter(codename__in=permissions))
        client = Client()
        client.force_login(helper)
        return client

    return make


@pytest.fixture
def queries() -> Callable[[Client, str], int]:
    def count(client: Client, url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            response = client.get(url)
        assert response.status_code == 200, url
        return len(captured)

    return count
