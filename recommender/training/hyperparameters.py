"""The hyperparameters of the next refit: those of the search in use, or the defaults."""

from __future__ import annotations

import logging

from django.db import transaction

from recommender.core import Hyperparameters
from recommender.models import HyperparameterSearch, TrainingRun
from recommender.training.hyperparameter_space import RefusedValues, hyperparameters_of, recipe

logger = logging.getLogger(__name__)


def current_hyperparameters() -> Hyperparameters:
    """Values for the next refit. Invalid stored values are logged as an error and ignored."""
    search = HyperparameterSearch.objects.in_use()
    if search is None:
        return Hyperparameters()
    try:
        return found_values(search)
    except RefusedValues as error:
        logger.error(
            "The values of hyperparameter search %s are refused (%s): using the defaults. "
            "`manage.py tune` finds new ones, `manage.py tune --use defaults` ends this message.",
            search.pk,
            error,
        )
        return Hyperparameters()


def found_values(search: HyperparameterSearch) -> Hyperparameters:
    """The hyperparameters a search found.

    Raises:
        RefusedValues: no search can have found them, or it compared them with other defaults than
            this version's.
    """
    found = hyperparameters_of(search.values)
    if search.recipe != recipe():
        raise RefusedValues("they were compared with defaults that this version no longer has")
    return found


def use_search(search: HyperparameterSearch) -> None:
    """Let the next refits use what this search found.

    Raises:
        RefusedValues: it found nothing, or its values are invalid.
    """
    if search.state != HyperparameterSearch.State.FINISHED or not search.values:
        raise RefusedValues("it found nothing better than the defaults")
    found_values(search)
    with transaction.atomic():
        HyperparameterSearch.objects.filter(is_in_use=True).update(is_in_use=False)
        HyperparameterSearch.objects.filter(pk=search.pk).update(is_in_use=True)


def revert_after_rejection(run: TrainingRun) -> None:
    """Return to the defaults after the gate rejected a run fitted with a search's values.

    Otherwise every following refit would be rejected too: the values were found on older data.
    """
    search = HyperparameterSearch.objects.in_use()
    if search is None or run.hyperparameters == Hyperparameters().to_dict():
        return
    HyperparameterSearch.objects.filter(pk=search.pk).update(
        is_in_use=False, reason=f"Run {run.pk} with these values was rejected: {run.reason}"
    )
    logger.warning(
        "Run %s was rejected; the next refit uses the defaults instead of search %s",
        run.pk,
        search.pk,
    )


def use_defaults() -> bool:
    """Let the next refits use the defaults; returns whether a search was in use."""
    return bool(HyperparameterSearch.objects.filter(is_in_use=True).update(is_in_use=False))
