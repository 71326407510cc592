"""A check of schemathesis that knows which rules of the API no schema can state.

Loaded into its process by SCHEMATHESIS_HOOKS.
"""

from __future__ import annotations

from typing import Any

import schemathesis

# Refusals of what is well formed: opaque values that this site never gave out, things that aren't
# there, and fields that depend on each other or on the operator.
BEYOND_SCHEMAS = {
    *("invalid_cursor", "does_not_exist", "combined", "reference", "rated_at"),
    *("in_the_future", "list_limit_reached", "too_many_answers", "refused", "wrong_password"),
}


@schemathesis.check
def valid_request_is_accepted(ctx: Any, response: Any, case: Any) -> None:
    """In place of `positive_data_acceptance`, which takes any 400 for a contradiction."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if response.status_code != 400:
        return
    problem = response.json()
    codes = {error["code"] for error in problem["errors"]} or {problem["code"]}
    assert codes <= BEYOND_SCHEMAS, f"A valid request was refused: {problem}"
