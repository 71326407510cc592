"""When a member did something, as the clock of a device says it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from cfsite.lib.api.strict import QuerySerializer, StrictSerializer

# How far a device's clock may be ahead; such times count as now.
LARGEST_SKEW = timedelta(minutes=5)
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


class ClientTimeField(serializers.DateTimeField):
    """When the member did it, by the clock of the device: RFC 3339, with its offset."""

    default_error_messages = {
        "no_offset": _("A time needs its offset from UTC, like 2026-03-05T20:15:00Z."),
        "in_the_future": _("This time is in the future: the clock of the device is wrong."),
        "too_early": _("This time doesn’t exist."),
    }

    def to_internal_value(self, value: Any) -> datetime:
        if not isinstance(value, str):
            self.fail("invalid", format="RFC 3339")
        time = super().to_internal_value(value)
        try:
            has_offset = datetime.fromisoformat(value).tzinfo is not None
        except ValueError:
            has_offset = False
        if not has_offset:
            self.fail("no_offset")
        now = timezone.now()
        if time > now + LARGEST_SKEW:
            self.fail("in_the_future")
        if time < EARLIEST:
            self.fail("too_early")
        return min(time, now)


ABOUT_AT = (
    "When you did it, for an app that was offline; now if left out. At most five minutes ahead of "
    "the server. If something newer stands, nothing changes and the answer is 409 `stale`."
)


class AtSerializer(StrictSerializer):
    """When a member did what a request asks for."""

    at = ClientTimeField(required=False, help_text=ABOUT_AT)


class AtQuerySerializer(QuerySerializer):
    at = ClientTimeField(required=False, help_text=ABOUT_AT)


class DeletesInTime:
    """Mixin of `StrictQuery` views whose DELETE takes `at`."""

    def get_query_serializer_class(self) -> Any:
        if self.request.method == "DELETE":  # type: ignore[attr-defined]
            return AtQuerySerializer
        return super().get_query_serializer_class()  # type: ignore[misc]

    def deleted_at(self) -> datetime:
        return self.query().get("at") or timezone.now()  # type: ignore[attr-defined]
