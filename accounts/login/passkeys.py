"""Credentials of passkeys that cannot be read are wrong ones, on pages and for apps.

allauth expects what a browser sends. Of anything else, fido2 raises what Python happens to raise.
"""

from __future__ import annotations

import json
import logging
import struct
from typing import Any

from allauth.headless.constants import Client
from allauth.headless.mfa import inputs, views
from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms
from django.conf import settings
from django.urls import path
from django.utils.translation import gettext_lazy as _
from fido2.utils import websafe_decode

from accounts.login.by_client import of_known_app

LONGEST_NAME = 60
UNREADABLE = (AttributeError, IndexError, KeyError, TypeError, ValueError, struct.error)
logger = logging.getLogger(__name__)


class RefusesJunk:
    """A form with a field `credential`.

    Android signs for an app's own origin, `android:apk-key-hash:...`, where browsers and Apple sign
    for the site's. fido2 accepts the site's alone, unless it is told to accept any.
    """

    def full_clean(self: Any) -> None:
        token = of_known_app.set(_origin_of(self.data) in settings.PASSKEY_APP_ORIGINS)
        try:
            super().full_clean()
        except UNREADABLE as error:
            logger.info("A passkey's credential cannot be read: %s", type(error).__name__)
            self.add_error("credential", get_adapter().validation_error("incorrect_code"))
        finally:
            of_known_app.reset(token)


def _origin_of(data: Any) -> Any:
    """What the client says it signed for; the signature is over it."""
    try:
        signed = json.loads(websafe_decode(data["credential"]["response"]["clientDataJSON"]))
        return str(signed["origin"])
    except UNREADABLE:
        return None


class AddForm(RefusesJunk, forms.AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = _name_field(self.fields["name"], required=False)
        if field := self.fields.get("passwordless"):
            field.label = _("Log in with it, without a password")
            field.help_text = _(
                "If off, it only replaces the code after your password. A key without a PIN or"
                " fingerprint can do no more."
            )
            field.initial = True


class EditForm(forms.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = _name_field(self.fields["name"], required=True)


def _name_field(field: Any, required: bool) -> Any:
    return type(field)(label=_("Name"), max_length=LONGEST_NAME, required=required)


class AuthenticateForm(RefusesJunk, forms.AuthenticateWebAuthnForm):
    pass


class ReauthenticateForm(RefusesJunk, forms.ReauthenticateWebAuthnForm):
    pass


class LoginForm(RefusesJunk, forms.LoginWebAuthnForm):
    pass


class AddInput(RefusesJunk, inputs.AddWebAuthnInput):
    pass


class AuthenticateInput(RefusesJunk, inputs.AuthenticateWebAuthnInput):
    pass


class ReauthenticateInput(RefusesJunk, inputs.ReauthenticateWebAuthnInput):
    pass


class LoginInput(RefusesJunk, inputs.LoginWebAuthnInput):
    pass


class ManageView(views.ManageWebAuthnView):
    input_class = {**views.ManageWebAuthnView.input_class, "POST": AddInput}


class AuthenticateView(views.AuthenticateWebAuthnView):
    input_class = {"POST": AuthenticateInput}


class ReauthenticateView(views.ReauthenticateWebAuthnView):
    input_class = {"POST": ReauthenticateInput}


class LoginView(views.LoginWebAuthnView):
    input_class = {"POST": LoginInput}


# For apps, in place of allauth's own at the same addresses.
urlpatterns = [
    path("account/authenticators/webauthn", ManageView.as_api_view(client=Client.APP)),
    path("auth/webauthn/authenticate", AuthenticateView.as_api_view(client=Client.APP)),
    path("auth/webauthn/reauthenticate", ReauthenticateView.as_api_view(client=Client.APP)),
    path("auth/webauthn/login", LoginView.as_api_view(client=Client.APP)),
]
