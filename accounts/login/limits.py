"""How long to wait after too many attempts: `Retry-After` with every 429 of allauth."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

# Its limits count by the minute, but for wrong passwords.
A_MINUTE = 60
AFTER_WRONG_PASSWORDS = 300


def tell_when_to_retry(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            response.headers.setdefault("Retry-After", str(A_MINUTE))
        return response

    return middleware
