"""People who were solved a moment ago.

One page after the other asks for the same person, who seldom rates in between. What they said is
read anew each time; where it is what it was, so is the solution. In this process's memory, bounded,
and gone with the arrays of the run it was solved against.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from recommender.serving.user_state import UserState

if TYPE_CHECKING:
    from recommender.serving.model_cache import Model
    from recommender.serving.users import FoldedInUser

# A solution holds four numbers for each rating and factor: 0.15 MB for sixty ratings, 1 MB for the
# most that are kept.
MOST_PEOPLE, MOST_RATINGS = 32, 500
_PLACE = "solved people"


class SolvedPeople:
    """The last ones, each with the record that they were solved from."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, tuple[UserState, FoldedInUser]] = OrderedDict()
        self._lock = threading.Lock()

    @classmethod
    def of(cls, model: Model) -> SolvedPeople:
        """Those of the run of these arrays."""
        # Two threads that begin at once: `setdefault` gives both the same.
        return model.beside.setdefault(_PLACE, cls())

    def solve(
        self, user_id: int, record: UserState, solve: Callable[[UserState], FoldedInUser]
    ) -> FoldedInUser:
        """What `solve(record)` gives, without asking it again for a record like the last."""
        with self._lock:
            before, person = self._kept.get(user_id, (None, None))
        if person is None or before is None or not _says_the_same(before, record):
            person = _shared(solve(record))
        with self._lock:
            self._kept.pop(user_id, None)
            if len(record.ratings) <= MOST_RATINGS:
                self._kept[user_id] = record, person
            while len(self._kept) > MOST_PEOPLE:
                self._kept.popitem(last=False)
        return person


def _says_the_same(one: UserState, other: UserState) -> bool:
    """`fitted` aside: what a run knew of somebody does not change."""
    return (
        one.ratings == other.ratings
        and set(one.put_away) == set(other.put_away)
        and set(one.answers) == set(other.answers)
        and (one.fitted is None) == (other.fitted is None)
    )


def _shared(person: FoldedInUser) -> FoldedInUser:
    """The same, whom nobody may change: other answers work from it too."""
    evidence = person.evidence
    for values in (person.rated, person.excluded, evidence.item_index, evidence.stars):
        values.flags.writeable = False
    return person
