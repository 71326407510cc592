"""implicit: weighted ALS on who rated what. It makes lists and predicts no stars."""

import time

import numpy as np
from exchange import Answer, Task, serve
from implicit.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix


def answer(task: Task, **settings: float) -> Answer:
    ones = np.ones(task.users.size, np.float32)
    rated = csr_matrix((ones, (task.users, task.items)), (task.n_users, task.n_items))
    model = AlternatingLeastSquares(
        num_threads=1, random_state=0, use_gpu=False, dtype=np.float32, **settings
    )
    start = time.perf_counter()
    model.fit(rated, show_progress=False)
    seconds = time.perf_counter() - start
    scores = model.user_factors @ model.item_factors.T if task.wants_scores else None
    return Answer(seconds, None, scores)


serve(
    {
        "als": lambda task: answer(task, factors=100),
        "als-tuned": lambda task: answer(task, factors=64, regularization=10.0, alpha=1.0),
    }
)
