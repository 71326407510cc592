"""How processes start: checked, and with everything loaded that requests would wait for.

Mistakes of the operator end a process with a message instead of a traceback.
"""

from __future__ import annotations

import logging
import sys
from types import TracebackType

from cfsite.environment import InvalidEnvironment

logger = logging.getLogger(__name__)

# gunicorn stops when a worker ends with it, instead of starting another one.
BOOT_ERROR = 3


def print_without_traceback() -> None:
    """For commands and Celery, where the error reaches the interpreter."""
    usual = sys.excepthook

    def hook(
        kind: type[BaseException], error: BaseException, traceback: TracebackType | None
    ) -> None:
        if issubclass(kind, InvalidEnvironment):
            print(error, file=sys.stderr)
        else:
            usual(kind, error, traceback)

    sys.excepthook = hook


def refuse_if_unsafe() -> None:
    """In production, run the system checks and end the process if one finds an error."""
    from django.conf import settings

    try:
        if not settings.PRODUCTION:
            return
        errors = _errors()
    except InvalidEnvironment as error:
        errors = [str(error)]
    if errors:
        print("\n".join(["cfsite does not start:", *errors]), file=sys.stderr, flush=True)
        raise SystemExit(BOOT_ERROR)


def _errors() -> list[str]:
    import django
    from django.core.checks import run_checks

    django.setup()
    found = run_checks(include_deployment_checks=True)
    return [str(message) for message in found if message.is_serious() and not message.is_silenced()]


def load_for_requests() -> None:
    """What the first request of a web process would wait for: views, movie factors, catalogue.

    Without a database the process starts all the same, and loads later.
    """
    from django.db import Error, connections
    from django.template import engines
    from django.urls import get_resolver

    from movies.search import index as catalogue_index
    from recommender.serving.model_cache import current_model

    engines.all()  # imports all template tags
    _ = get_resolver().namespace_dict  # imports all views, and prepares links to them
    try:
        current_model()
        catalogue_index.current()
    except Error as error:
        logger.warning("Movie factors and catalogue are loaded at the first request: %s", error)
    finally:
        connections.close_all()  # a server that forks now must not share one
