"""Cursors of the API: opaque, signed texts that say where a client is."""

from __future__ import annotations

from typing import Any

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError


class CursorExpired(APIException):
    """410: what the cursor refers to is gone; the client starts anew."""

    status_code = status.HTTP_410_GONE
    default_code = "cursor_expired"
    default_detail = _("This cursor has expired. Start anew, without one.")


def write_cursor(place: list[Any], purpose: str) -> str:
    """The same text for the same place. A cursor is good for its purpose alone."""
    return Signer(salt=f"cfsite.cursor.{purpose}").sign_object(place, compress=True)


def read_cursor(text: str, purpose: str, parameter: str) -> list[Any]:
    """The place.

    Raises:
        ValidationError: it is no cursor, or one for another purpose.
    """
    try:
        return Signer(salt=f"cfsite.cursor.{purpose}").unsign_object(text)
    except (BadSignature, ValueError):  # also of texts that cannot be encoded or unpacked
        error = ErrorDetail(_("This is not a cursor from this list."), "invalid_cursor")
        raise ValidationError({parameter: [error]}) from None
