"""How the schema of the API describes strict input."""

from __future__ import annotations

import json
from typing import Any

from drf_spectacular import openapi
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.utils import OpenApiParameter

from cfsite.lib.api.strict import StrictSerializer

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    OpenApiParameter.HEADER,
    description="A new one for each action: the request is carried out once, however often it is"
    " sent.",
)


class AutoSchema(openapi.AutoSchema):
    """Describes the query parameters that a `StrictQuery` view names, and the header of writes."""

    def get_override_parameters(self) -> list[Any]:
        find = getattr(self.view, "get_query_serializer_class", None)
        serializer_class = find() if find else None
        takes_key = getattr(self.view, "takes_idempotency_key", False) and self.method != "GET"
        return [*([serializer_class] if serializer_class else []), *([IDEMPOTENCY_KEY] * takes_key)]


class StrictSerializerExtension(OpenApiSerializerExtension):
    """Says that no other fields may be sent."""

    target_class = StrictSerializer
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        if direction == "request":
            schema["additionalProperties"] = False
        return schema


def no_empty_parameters(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """A hook of drf-spectacular: `StrictQuery` refuses parameters without a value."""
    for methods in result["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", []):
                schema = parameter.get("schema", {})
                if parameter["in"] == "query" and schema.get("type") == "string":
                    schema.setdefault("minLength", 1)
    return result


def no_defaults_in_bodies(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """A hook of drf-spectacular: what a body may leave out is optional in every client.

    Generators of TypeScript take a default for a promise that the field is there, which is true of
    answers alone.
    """
    for name, schema in result["components"]["schemas"].items():
        if name.endswith("Request"):
            for field in schema.get("properties", {}).values():
                if "default" in field:
                    without = f"`{json.dumps(field.pop('default'))}` if left out."
                    text = field.get("description", "")
                    field["description"] = f"{text}\n\n{without}".strip()
    return result
