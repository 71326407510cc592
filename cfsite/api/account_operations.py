"""The operations of accounts in the schema: signing up, logging in, second factors, sessions.

allauth serves them under /_allauth/app/v1/ and describes them itself, in OpenAPI 3.0 and for every
kind of client. Here is what is left of that for apps of this site, with names that go with ours.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from allauth.headless import spec as allauth_spec
from allauth.headless.spec.internal import schema as allauth_schema

from cfsite.api.credentials import HEADER, SESSION

# libyaml where it is compiled in: ten times as fast for this long file.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
APP = "/_allauth/app/v1/"
METHODS = ("get", "post", "put", "patch", "delete")
TOKEN_PARAMETER = "#/components/parameters/AuthSessionToken"  # noqa: S105, a reference

# By method and address: the name, and which answers allauth's own description leaves out.
OPERATIONS: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {
    ("get", "config"): ("get_account_config", ()),
    ("post", "auth/login"): ("log_in", ()),
    ("post", "auth/signup"): ("sign_up", ()),
    ("get", "auth/session"): ("get_session", ()),
    ("delete", "auth/session"): ("log_out", ()),
    ("get", "auth/sessions"): ("list_sessions", ("401",)),
    ("delete", "auth/sessions"): ("end_sessions", ("400",)),
    ("get", "auth/email/verify"): ("check_email_code", ()),
    ("post", "auth/email/verify"): ("verify_email", ()),
    ("post", "auth/email/verify/resend"): ("resend_email_code", ("403",)),
    ("post", "auth/reauthenticate"): ("confirm_password", ("401",)),
    ("post", "auth/password/request"): ("request_password_reset", ()),
    ("get", "auth/password/reset"): ("check_password_reset_code", ()),
    ("post", "auth/password/reset"): ("reset_password", ()),
    ("post", "auth/2fa/authenticate"): ("log_in_with_code", ()),
    ("post", "auth/2fa/reauthenticate"): ("confirm_with_code", ("401",)),
    ("get", "auth/webauthn/authenticate"): ("begin_second_step_with_passkey", ("401",)),
    ("post", "auth/webauthn/authenticate"): ("finish_second_step_with_passkey", ("401",)),
    ("get", "auth/webauthn/reauthenticate"): ("begin_confirmation_with_passkey", ("401",)),
    ("post", "auth/webauthn/reauthenticate"): ("confirm_with_passkey", ("401",)),
    ("get", "auth/webauthn/login"): ("begin_login_with_passkey", ()),
    ("post", "auth/webauthn/login"): ("log_in_with_passkey", ()),
    ("get", "account/email"): ("list_emails", ()),
    ("post", "account/email"): ("add_email", ()),
    ("put", "account/email"): ("send_email_code", ("401",)),
    ("patch", "account/email"): ("make_email_primary", ("401",)),
    ("delete", "account/email"): ("remove_email", ("401",)),
    ("post", "account/password/change"): ("change_password", ("200",)),
    ("get", "account/authenticators"): ("list_second_factors", ()),
    ("get", "account/authenticators/totp"): ("begin_authenticator_app", ("401",)),
    ("post", "account/authenticators/totp"): ("add_authenticator_app", ()),
    ("delete", "account/authenticators/totp"): ("remove_authenticator_app", ()),
    ("get", "account/authenticators/recovery-codes"): ("list_recovery_codes", ()),
    ("post", "account/authenticators/recovery-codes"): ("renew_recovery_codes", ("200",)),
    ("get", "account/authenticators/webauthn"): ("begin_passkey", ()),
    ("post", "account/authenticators/webauthn"): ("add_passkey", ("400",)),
    ("put", "account/authenticators/webauthn"): ("rename_passkey", ("400",)),
    ("delete", "account/authenticators/webauthn"): ("remove_passkeys", ("400",)),
}
TAGS = (("auth/session", "sessions"), ("auth/", "login"), ("account/", "account"), ("", "login"))
MISSING = {
    "200": "AuthenticatedByPassword",
    "400": "Error",
    "401": "AuthenticationOrReauthentication",
    "403": "Forbidden",
    "410": "SessionGone",
}


def add_account_operations(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """A hook of drf-spectacular."""
    spec = _of_apps()
    for address, methods in spec["paths"].items():
        described = {
            method: _operation(method, address, methods[method])
            for method in METHODS
            if method in methods and (method, address.removeprefix(APP)) in OPERATIONS
        }
        if described:
            result["paths"][address] = described
    _add_components(result, spec["components"])
    return result


def _of_apps() -> dict[str, Any]:
    """allauth's description, of what is switched on here, for apps."""
    path = Path(allauth_spec.__file__).parent / "doc" / "openapi.yaml"
    spec = yaml.load(path.read_text(), LOADER)  # noqa: S506, a safe one
    allauth_schema.specify_user(spec)
    allauth_schema.pin_client(spec)
    allauth_schema.drop_unused_client_parameter(spec)
    allauth_schema.drop_unused_paths(spec)
    allauth_schema.specify_signup_fields(spec)
    _mend(spec["components"]["schemas"])
    return _renamed(spec, _names(spec["components"]))


