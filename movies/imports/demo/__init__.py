"""The site's own data: real movies, and ratings that nobody gave.

The movies are facts (title, year, genres). The ratings are drawn from a model of taste, so that
there is something to learn on a machine that reaches no data set.
"""

from movies.imports.demo.catalogue import demo_movies
from movies.imports.demo.ratings import demo_dataset

__all__ = ["demo_dataset", "demo_movies"]
