"""The allauth adapter: closed sign-up, and languages of accounts and mails."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

from accounts.language import is_spoken
from accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return settings.ACCOUNT_SIGNUP_OPEN

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Save the user with the language chosen in this browser."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if is_spoken(chosen):
            user.language = chosen
        return super().save_user(request, user, form, commit)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send the mail in its recipient's language, not in that of the request."""
        with translation.override(_language_of(email, context) or translation.get_language()):
            super().send_mail(template_prefix, email, context)


def _language_of(email: str, context: dict[str, Any]) -> str:
    """The language of the account with this address, or ""."""
    user = context.get("user") or User.objects.people().filter(email__iexact=email).first()
    chosen = getattr(user, "language", "")
    return chosen if is_spoken(chosen) else ""
