"""What other processes change is seen within a minute, one's own changes at once."""

from collections.abc import Callable
from typing import Any

import pytest

from movies.models import AvailabilityVersion
from movies.watching import version


def test_own_changes_count_at_once(db: None) -> None:
    assert version.current_version() == 0
    version.advance_version()
    version.advance_version()
    assert version.current_version() == 2


def test_it_is_believed_for_a_while(
    db: None, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Callable[..., Any]
) -> None:
    assert version.current_version() == 0
    AvailabilityVersion.advance()  # as another process would
    with django_assert_num_queries(0):
        assert version.current_version() == 0
    version.forget_version()
    monkeypatch.setattr(version, "SECONDS_KEPT", 0.0)
    assert version.current_version() == 1
    AvailabilityVersion.advance()
    assert version.current_version() == 2
