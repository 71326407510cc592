"""The taste page and API of a user in the small world."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from recommender.models import TrainingRun

PAGE, STATISTICS, API = "/me/taste/", "/me/taste/statistics/", "/api/v1/me/taste/"


def page_of(client: Client, address: str = PAGE, **extra: object) -> str:
    answer = client.get(address, **extra)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def alices_taste(fitted: TrainingRun, even_fan: User, alices_client: Client) -> Callable[[], dict]:
    """What the API answers about alice's taste now."""
    return lambda: alices_client.get(API).json()
