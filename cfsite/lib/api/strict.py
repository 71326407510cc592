"""Input of the API that refuses what it doesn't know.

Dropping a misspelled parameter or field silently answers another question than the one asked.
So all input serializers derive from `StrictSerializer` or `StrictModelSerializer`, and all views
from `StrictQuery`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

_INTEGER = re.compile(r"-?[0-9]+", re.ASCII)


class _StrictTypes(serializers.Serializer):
    """Takes values of the declared type alone: no number as a text, no 1 as true."""

    def to_internal_value(self, data: Any) -> Any:
        errors = self._errors_of(data) if isinstance(data, Mapping) else {}
        try:
            value = super().to_internal_value(data)
        except ValidationError as error:
            raise ValidationError({**error.detail, **errors}) from error
        if errors:
            raise ValidationError(errors)
        return value

    def _errors_of(self, data: Mapping) -> dict[str, Any]:
        find = _error_in_text if isinstance(data, QueryDict) else _error_in_json
        errors = {
            field.field_name: find(field, data[field.field_name])
            for field in self._writable_fields
            if field.field_name in data
        }
        return {name: error for name, error in errors.items() if error}


class StrictSerializer(_StrictTypes):
    """For request bodies: refuses unknown and read-only fields."""

    def _errors_of(self, data: Mapping) -> dict[str, Any]:
        writable = {field.field_name for field in self._writable_fields}
        unknown = {
            str(name): [ErrorDetail(_("Unknown or read-only field."), "unknown_field")]
            for name in data
            if name not in writable
        }
        return super()._errors_of(data) | unknown


class StrictModelSerializer(StrictSerializer, serializers.ModelSerializer):
    """`StrictSerializer` with the fields of a model."""


class QuerySerializer(_StrictTypes):
    """For the query parameters of a view; see `StrictQuery`."""


def _error_in_json(field: serializers.Field, value: Any) -> Any:
    """What is wrong with the type of the value: errors, by place for a list; None if nothing."""
    if value is None:
        return None
    if isinstance(field, serializers.ListField) and isinstance(value, list):
        errors = {str(i): _error_in_json(field.child, one) for i, one in enumerate(value)}
        return {place: error for place, error in errors.items() if error} or None
    if isinstance(field, serializers.ChoiceField):
        is_right = type(value) in {type(choice) for choice in field.choices}
        return None if is_right else _error(field, "invalid_choice")
    if isinstance(field, serializers.BooleanField):
        is_right = isinstance(value, bool)
    elif isinstance(field, serializers.CharField):
        is_right = isinstance(value, str)
    elif isinstance(field, serializers.IntegerField):
        is_right = _is_number(value) and value == int(value)
    elif isinstance(field, serializers.FloatField | serializers.DecimalField):
        is_right = _is_number(value)
    else:
        is_right = True
    return None if is_right else _error(field, "invalid")


def _error_in_text(field: serializers.Field, value: Any) -> Any:
    """The same for values of a form or a query string, which are all texts."""
    if not isinstance(value, str):
        return None
    if isinstance(field, serializers.BooleanField):
        is_right = value in ("true", "false")
    elif isinstance(field, serializers.IntegerField):
        is_right = bool(_INTEGER.fullmatch(value))
    else:
        is_right = True
    return None if is_right else _error(field, "invalid")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _error(field: serializers.Field, code: str) -> list[ErrorDetail]:
    # The text of `invalid_choice` has a place for the value; `cfsite.lib.api.problems` replaces it.
    return [ErrorDetail(field.error_messages[code], code)]


@cache
def _names_of(serializer_class: type[serializers.Serializer]) -> frozenset[str]:
    """The names of its fields, of which every request would make copies."""
    return frozenset(serializer_class().fields)


class StrictQuery:
    """Mixin of all views of the API: refuses query parameters that the call doesn't have.

    A view names its parameters by a `QuerySerializer`, which also describes them in the schema:
    `query_serializer = ...` in the class or in `@action(...)`, for GET. Where the actions of a
    viewset differ, override `get_query_serializer_class`. Parameters of filters and of paging are
    known; an action that isn't paged says `pagination_class=None`.
    """

    request: Request
    query_serializer: type[serializers.Serializer] | None = None

    def get_query_serializer_class(self) -> type[serializers.Serializer] | None:
        return self.query_serializer if self.request.method in ("GET", "HEAD") else None

    def query(self) -> dict[str, Any]:
        """The validated parameters."""
        serializer_class = self.get_query_serializer_class()
        if serializer_class is None:
            raise ImproperlyConfigured(f"{type(self).__name__} has no query_serializer.")
        serializer = serializer_class(
            data=self.request.query_params, context={"request": self.request}
        )
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        method = request.method.lower()
        # QUERY is a method of HTTP, and `query` one of ours.
        is_allowed = method in self.http_method_names and hasattr(self, method)  # type: ignore[attr-defined]
        if request.query_params and is_allowed and request.method != "OPTIONS":
            self._check_parameters(request.query_params)

    def _check_parameters(self, sent: QueryDict) -> None:
        known = self.known_parameters()
        errors = {
            name: [ErrorDetail(_("Unknown parameter."), "unknown_parameter")]
            for name in sent
            if name not in known
        }
        errors |= {
            name: [ErrorDetail(_("A parameter may not be empty. Leave it out instead."), "blank")]
            for name in known & sent.keys()
            if "" in sent.getlist(name)
        }
        if errors:
            raise ValidationError(errors)

    def known_parameters(self) -> set[str]:
        """The names of all query parameters of the call."""
        serializer_class = self.get_query_serializer_class()
        known = set(_names_of(serializer_class)) if serializer_class else set()
        if self.request.method not in ("GET", "HEAD"):
            return known
        action = getattr(self, "action", None)
        if action != "retrieve":
            known |= _parameters_of_paging(getattr(self, "paginator", None))
        filterset = getattr(self, "filterset_class", None)
        # `@action(filterset_class=...)` sets the instance's; the class's own is for its list.
        if filterset and (action == "list" or "filterset_class" in vars(self)):
            known |= set(filterset.base_filters)
        return known


def _parameters_of_paging(paginator: Any) -> set[str]:
    names = ("page_query_param", "page_size_query_param", "cursor_query_param")
    return {getattr(paginator, name, None) for name in names} - {None}
