"""A database that cannot be reached."""

from collections.abc import Iterator

import pytest
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper


@pytest.fixture
def database_away() -> Iterator[None]:
    """From now on nothing reaches the database: ask for this fixture after what fills it."""

    def refuse(self: BaseDatabaseWrapper) -> None:
        raise OperationalError("connection refused, password=secret")

    # Put back before the fixtures of the database clean up.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseWrapper, "ensure_connection", refuse)
        yield
