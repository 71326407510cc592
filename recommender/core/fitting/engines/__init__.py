"""Where the tasks of a fit run.

A fit is a plan of tasks over its parts (`partition`): plain functions of arrays that change none of
their arguments, so that a task may run anywhere and, if a machine dies, once more somewhere else.
The plan and all random numbers are the same on every engine, hence the factors are too, byte for
byte.
"""

from recommender.core.fitting.engines.engine import Engine, Handle
from recommender.core.fitting.engines.local import Local

__all__ = ["Engine", "Handle", "Local"]
