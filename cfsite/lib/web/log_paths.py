"""Log records without the names of people.

Django logs the path of a refused request, and paths such as /people/alice/ hold user names. A log
is kept long after an account is erased.
"""

from __future__ import annotations

import logging


class RoutesForPaths(logging.Filter):
    """Writes the route, "people/<str:username>/", where Django would write the path."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        match = getattr(request, "resolver_match", None)
        if match is not None and isinstance(record.args, tuple):
            record.args = tuple(
                f"/{match.route}" if argument == request.path else argument
                for argument in record.args
            )
        return True
