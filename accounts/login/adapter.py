"""The allauth adapter: closed sign-up, user names, one welcome, languages of accounts and mails."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.httpkit import is_headless_request
from allauth.headless.internal.restkit.response import ErrorResponse
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.dispatch import Signal
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.language import is_spoken
from accounts.login.addresses import is_anothers
from accounts.login.attempts import attempts_key
from accounts.login.limits import AFTER_WRONG_PASSWORDS
from accounts.models import User
from accounts.usernames import is_reserved

if TYPE_CHECKING:
    from allauth.account.models import EmailAddress

# Sent with `request` and `user` after a login or sign-up. What receivers return, a sentence or "",
# is part of the one message on the next page.
arriving = Signal()


class SignedUpMeanwhile(Exception):
    """The name or address was free when the form was checked, and is not any more.

    The form has the errors by now.
    """


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": gettext_lazy("This account has been deactivated."),
        "incorrect_code": gettext_lazy("That code isn’t right, or has expired."),
        "cannot_remove_primary_email": gettext_lazy("You can’t remove your primary email address."),
        "duplicate_email": gettext_lazy("You’ve already added this email address."),
        "email_password_mismatch": gettext_lazy("The email address or password is wrong."),
        "email_taken": gettext_lazy("There is already an account with this email address."),
        "enter_current_password": gettext_lazy("That isn’t your current password."),
        "incorrect_password": gettext_lazy("That isn’t your password."),
        "invalid_login": gettext_lazy("Enter your user name or email address."),
        "invalid_password_reset": gettext_lazy("This link has expired or was already used."),
        "max_email_addresses": gettext_lazy("You can have up to %d email addresses."),
        "too_many_login_attempts": gettext_lazy("Too many attempts. Please try again later."),
        "unverified_primary_email": gettext_lazy("Confirm the address before making it primary."),
        "username_blacklisted": gettext_lazy("This user name isn’t available."),
        "username_password_mismatch": gettext_lazy("The user name or password is wrong."),
        "username_taken": gettext_lazy("This user name is already taken."),
        "same_as_current": gettext_lazy("That’s the same as before."),
        "rate_limited": gettext_lazy("Too many requests. Please try again later."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return settings.ACCOUNT_SIGNUP_OPEN

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Lower case: allauth logs people in with any case of a lower-case name."""
        name = _lower_case(username)
        if not shallow:
            User._meta.get_field("username").clean(name, None)
        if is_reserved(name):
            raise self.validation_error("username_blacklisted")
        return super().clean_username(name, shallow)

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Save the user with the language chosen in this browser.

        Raises:
            SignedUpMeanwhile: Another request has just taken the name or the address.
            ImmediateHttpResponse: The same, to an API client.
        """
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if is_spoken(chosen):
            user.language = chosen
        try:
            return self._save(request, user, form, commit)
        except IntegrityError as error:
            form.full_clean()  # now it sees the other account
            if form.is_valid():
                if not is_anothers(form.cleaned_data.get("email") or ""):
                    raise
                return self._save(request, user, form, commit)
            if is_headless_request(request):
                raise ImmediateHttpResponse(ErrorResponse(request, input=form)) from error
            raise SignedUpMeanwhile from error

    def _save(self, request: HttpRequest, user: User, form: Any, commit: bool) -> User:
        """Save the user, without their address if it is another's; they only claim that."""
        with transaction.atomic():
            super().save_user(request, user, form, commit=False)
            address = user.email
            if address and is_anothers(address):
                user.email = ""
            if commit:
                user.save()
        user.email = address  # which allauth stores as claimed, and writes to
        return user

    def send_confirmation_mail(
        self, request: HttpRequest, emailconfirmation: Any, signup: bool
    ) -> None:
        """Whoever has this address is told so, instead of asked to give it to another account."""
        claimed = emailconfirmation.email_address
        if is_anothers(claimed.email, claimed.user_id):
            self.send_account_already_exists_mail(claimed.email)
        else:
            super().send_confirmation_mail(request, emailconfirmation, signup)

    def send_account_already_exists_mail(self, email: str) -> None:
        if settings.ACCOUNT_EMAIL_VERIFICATION == "mandatory":
            # No account is made then. A sign-up that makes one hashes a password.
            make_password(get_random_string(12))
        super().send_account_already_exists_mail(email)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Confirm the address, unless another account has it by now."""
        if is_anothers(email_address.email, email_address.user_id):
            context = {"email": email_address.email}
            text = "account/messages/email_confirmation_failed.txt"
            self.add_message(request, messages.ERROR, text, context)
            return False
        return super().confirm_email(request, email_address)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        if "username" in credentials:
            credentials["username"] = unicodedata.normalize("NFKC", credentials["username"])
        return super().authenticate(request, **credentials)

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        if is_headless_request(request):
            request.session.set_expiry(timedelta(days=settings.APP_SESSION_DAYS).total_seconds())

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """The error of a form; to an app that has tried too often, 429 at once."""
        error = super().validation_error(code, *args)
        if code == "too_many_login_attempts" and is_headless_request(context.request):
            status = HTTPStatus.TOO_MANY_REQUESTS
            answer = ErrorResponse(context.request, exception=error, status=status)
            answer.headers["Retry-After"] = str(AFTER_WRONG_PASSWORDS)
            raise ImmediateHttpResponse(answer)
        return error

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return attempts_key(credentials.get("email") or credentials.get("username", ""))

    def post_login(
        self, request: HttpRequest, user: User, *, email: str | None, signup: bool, **named: Any
    ) -> HttpResponse:
        response = super().post_login(request, user, email=email, signup=signup, **named)
        answers = arriving.send(sender=User, request=request, user=user)
        sentences = [str(said) for _receiver, said in answers if said]
        if signup:
            sentences.insert(0, _("Welcome, %(name)s.") % {"name": user.get_username()})
            if user.email and settings.ACCOUNT_EMAIL_VERIFICATION != "none":
                text = _("We’ve sent a link to %(email)s: open it to confirm your address.")
                sentences.append(text % {"email": user.email})
        if sentences and not is_headless_request(request):
            messages.success(request, " ".join(sentences))
        return response

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send the mail in its recipient's language, not in that of the request."""
        with translation.override(_language_of(email, context) or translation.get_language()):
            super().send_mail(template_prefix, email, context)


def _lower_case(username: str) -> str:
    # The lower case of "İ" is an i and a combining dot, which no user name may have.
    lower = unicodedata.normalize("NFKC", username).lower()
    return unicodedata.normalize("NFKC", lower.replace("i\u0307", "i"))


def _language_of(email: str, context: dict[str, Any]) -> str:
    """The language of the account with this address, or ""."""
    user = context.get("user") or User.objects.people().filter(email__iexact=email).first()
    chosen = getattr(user, "language", "")
    return chosen if is_spoken(chosen) else ""
