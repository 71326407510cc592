"""The clients' tests share the small world of the recommender's."""

from tests.recommender.conftest import (  # noqa: F401
    fitted,
    no_model_from_another_test,
    two_tastes,
)
