"""cornac: biased matrix factorisation by SGD, with its defaults and with settings found by hand."""

import time

import numpy as np
from cornac.data import Dataset
from cornac.models import MF
from exchange import Answer, Task, from_factors, serve, spread


def answer(task: Task, **settings: float) -> Answer:
    rows = zip(task.users.tolist(), task.items.tolist(), task.stars.tolist(), strict=True)
    data = Dataset.from_uir(list(rows), seed=0)
    model = MF(use_bias=True, num_threads=1, seed=0, verbose=False, **settings)
    start = time.perf_counter()
    model.fit(data)
    seconds = time.perf_counter() - start
    users, items = np.array(list(data.uid_map)), np.array(list(data.iid_map))
    return from_factors(
        task,
        seconds,
        model.global_mean,
        spread(np.asarray(model.u_biases), users, task.n_users),
        spread(np.asarray(model.i_biases), items, task.n_items),
        spread(np.asarray(model.u_factors), users, task.n_users),
        spread(np.asarray(model.i_factors), items, task.n_items),
    )


serve(
    {
        "mf": lambda task: answer(task, k=10, max_iter=25, learning_rate=0.01, lambda_reg=0.02),
        "mf-tuned": lambda task: answer(
            task, k=100, max_iter=60, learning_rate=0.01, lambda_reg=0.1
        ),
    }
)
