"""The built-in demo data: real movies with generated ratings.

The ratings come from a random model of taste, so that there is something to learn from on a machine
without access to a data set.
"""

from movies.imports.demo.catalogue import demo_movies
from movies.imports.demo.ratings import demo_dataset

__all__ = ["demo_dataset", "demo_movies"]
