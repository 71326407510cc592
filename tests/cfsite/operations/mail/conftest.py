"""A site whose mail goes through the outbox."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from tests import smtp
from tests.servers import free_port


@pytest.fixture
def outbox(settings: Any, db: None) -> None:
    cache.clear()
    settings.EMAIL_BACKEND = "cfsite.operations.mail.outbox.Outbox"
    settings.EMAIL_DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = free_port()  # nobody listens there
    settings.EMAIL_TIMEOUT = 0.3


@pytest.fixture
def mail_server(outbox: None, settings: Any) -> Iterator[smtp.MailServer]:
    with smtp.working() as server:
        settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = server.port, 30
        yield server


@pytest.fixture
def hanging_server(outbox: None, settings: Any) -> Iterator[smtp.MailServer]:
    with smtp.hanging() as server:
        settings.EMAIL_PORT = server.port
        yield server
