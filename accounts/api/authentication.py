"""Authentication of API clients."""

from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from rest_framework.request import Request


class AppTokenAuthentication(XSessionTokenAuthentication):
    """allauth's app token in the X-Session-Token header.

    Naming a scheme makes a call without a token answer 401, which tells a client to log in;
    without it REST framework answers 403, which tells it to give up.
    """

    def authenticate_header(self, request: Request) -> str:
        return "X-Session-Token"
