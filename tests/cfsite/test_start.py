"""How web processes start."""

import logging
from typing import Any

import pytest
from django.db import OperationalError

from cfsite import start
from recommender.serving import model_cache


def test_a_process_starts_without_a_database(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_args: Any) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(model_cache.ModelVersion, "active", away)
    with caplog.at_level(logging.WARNING, "cfsite.start"):
        start.load_for_requests()
    assert "at the first request: connection refused" in caplog.text
