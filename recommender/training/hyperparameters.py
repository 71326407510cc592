"""Which hyper-parameters the next refit uses: those of the search in use, else the defaults."""

from __future__ import annotations

import logging

from django.db import transaction

from recommender.core import Hyperparameters
from recommender.models import HyperparameterSearch, TrainingRun
from recommender.tuning.space import RefusedValues, hyperparameters_of, recipe

logger = logging.getLogger(__name__)


def current_hyperparameters() -> Hyperparameters:
    """Every fit that may serve starts here. Values that cannot be right are refused, loudly."""
    search = HyperparameterSearch.objects.in_use()
    if search is None:
        return Hyperparameters()
    try:
        return values_of(search)
    except RefusedValues as error:
        logger.error(
            "The values of hyper-parameter search %s are refused (%s): using the defaults. "
            "`manage.py tune` finds new ones, `manage.py tune --use defaults` ends this message.",
            search.pk,
            error,
        )
        return Hyperparameters()


def values_of(search: HyperparameterSearch) -> Hyperparameters:
    """The hyper-parameters a search found.

    Raises:
        RefusedValues: they are not what a search can have found, or they were measured against
            other defaults than this version's.
    """
    found = hyperparameters_of(search.values)
    if search.recipe != recipe():
        raise RefusedValues("they were found against other defaults than this version has")
    return found


def use(search: HyperparameterSearch) -> None:
    """Let the next refits use what this search found.

    Raises:
        RefusedValues: it found nothing, or nothing that may be used.
    """
    if search.state != HyperparameterSearch.State.FINISHED or not search.values:
        raise RefusedValues("it found nothing better than the defaults")
    values_of(search)
    with transaction.atomic():
        HyperparameterSearch.objects.filter(is_in_use=True).update(is_in_use=False)
        HyperparameterSearch.objects.filter(pk=search.pk).update(is_in_use=True)


def distrust_values(run: TrainingRun) -> None:
    """Go back to the defaults after the gate refused a run that was fitted with found values.

    The next refit would be refused like this one, and so on; what was found was measured on data
    that have changed since.
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
    """Let the next refits use the defaults; tells whether anything else was in use."""
    return bool(HyperparameterSearch.objects.filter(is_in_use=True).update(is_in_use=False))