def _mend(schemas: dict[str, Any]) -> None:
    """What allauth answers and its description leaves out; clients would refuse such answers."""
    schemas["Flow"]["properties"]["id"]["enum"].append("mfa_login_webauthn")
    for part in schemas["AuthenticationMeta"]["allOf"]:
        if "is_authenticated" in part.get("properties", {}):
            part["properties"]["is_authenticated"]["type"] = ["boolean", "null"]


def _operation(method: str, address: str, operation: dict[str, Any]) -> dict[str, Any]:
    place = address.removeprefix(APP)
    name, missing = OPERATIONS[method, place]
    parameters = operation.get("parameters", [])
    others = [one for one in parameters if one.get("$ref") != TOKEN_PARAMETER]
    needs_token = len(others) < len(parameters)
    answers = operation["responses"] | {code: _answer(MISSING[code]) for code in missing}
    answers.setdefault("410", _answer("SessionGone"))
    answers["429"] = _answer("TooManyRequests")
    if method != "get" and "requestBody" in operation:
        answers.setdefault("400", _answer("Error"))
    described = {
        **operation,
        "operationId": name,
        "summary": operation["summary"].strip(),
        "tags": [next(tag for start, tag in TAGS if place.startswith(start))],
        "security": [*([] if needs_token else [{}]), {SESSION: []}, {HEADER: []}],
        "responses": answers,
    }
    described.pop("parameters", None)
    return described | ({"parameters": others} if others else {})


def _answer(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/responses/{_name(name)}"}


def _add_components(result: dict[str, Any], components: dict[str, Any]) -> None:
    """What the operations refer to, directly or through others, and nothing else."""
    wanted = _references({path: result["paths"][path] for path in result["paths"] if APP in path})
    added: set[tuple[str, str]] = set()
    while wanted:
        kind, name = place = wanted.pop()
        added.add(place)
        found = components[kind][name]
        result["components"].setdefault(kind, {})[name] = found
        wanted |= _references(found) - added
    too_many = result["components"]["responses"]["AuthTooManyRequests"]
    too_many["headers"] = {
        "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}
    }


def _names(components: dict[str, Any]) -> dict[str, str]:
    """Old references to new ones: all begin with Auth, so none can be one of ours."""
    return {
        f"#/components/{kind}/{name}": f"#/components/{kind}/{_name(name)}"
        for kind, found in components.items()
        for name in found
    }


def _name(name: str) -> str:
    return name if name.startswith("Auth") else f"Auth{name}"


def _renamed(spec: dict[str, Any], references: dict[str, str]) -> dict[str, Any]:
    spec["components"] = {
        kind: {_name(name): component for name, component in found.items()}
        for kind, found in spec["components"].items()
    }
    return _replaced(spec, references)


def _replaced(node: Any, references: dict[str, str]) -> Any:
    if isinstance(node, dict):
        return {key: _replaced(value, references) for key, value in node.items()}
    if isinstance(node, list):
        return [_replaced(value, references) for value in node]
    return references.get(node, node) if isinstance(node, str) else node


def _references(node: Any) -> set[tuple[str, str]]:
    if isinstance(node, dict):
        return set().union(*map(_references, node.values())) if node else set()
    if isinstance(node, list):
        return set().union(*map(_references, node)) if node else set()
    found = re.fullmatch(r"#/components/(\w+)/(\w+)", node) if isinstance(node, str) else None
    return {(found[1], found[2])} if found else set()
