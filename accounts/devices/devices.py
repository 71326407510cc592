"""The browsers and apps that are logged in to an account."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Session, User

# What a browser's user agent is told by, the more special first: Edge says that it is Chrome too.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Device:
    id: int
    name: str
    ip: str
    since: datetime
    is_this: bool


def devices_of(user: User, this_key: str | None) -> list[Device]:
    """This one first, then the latest login."""
    found = [
        Device(one.pk, name_of(one.user_agent), one.ip, one.created_at, one.session_key == this_key)
        for one in alive(user).order_by("-created_at", "-pk")
    ]
    return sorted(found, key=lambda device: not device.is_this)


def alive(user: User) -> QuerySet[UserSession]:
    session = Session.objects.filter(
        session_key=OuterRef("session_key"), expire_date__gt=timezone.now()
    )
    return UserSession.objects.filter(Exists(session), user=user)


def log_out(sessions: QuerySet[UserSession]) -> int:
    """End these; how many there were."""
    found = list(sessions)
    get_adapter().end_sessions(found)
    return len(found)


def log_out_elsewhere(user: User, this_key: str | None) -> None:
    """End every session but this one, also those that nothing is known of."""
    Session.objects.filter(user=user).exclude(session_key=this_key).delete()
    UserSession.objects.filter(user=user).exclude(session_key=this_key).delete()


def forget_ended() -> None:
    """What was known of sessions that are no more: addresses and browsers."""
    session = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(session)).delete()


def name_of(user_agent: str) -> str:
    """ "Firefox on Linux"; of an app what it calls itself: "cfsite-ios 1.2"."""
    browser = _first(BROWSERS, user_agent)
    system = _first(SYSTEMS, user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    own_name = re.match(r"[^\s(;]{1,60}", user_agent)
    return own_name[0].replace("/", " ") if own_name else _("Unknown device")


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for sign, name in names if sign in user_agent), "")
