"""cornac's MF: rating updates per second of its epochs, on the first million ratings."""

import numpy as np
from columns import MILLION, arguments, clock, rates, read, tell
from cornac.data import Dataset
from cornac.models import MF


def fit(data: Dataset, asked: dict, epochs: int) -> np.ndarray:
    model = MF(k=asked["k"], max_iter=epochs, num_threads=asked["threads"], seed=0, verbose=False)
    start = clock()
    model.fit(data)
    return clock() - start


def main() -> None:
    asked = arguments()
    columns = (column.tolist() for column in read(asked["folder"], "train", MILLION))
    rows = list(zip(*columns, strict=True))
    data = Dataset.from_uir(rows, seed=0)
    once, more = fit(data, asked, 1), fit(data, asked, 1 + asked["epochs"])
    tell(seconds=more[0], **rates(len(rows) * asked["epochs"], more - once))


main()
