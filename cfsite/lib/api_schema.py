"""How the schema of the API describes strict input."""

from __future__ import annotations

from typing import Any

from drf_spectacular import openapi
from drf_spectacular.extensions import OpenApiSerializerExtension

from cfsite.lib.strict import StrictSerializer


class AutoSchema(openapi.AutoSchema):
    """Describes the query parameters that a `StrictQuery` view names."""

    def get_override_parameters(self) -> list[Any]:
        find = getattr(self.view, "get_query_serializer_class", None)
        serializer_class = find() if find else None
        return [serializer_class] if serializer_class else []


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
