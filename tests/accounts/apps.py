"""An app that talks to the site, as tests play it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.test import Client

APP = "/_allauth/app/v1"
PASSWORD = "a good password 1"


class App:
    """Sends the session token that it was given last, as an app does."""

    def __init__(self, **headers: str) -> None:
        self.client = Client(headers=headers)
        self.token = ""

    def call(
        self, method: str, path: str, body: Any = None, token: str | None = None
    ) -> HttpResponse:
        token = self.token if token is None else token
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        address = path if path.startswith("/") else f"{APP}/{path}"
        sent = {} if body is None else {"data": body, "content_type": "application/json"}
        answer = getattr(self.client, method)(address, headers=headers, **sent)
        assert not answer.cookies, "an app has no use for cookies"
        if answer["Content-Type"] == "application/json":
            self.token = (answer.json().get("meta") or {}).get("session_token", self.token)
        return answer

    def log_in(self, username: str = "alice", password: str = PASSWORD) -> HttpResponse:
        return self.call("post", "auth/login", {"username": username, "password": password})

    def confirm(self) -> None:
        assert self.call("post", "auth/reauthenticate", {"password": PASSWORD}).status_code == 200
