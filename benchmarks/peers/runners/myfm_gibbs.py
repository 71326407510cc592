"""myFM: Bayesian factorisation machines by Gibbs sampling, plain and with implicit blocks.

The blocks hold, beside the one-hot id, what a person rated and who rated an item, each row
scaled to length one: SVD++ on both sides. Training ratings only.
"""

import time

import numpy as np
from exchange import Answer, Task, serve
from myfm import MyFMRegressor, RelationBlock
from scipy import sparse

RANK, ITERATIONS, KEPT = 10, 300, 290


def identity(n: int) -> sparse.csr_matrix:
    return sparse.identity(n, format="csr")


def plain(task: Task) -> Answer:
    users, items = identity(task.n_users), identity(task.n_items)
    train = sparse.hstack([users[task.users], items[task.items]]).tocsr()
    test = sparse.hstack([users[task.test_users], items[task.test_items]]).tocsr()
    model = MyFMRegressor(rank=RANK, random_seed=0)
    start = time.perf_counter()
    model.fit(
        train,
        task.stars.astype(np.float64),
        n_iter=ITERATIONS,
        n_kept_samples=KEPT,
        group_shapes=[task.n_users, task.n_items],
    )
    seconds = time.perf_counter() - start
    return Answer(seconds, model.predict(test))


def blocks(task: Task) -> Answer:
    ones = np.ones(task.users.size)
    rated = sparse.csr_matrix((ones, (task.users, task.items)), (task.n_users, task.n_items))
    user_table = sparse.hstack([identity(task.n_users), scaled(rated)]).tocsr()
    item_table = sparse.hstack([identity(task.n_items), scaled(rated.T.tocsr())]).tocsr()

    def relations(users: np.ndarray, items: np.ndarray) -> list[RelationBlock]:
        return [
            RelationBlock(users.astype(np.int64), user_table),
            RelationBlock(items.astype(np.int64), item_table),
        ]

    model = MyFMRegressor(rank=RANK, random_seed=0)
    start = time.perf_counter()
    model.fit(
        None,
        task.stars.astype(np.float64),
        X_rel=relations(task.users, task.items),
        n_iter=ITERATIONS,
        n_kept_samples=KEPT,
        group_shapes=[task.n_users, task.n_items, task.n_items, task.n_users],
    )
    seconds = time.perf_counter() - start
    return Answer(seconds, model.predict(None, relations(task.test_users, task.test_items)))


def scaled(rated: sparse.csr_matrix) -> sparse.csr_matrix:
    counts = np.asarray(rated.sum(axis=1)).ravel()
    return sparse.diags(1 / np.sqrt(np.maximum(counts, 1))) @ rated


serve({"ids": plain, "blocks": blocks})
