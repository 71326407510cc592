"""Request parsing of the API."""

import json
import math
import re
from collections.abc import Sequence
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ParseError, ValidationError
from rest_framework.parsers import BaseParser, JSONParser

from cfsite.lib.api.problems import CODES, TooLarge


def number_between(name: str, text: str, least: int, most: int) -> int:
    """The parameter as a number.

    Raises:
        ValidationError: It is none, or outside the bounds.
    """
    if re.fullmatch("[0-9]{1,18}", text) and least <= int(text) <= most:
        return int(text)
    message = _("A whole number from {least} to {most} is expected.")
    error = ErrorDetail(message.format(least=least, most=most), "invalid")
    raise ValidationError({name: [error]})


class BoundedJSONParser(BaseParser):
    """Parses JSON up to DATA_UPLOAD_MAX_MEMORY_SIZE, and nothing that no answer could hold.

    Python's parser takes numbers that become infinite and halves of surrogate pairs, which neither
    a database nor UTF-8 can store. What it makes of them would fail anywhere later.

    Django's own check of the size would answer with an HTML page; therefore this class does not
    inherit from JSONParser, which gets a body that Django has read.
    """

    media_type = JSONParser.media_type

    def parse(self, stream: IO[bytes], *args: Any, **kwargs: Any) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise TooLarge
        try:
            text = body.decode()
            parsed = json.loads(text, parse_constant=_refuse, parse_float=_finite)
            if "\\u" in text:
                json.dumps(parsed, ensure_ascii=False).encode()  # fails for lone surrogates
        except RecursionError as error:
            raise ParseError(_("The JSON is nested too deeply.")) from error
        except ValueError as error:
            raise ParseError(CODES["parse_error"][1]) from error
        return parsed


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no JSON")


def _finite(text: str) -> float:
    if math.isinf(number := float(text)):
        raise ValueError("beyond the range of a number")
    return number


class WholeListSerializer(serializers.Serializer):
    """A list in one answer, in the form of one that is paged. Subclasses have `results`."""

    next = serializers.URLField(allow_null=True, read_only=True, help_text="Always null.")
    previous = serializers.URLField(allow_null=True, read_only=True, help_text="Always null.")


def whole_list(results: Sequence[Any], **more: Any) -> dict[str, Any]:
    """What `WholeListSerializer` describes."""
    return {**more, "results": results, "next": None, "previous": None}
