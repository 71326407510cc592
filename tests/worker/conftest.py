"""The small world of the recommender's tests, committed, so that other processes see it."""

import pytest
from django.db import connection

from movies.models.triggers import rating_counts
from tests.recommender.conftest import even_fan, no_model_from_another_test, two_tastes

__all__ = ["even_fan", "no_model_from_another_test", "two_tastes"]


@pytest.fixture
def db(transactional_db: None) -> None:
    """A database without a surrounding transaction."""
    rating_counts.install(connection)
