"""Weights of the prediction interval, as a run stores them."""

from recommender.core import (
    Factors,
    IntervalWeights,
    ItemFactors,
)


def rebuilt(items: ItemFactors, summary: dict) -> ItemFactors:
    columns = (items.item_ids, items.n_ratings, items.bias, items.vectors, items.implicit)
    return ItemFactors.from_parts(*columns, items.interest, items.variance, summary)


def test_a_run_stored_before_there_were_weights_still_serves(fitted: Factors) -> None:
    summary = fitted.items.summary()
    own = IntervalWeights(person=3.0, typical_error=0.2)
    summary["spread"] = own.to_dict()
    assert rebuilt(fitted.items, summary).interval_weights == own
    del summary["spread"]
    assert rebuilt(fitted.items, summary).interval_weights == IntervalWeights()
