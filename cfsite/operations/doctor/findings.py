"""What an examination of the doctor finds."""

from __future__ import annotations

from dataclasses import dataclass

OK, WARNING, ERROR = "ok", "warning", "error"


@dataclass(frozen=True)
class Finding:
    """One line of the report. `fix` is what to do about it, empty if all is well."""

    topic: str
    status: str
    message: str
    fix: str = ""


def well(topic: str, message: str) -> Finding:
    return Finding(topic, OK, message)


def warn(topic: str, message: str, fix: str) -> Finding:
    return Finding(topic, WARNING, message, fix)


def fail(topic: str, message: str, fix: str) -> Finding:
    return Finding(topic, ERROR, message, fix)
