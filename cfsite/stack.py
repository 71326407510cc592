"""Room on the interpreter's stack for a whole request at once.

CPython since 3.11 keeps the frames of a thread in chunks of 16 kB that it asks of the operating
system one by one and gives back as soon as they are empty. Where the loop of a template happens to
lie across the end of a chunk, every call in it maps a page and every return unmaps it: a third of
the time of a page, come and gone with the depth at which a server calls the application. A caller
whose own frame claims a large chunk leaves the rest of it to everything that it calls.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

# Slots of 8 bytes. The chunk is the next power of two that holds them, here 256 kB, of which the
# other half is for those below; pages that nobody touches cost nothing.
_SLOTS = 17_000


def with_room(application: Callable[..., Any]) -> Callable[..., Any]:
    """`application`, called from a frame with room for all that it calls."""

    def call(*arguments: Any) -> Any:
        return application(*arguments)

    call.__code__ = call.__code__.replace(co_stacksize=_SLOTS)
    return wraps(application)(call)
