"""Sign-up."""

from typing import Any

from allauth.account.views import SignupView as AllauthSignupView
from django.http import HttpResponse

from accounts.login.adapter import SignedUpMeanwhile


class SignupView(AllauthSignupView):
    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except SignedUpMeanwhile:
            return self.form_invalid(form)


sign_up = SignupView.as_view()
