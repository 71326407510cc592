"""The credentials of the API, as the schema describes them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from accounts.api.permissions import InPerson

SESSION = "appSession"
HEADER = "appSessionHeader"
ACCESS_TOKEN = "accessToken"  # noqa: S105, a name
COOKIE = "cookieAuth"

SCHEMES: dict[str, dict[str, Any]] = {
    SESSION: {
        "type": "http",
        "scheme": "bearer",
        "description": "`Authorization: Bearer TOKEN` with the `meta.session_token` of a login or"
        " sign-up under `/_allauth/app/v1/`. It reads and writes everything of the account.",
    },
    HEADER: {
        "type": "apiKey",
        "in": "header",
        "name": "X-Session-Token",
        "description": "The same token in a header of its own.",
    },
    ACCESS_TOKEN: {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "cfs_...",
        "description": "`Authorization: Bearer cfs_...` with a personal access token from the"
        " settings. Scopes: `read`; `write` (reads and changes). Not for the account itself.",
    },
}


class AppSessionScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.api.authentication.AppSessionAuthentication"
    name = [SESSION, HEADER]

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[str]]]:
        return [{SESSION: []}, {HEADER: []}]  # either of them

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        return [SCHEMES[SESSION], SCHEMES[HEADER]]


class AccessTokenScheme(OpenApiAuthenticationExtension):
    """OpenAPI 3.1 lets schemes of every type name scopes."""

    target_class = "accounts.api.authentication.AccessTokenAuthentication"
    name = ACCESS_TOKEN

    def get_security_requirement(self, auto_schema: Any) -> dict[str, list[str]] | None:
        if InPerson in getattr(auto_schema.view, "permission_classes", []):
            return None
        reads = auto_schema.method in {"GET", "HEAD", "OPTIONS"}
        reads = reads or getattr(auto_schema.view, "post_only_reads", False)
        return {ACCESS_TOKEN: ["read"] if reads else ["write"]}

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return SCHEMES[ACCESS_TOKEN]
