"""What else ends when a password changes.

Sessions elsewhere end at every change. Access tokens stay when the owner changes the password, so
that scripts go on; they are revoked when a forgotten one is reset, because then somebody else may
have been in the account and left themselves a door.
"""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.devices.devices import log_out_elsewhere
from accounts.models import AccessToken, User


@receiver([password_changed, password_set])
def end_other_sessions(request: HttpRequest, user: User, **kwargs: Any) -> None:
    log_out_elsewhere(user, request.session.session_key)


@receiver(password_reset)
def close_every_door(request: HttpRequest, user: User, **kwargs: Any) -> None:
    log_out_elsewhere(user, request.session.session_key)
    AccessToken.objects.filter(user=user).delete()
