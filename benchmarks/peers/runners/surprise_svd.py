"""Surprise: SVD and SVD++, with its defaults and with settings found by hand."""

import time

import numpy as np
from exchange import Answer, Task, from_factors, serve, spread
from surprise import SVD, Dataset, Reader, SVDpp


def answer(task: Task, model: SVD | SVDpp) -> Answer:
    rows = zip(task.users.tolist(), task.items.tolist(), task.stars.tolist(), strict=True)
    data = Dataset(Reader(rating_scale=(0.5, 5.0)))
    trainset = data.construct_trainset([(u, i, r, None) for u, i, r in rows])
    start = time.perf_counter()
    model.fit(trainset)
    seconds = time.perf_counter() - start
    users = np.array([trainset.to_raw_uid(u) for u in trainset.all_users()])
    items = np.array([trainset.to_raw_iid(i) for i in trainset.all_items()])
    user_factors = model.pu
    if isinstance(model, SVDpp):
        rated = [[i for i, _ in trainset.ur[u]] for u in trainset.all_users()]
        implicit = [model.yj[own].sum(axis=0) / np.sqrt(len(own)) for own in rated]
        user_factors = user_factors + np.array(implicit)
    return from_factors(
        task,
        seconds,
        trainset.global_mean,
        spread(model.bu, users, task.n_users),
        spread(model.bi, items, task.n_items),
        spread(user_factors, users, task.n_users),
        spread(model.qi, items, task.n_items),
    )


serve(
    {
        "svd": lambda task: answer(task, SVD(random_state=0)),
        "svd-tuned": lambda task: answer(
            task, SVD(n_factors=100, n_epochs=60, lr_all=0.006, reg_all=0.1, random_state=0)
        ),
        "svdpp": lambda task: answer(task, SVDpp(cache_ratings=True, random_state=0)),
        "svdpp-tuned": lambda task: answer(
            task,
            SVDpp(
                n_factors=50,
                n_epochs=40,
                lr_all=0.006,
                reg_all=0.07,
                cache_ratings=True,
                random_state=0,
            ),
        ),
    }
)
