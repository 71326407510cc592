"""The database router: a request that only reads may read some models from a replica.

All that a request reads from replicas comes from one of them, chosen at its first such read.
Outside of requests, inside transactions and after a write everything is read from the primary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model


@dataclass
class Reads:
    """Where one request reads from."""

    # The alias of a database; None if that cannot be told yet.
    choose: Callable[[], str | None]
    alias: str | None = None

    def chosen(self) -> str:
        self.alias = self.alias or self.choose()
        return self.alias or DEFAULT_DB_ALIAS

    @property
    def is_from_replica(self) -> bool:
        return self.alias not in {None, DEFAULT_DB_ALIAS}

    def use_primary(self) -> None:
        self.alias = DEFAULT_DB_ALIAS


_reads: ContextVar[Reads | None] = ContextVar("reads", default=None)


@contextmanager
def reading(reads: Reads | None) -> Iterator[None]:
    token = _reads.set(reads)
    try:
        yield
    finally:
        _reads.reset(token)


def from_primary() -> Any:
    """Within this context everything is read from the primary: for what outlives the request."""
    return reading(None)


class ReplicaRouter:
    # Labels of the models that may be read from replicas, in lower case.
    models: ClassVar[frozenset[str]] = frozenset()

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        # Never None: Django would then use the database that a related object came from.
        reads = _reads.get()
        if reads is None or not self._may_read(model):
            return DEFAULT_DB_ALIAS
        if connections[DEFAULT_DB_ALIAS].in_atomic_block:
            return DEFAULT_DB_ALIAS
        return reads.chosen()

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        reads = _reads.get()
        if reads is not None and self._may_read(model):
            reads.use_primary()
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        return True  # they are copies of one database

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS

    def _may_read(self, model: type[Model]) -> bool:
        owner: Any = model._meta.auto_created or model  # the model of a many-to-many field
        return owner._meta.label_lower in self.models
