"""A request's frames lie in one piece, at whatever depth the server calls the site."""

import resource
import sys
from collections.abc import Callable

import pytest

from cfsite.stack import with_room

DEPTHS = range(160)
CALLS = 300


def at_depth(depth: int, then: Callable[[], int]) -> int:
    return at_depth(depth - 1, then) if depth else then()


def leaf() -> int:
    return 1


# As large as the frames of a template's nodes, and larger than those that lead to a depth: one
# depth or another leaves too little room for it.
leaf.__code__ = leaf.__code__.replace(co_stacksize=60)


def pages_mapped_by_calls() -> int:
    """How many pages the kernel had to map while a loop called a small function."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(CALLS):
        leaf()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def test_it_works() -> None:
    assert with_room(lambda a, b: a + b)(1, 2) == 3


def test_an_error_comes_through() -> None:
    with pytest.raises(ZeroDivisionError):
        with_room(lambda: 1 / 0)()


def worst(call: Callable[[], int]) -> int:
    """The most pages over all depths at which a server may call, the quieter of two looks each."""
    return max(min(at_depth(depth, call) for _ in range(2)) for depth in DEPTHS)


def test_no_depth_makes_calls_map_memory() -> None:
    assert worst(with_room(pages_mapped_by_calls)) < CALLS / 10


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="how later versions do it is theirs")
def test_without_the_room_some_depth_does() -> None:
    """The control: what the room is for can be seen by the same measure."""
    assert worst(pages_mapped_by_calls) >= CALLS
