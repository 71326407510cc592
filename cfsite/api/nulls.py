"""Null in OpenAPI 3.1: a type like others, where 3.0 had `nullable`."""

from __future__ import annotations

from typing import Any


def null_is_a_type(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """A hook of drf-spectacular: for what is described by hand, by libraries and by allauth."""
    return _changed(result)


def _changed(node: Any) -> Any:
    if isinstance(node, list):
        return [_changed(one) for one in node]
    if not isinstance(node, dict):
        return node
    changed = {key: _changed(value) for key, value in node.items()}
    if not isinstance(changed.get("nullable"), bool):
        return changed
    if not changed.pop("nullable"):
        return changed
    if isinstance(changed.get("type"), str):
        return changed | {"type": [changed["type"], "null"]}
    return {"anyOf": [changed, {"type": "null"}]}
