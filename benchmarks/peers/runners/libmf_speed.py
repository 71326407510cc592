"""LIBMF through its C interface: seconds per epoch, total seconds, error on held-out ratings.

One epoch = (all epochs - one epoch) / (epochs - 1), each call from arrays to a model; so sorting
and scaling count in the total but not in the epochs.
"""

import ctypes
from pathlib import Path

import numpy as np
from columns import arguments, clock, dot, rates, read, rmse, tell

NODE = np.dtype([("u", np.int32), ("v", np.int32), ("r", np.float32)])
BINS = 20


class Parameter(ctypes.Structure):
    """The fields that all versions share; later fields keep the library's defaults."""

    _fields_ = [
        ("fun", ctypes.c_int),
        ("k", ctypes.c_int),
        ("nr_threads", ctypes.c_int),
        ("nr_bins", ctypes.c_int),
        ("nr_iters", ctypes.c_int),
        ("lambda_p1", ctypes.c_float),
        ("lambda_p2", ctypes.c_float),
        ("lambda_q1", ctypes.c_float),
        ("lambda_q2", ctypes.c_float),
        ("eta", ctypes.c_float),
        ("rest", ctypes.c_ubyte * 24),
    ]


class Problem(ctypes.Structure):
    _fields_ = [
        ("m", ctypes.c_int),
        ("n", ctypes.c_int),
        ("nnz", ctypes.c_longlong),
        ("nodes", ctypes.c_void_p),
    ]


class Model(ctypes.Structure):
    _fields_ = [
        ("fun", ctypes.c_int),
        ("m", ctypes.c_int),
        ("n", ctypes.c_int),
        ("k", ctypes.c_int),
        ("b", ctypes.c_float),
        ("p", ctypes.POINTER(ctypes.c_float)),
        ("q", ctypes.POINTER(ctypes.c_float)),
    ]


def load(path: str | None) -> ctypes.CDLL:
    """The library given by --libmf, otherwise that of the installed Python package."""
    if path is None:
        import numpy

        folder = Path(numpy.__file__).parents[1]
        path = str(next(folder.glob("libmf*.so")))
    library = ctypes.CDLL(path)
    library.mf_get_default_param.restype = Parameter
    library.mf_train.restype = ctypes.POINTER(Model)
    library.mf_train.argtypes = [ctypes.POINTER(Problem), Parameter]
    library.mf_destroy_model.argtypes = [ctypes.POINTER(ctypes.POINTER(Model))]
    return library


def train(library: ctypes.CDLL, nodes: np.ndarray, asked: dict, epochs: int) -> tuple:
    problem = Problem(asked["n_users"], asked["n_items"], nodes.size, nodes.ctypes.data)
    parameter = library.mf_get_default_param()
    parameter.k, parameter.nr_threads, parameter.nr_bins = asked["k"], asked["threads"], BINS
    parameter.nr_iters, parameter.eta = epochs, asked["eta"]
    parameter.lambda_p1 = parameter.lambda_q1 = 0.0
    parameter.lambda_p2 = parameter.lambda_q2 = asked["regularization"]
    start = clock()
    model = library.mf_train(ctypes.byref(problem), parameter)
    return clock() - start, model


def held_out_rmse(model: ctypes.POINTER, folder: str) -> float:
    m = model.contents
    user_rows = np.ctypeslib.as_array(m.p, (m.m, m.k))
    item_rows = np.ctypeslib.as_array(m.q, (m.n, m.k))
    users, items, stars = read(folder, "test")
    predicted = dot(user_rows, item_rows, users, items)
    return rmse(np.where(np.isnan(predicted), m.b, predicted), stars)


def main() -> None:
    asked = arguments()
    library = load(asked["library"])
    nodes = np.empty(np.load(f"{asked['folder']}/train_users.npy", mmap_mode="r").size, NODE)
    nodes["u"], nodes["v"], nodes["r"] = read(asked["folder"], "train")
    once = np.zeros(2)
    if asked["time_epochs"]:
        once, model = train(library, nodes, asked, 1)
        library.mf_destroy_model(ctypes.byref(model))
    total, model = train(library, nodes, asked, asked["epochs"])
    tell(
        seconds=total[0],
        processor=total[1],
        rmse=held_out_rmse(model, asked["folder"]),
        **rates(nodes.size * (asked["epochs"] - 1), total - once),
    )


main()
