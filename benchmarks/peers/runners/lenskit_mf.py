"""LensKit: biased matrix factorisation by alternating least squares."""

import time

import numpy as np
import pandas as pd
from exchange import Answer, Task, from_factors, serve, spread
from lenskit.als import BiasedMFScorer
from lenskit.data import from_interactions_df
from lenskit.training import TrainingOptions


def answer(task: Task, **settings: float) -> Answer:
    columns = {"user_id": task.users, "item_id": task.items, "rating": task.stars}
    data = from_interactions_df(pd.DataFrame(columns))
    model = BiasedMFScorer(**settings)
    start = time.perf_counter()
    model.train(data, TrainingOptions(rng=0))
    seconds = time.perf_counter() - start
    users, items = np.asarray(data.users.ids()), np.asarray(data.items.ids())
    bias = model.bias
    return from_factors(
        task,
        seconds,
        float(bias.global_bias),
        spread(np.asarray(bias.user_biases), users, task.n_users),
        spread(np.asarray(bias.item_biases), items, task.n_items),
        spread(np.asarray(model.user_embeddings), users, task.n_users),
        spread(np.asarray(model.item_embeddings), items, task.n_items),
    )


serve(
    {
        "mf": lambda task: answer(task, embedding_size=50, epochs=10, regularization=0.1),
        "mf-tuned": lambda task: answer(task, embedding_size=50, epochs=20, regularization=0.1),
    }
)
