"""All examinations, in the order in which an operator would mend things."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

from django.conf import settings
from django.core.checks import run_checks

from cfsite.operations.doctor import connections, files, running
from cfsite.operations.doctor.findings import ERROR, Finding, fail, warn, well

logger = logging.getLogger(__name__)

Examination = Callable[[], Iterator[Finding]]


def examine(mail_to: str = "") -> list[Finding]:
    """What all examinations find. What needs the database is left out where it does not answer.

    mail_to: send a mail to this address instead of only connecting.
    """
    found = [*_safely(configuration), *_safely(files.permissions), *_safely(files.disk)]
    found += [*_safely(files.model_files), *_safely(files.static_files)]
    database = _safely(connections.database)
    found += database
    if not any(finding.status == ERROR for finding in database):
        found += _safely(connections.migrations)
        if not any(finding.topic == "migrations" and finding.status == ERROR for finding in found):
            found += [*_safely(running.processes), *_safely(running.hosts)]
            found += [*_safely(running.model), *_safely(running.fits), *_safely(running.backups)]
        found += _safely(connections.clock_of_the_database)
        found += _safely(connections.replicas)
    found += _safely(connections.media_bucket)
    found += _safely(connections.broker)
    found += _safely(lambda: connections.mail(mail_to))
    return found


def _safely(examination: Examination) -> list[Finding]:
    """An examination that fails is a finding, too."""
    found: list[Finding] = []
    try:
        found.extend(examination())
    except Exception as error:
        name = getattr(examination, "__name__", "examination").replace("_", " ")
        logger.debug("The doctor's examination failed", exc_info=True)
        said = f"Could not be examined: {type(error).__name__}: {error}"
        found.append(fail(name, said, "Run it again with CFSITE_LOG_LEVEL=DEBUG."))
    return found


def configuration() -> Iterator[Finding]:
    """The system checks, with those of a deployment in production."""
    found = run_checks(include_deployment_checks=settings.PRODUCTION)
    told = [message for message in found if not message.is_silenced()]
    for message in told:
        say = fail if message.is_serious() else warn
        yield say("configuration", f"{message.msg} ({message.id})", message.hint or "")
    if not told:
        kind = "production" if settings.PRODUCTION else "development"
        yield well("configuration", f"{settings.SITE_URL}, set up for {kind}")
