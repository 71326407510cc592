"""A committed world that processes see, and marks."""

from __future__ import annotations

import pytest
from django.db import connection

from movies.models.triggers import rating_counts
from tests.cfsite.operations.mail.conftest import hanging_server, outbox  # noqa: F401
from tests.recommender.conftest import (  # noqa: F401
    even_fan,
    fitted,
    no_model_from_another_test,
    two_tastes,
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/faults/" in item.path.as_posix():
            # "redis": those that wait for processes come first.
            for mark in ("faults", "slow", "redis"):
                item.add_marker(mark)


@pytest.fixture
def db(transactional_db: None) -> None:
    """A database without a surrounding transaction."""
    rating_counts.install(connection)
