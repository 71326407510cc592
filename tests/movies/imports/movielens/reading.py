"""Reading a whole data set."""

from movies.imports.dataset import DataSet, Meter, MovieLine, RatingLine, Reject

Read = tuple[list[MovieLine], list[RatingLine], list[Reject]]


def read(data_set: DataSet) -> Read:
    rejects: list[Reject] = []
    movies = list(data_set.read_movies(rejects.append))
    return movies, list(data_set.read_ratings(rejects.append, Meter(0))), rejects


def reasons(rejects: list[Reject]) -> list[tuple[str, int]]:
    return [(reject.file, reject.line) for reject in rejects]
