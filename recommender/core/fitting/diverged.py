"""The error of a fit whose numbers grow without bound."""


class FitDiverged(ArithmeticError):
    """The factors grew without bound, however small the learning rate was made.

    >>> fit(ratings, Hyperparameters(n_factors=2, learning_rate=1e9))
    Traceback (most recent call last):
        ...
    recommender.core.fitting.diverged.FitDiverged: the fit diverged at learning rate 1e+09...
    """
