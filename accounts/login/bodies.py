"""Bodies of calls of accounts that nobody could read: 400, before allauth looks at them."""

import json
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

CALLS_OF_ACCOUNTS = "/_allauth/"


def refuse_unreadable(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(CALLS_OF_ACCOUNTS) and not _is_readable(request):
            error = {"code": "invalid_json", "message": _("The body is not a JSON object.")}
            return JsonResponse({"status": 400, "errors": [error]}, status=400)
        return get_response(request)

    return middleware


def _is_readable(request: HttpRequest) -> bool:
    """Whether the body is empty or an object, with text that can be encoded in an answer.

    JSON can spell half of a surrogate pair, which no password can be hashed with either.
    """
    if request.method == "GET" or not request.body:
        return True
    try:
        sent = json.loads(request.body)
        json.dumps(sent, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return False
    return isinstance(sent, dict)
