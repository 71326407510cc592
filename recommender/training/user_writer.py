"""Users' rows written by whoever finishes them: the `on_users` of a fit on several machines.

Imports Django only to write: the scheduler of a cluster unpickles it, too, and is no site.
"""

from __future__ import annotations

from dataclasses import dataclass

from recommender.core.fitting.user_rows import UserRows
from recommender.training.rating_source import set_up_django


@dataclass(frozen=True)
class WriteUsers:
    """Copies the rows of a part of the users into PostgreSQL, from the worker that has them.

    A part may come twice, when a worker is lost after it has written; the second time replaces the
    first.
    """

    run_id: int

    def __call__(self, rows: UserRows) -> None:
        if not rows.user_ids.size:
            return
        set_up_django()
        from recommender import user_copy
        from recommender.training.packed_ratings import own_connection

        with own_connection() as own, own.transaction(), own.cursor() as cursor:
            first, last = int(rows.user_ids[0]), int(rows.user_ids[-1])
            user_copy.delete(cursor, self.run_id, first, last)
            user_copy.copy_in(cursor, self.run_id, rows)
