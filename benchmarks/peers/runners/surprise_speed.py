"""Surprise's SVD: rating updates per second of its epochs, on the first million ratings."""

import numpy as np
from columns import MILLION, arguments, clock, rates, read, tell
from surprise import SVD, Dataset, Reader, Trainset


def fit(trainset: Trainset, k: int, epochs: int) -> np.ndarray:
    start = clock()
    SVD(n_factors=k, n_epochs=epochs, random_state=0).fit(trainset)
    return clock() - start


def main() -> None:
    asked = arguments()
    columns = (column.tolist() for column in read(asked["folder"], "train", MILLION))
    rows = [(u, i, r, None) for u, i, r in zip(*columns, strict=True)]
    trainset = Dataset(Reader(rating_scale=(0.5, 5.0))).construct_trainset(rows)
    once, more = fit(trainset, asked["k"], 1), fit(trainset, asked["k"], 1 + asked["epochs"])
    tell(seconds=more[0], **rates(len(rows) * asked["epochs"], more - once))


main()
