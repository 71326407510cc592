"""What the site talks to: database, broker, mail server."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.request import urlopen

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import EmailMessage, get_connection
from django.db import Error, connection, connections
from django.db.migrations.executor import MigrationExecutor
from redis import Redis
from redis.exceptions import RedisError

from cfsite.lib.replicas import health
from cfsite.operations.doctor.findings import Finding, fail, warn, well

# Seconds that a clock may differ: sessions, limits and heartbeats bear that much.
CLOCK_MAY_DIFFER = 5
CLOCK_MUST_NOT_DIFFER = 60
TRY_FOR = 3  # seconds


def database() -> Iterator[Finding]:
    engine = connection.vendor
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
        fix = (
            "Is PostgreSQL running, and do host, name, user and password in DATABASE_URL exist"
            " there? docs/install.md makes role and database."
            if engine == "postgresql"
            else f"Is {settings.DATABASES['default']['NAME']} a file that this user may write to?"
        )
        yield fail("database", f"{engine} does not answer: {_first_line(error)}", fix)
        return
    if engine == "sqlite" and settings.PRODUCTION and settings.REDIS_URL:
        fix = "Set DATABASE_URL, if the site has more than a few dozen members (docs/install.md)."
        yield warn("database", "SQLite beside Redis: one process writes at a time", fix)
        return
    yield well("database", f"{engine} answers")


def migrations() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    known = set(executor.loader.disk_migrations)
    ours = {app for app, _name in known}
    applied = executor.loader.applied_migrations
    unknown = [name for name in applied if name[0] in ours and name not in known]
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        first = missing[0][0]
        said = f"{len(missing)} not applied, the first is {first.app_label}.{first.name}"
        yield fail("migrations", said, "Run: manage.py migrate")
    elif unknown and not _are_squashed(executor, unknown):
        said = f"The database is of a newer version: it has {'.'.join(sorted(unknown)[0])}"
        yield fail("migrations", said, "Run the newer version, or restore a backup of this one.")
    else:
        yield well("migrations", "all applied")


def _are_squashed(executor: MigrationExecutor, names: list[tuple[str, str]]) -> bool:
    """Whether all of these were replaced by migrations that this version has."""
    replaced = {
        name
        for migration in executor.loader.disk_migrations.values()
        for name in migration.replaces
    }
    return set(names) <= replaced


def clock_of_the_database() -> Iterator[Finding]:
    """PostgreSQL's on another machine; SQLite has none of its own."""
    if connection.vendor != "postgresql":
        yield well("clock", "SQLite uses this machine's")
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (theirs,) = cursor.fetchone()
    yield compare_clocks("PostgreSQL", theirs)


def replicas() -> Iterator[Finding]:
    fix = (
        "Pages read from the primary meanwhile. Does the server run, is its address in"
        " CFSITE_REPLICA_URLS right, and does pg_stat_replication on the primary show it?"
    )
    for alias in settings.REPLICAS:
        seen = health.look_at(alias)
        where = "{HOST}:{PORT}".format(**connections[alias].settings_dict).rstrip(":")
        if seen.is_usable:
            yield well("replica", f"{where} answers, {seen.lag:.1f} seconds behind")
        else:
            yield warn("replica", f"{where} is not read from: {seen.problem}", fix)


def media_bucket() -> Iterator[Finding]:
    """Write, read and delete a small file, as an upload would."""
    if not settings.MEDIA_TO:
        return
    # Beside the posters: CFSITE_MEDIA_URL need not show anything else.
    name, content = f"posters/doctor-{secrets.token_hex(8)}.txt", b"The doctor was here."
    try:
        default_storage.save(name, ContentFile(content))
        try:
            with default_storage.open(name) as file:
                is_same = file.read() == content
            public = _read_in_public(name) if settings.MEDIA_ADDRESS else content
        finally:
            default_storage.delete(name)
    except OSError as error:
        fix = "Do the AWS_ variables and CFSITE_MEDIA_TO name a bucket that this key may write to?"
        yield fail("media", f"{settings.MEDIA_TO} does not work: {_first_line(error)}", fix)
        return
    if not is_same:
        yield fail("media", f"{settings.MEDIA_TO} gives back other bytes", "Use another store.")
    elif public != content:
        fix = "Let everybody read posters/ below the bucket's prefix, or unset CFSITE_MEDIA_URL."
        yield fail("media", f"{settings.MEDIA_ADDRESS} does not show what is in the bucket", fix)
    else:
        yield well("media", f"{settings.MEDIA_TO} takes and gives files")


def _read_in_public(name: str) -> bytes:
    try:
        with urlopen(settings.MEDIA_ADDRESS + name, timeout=TRY_FOR) as answer:  # noqa: S310
            return bytes(answer.read(1000))
    except OSError:
        return b""


def broker() -> Iterator[Finding]:
    if not settings.REDIS_URL:
        yield well("broker", f"files in {settings.DATA_DIR / 'queue'}")
        return
    try:
        client = Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=TRY_FOR, socket_timeout=TRY_FOR
        )
        seconds, micros = client.time()
    except RedisError as error:
        fix = "Is Redis running, and is REDIS_URL its address? Pages go on without it, tasks wait."
        yield fail("broker", f"Redis does not answer: {_first_line(error)}", fix)
        return
    yield well("broker", "Redis answers")
    yield compare_clocks("Redis", datetime.fromtimestamp(seconds + micros / 1e6, UTC))


def compare_clocks(whose: str, theirs: datetime) -> Finding:
    apart = abs((datetime.now(UTC) - theirs).total_seconds())
    fix = "Keep both machines' clocks right with NTP: timedatectl set-ntp true"
    if apart > CLOCK_MUST_NOT_DIFFER:
        return fail("clock", f"{apart:.0f} seconds apart from {whose}'s", fix)
    if apart > CLOCK_MAY_DIFFER:
        return warn("clock", f"{apart:.0f} seconds apart from {whose}'s", fix)
    return well("clock", f"agrees with {whose}'s")


def mail(to: str = "") -> Iterator[Finding]:
    # The worker's, where requests only write mails down.
    backend = getattr(settings, "EMAIL_DELIVERY_BACKEND", "") or settings.EMAIL_BACKEND
    if "dummy" in backend:
        yield well("mail", "none is sent, as EMAIL_URL says")
        return
    if "smtp" not in backend:
        where = getattr(settings, "EMAIL_FILE_PATH", None) or backend.rsplit(".", 2)[-2]
        yield warn(
            "mail",
            f"none is sent; it goes to {where}",
            "Set EMAIL_URL, like smtp+tls://user:password@mail.example.org:587",
        )
        return
    server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    transport = get_connection(backend)
    try:
        transport.open()
        if to:
            text = f"The doctor of {settings.SITE_URL} sent this. Mail works."
            EmailMessage(settings.SITE_NAME, text, to=[to], connection=transport).send()
    except Exception as error:  # OSError, SMTPException, ssl.SSLError
        fix = "Do host, port, user and password in EMAIL_URL match the mail server's?"
        yield fail("mail", f"{server} did not take it: {_first_line(error)}", fix)
        return
    finally:
        transport.close()
    yield well("mail", f"sent to {to}" if to else f"{server} answers")


def _first_line(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return text[0] if text else type(error).__name__
