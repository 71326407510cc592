"""The figures of a run as its admin page tells them: a name, the value, what it means."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class Figure(NamedTuple):
    name: Text
    value: str
    meaning: Text


# By key: name, meaning. A key that is missing here is shown as it is.
METRICS: Mapping[str, tuple[Text, Text]] = {
    "rmse": (
        _("Error in stars (RMSE)"),
        _("Typical distance between a predicted and a given rating; smaller is better."),
    ),
    "mae": (_("Average error in stars (MAE)"), _("The same, with big misses counting less.")),
    "bias_rmse": (
        _("Error of averages alone"),
        _("RMSE of predicting from the averages of member and movie."),
    ),
    "best_mean": (
        _("Best kind of average"),
        _("Of the overall mean, members’ means, movies’ means, and both: the hardest to beat."),
    ),
    "best_mean_rmse": (_("Its error"), _("RMSE. The run must not be worse than this.")),
    "gain": (_("Gain over it"), _("In stars of RMSE.")),
    "gain_error": (_("Give or take"), _("Standard error of the gain.")),
    "ndcg": (
        _("Quality of lists (NDCG@10)"),
        _("How many of a top ten were rated later, those at the top counting more; 1 is best."),
    ),
    "popularity_ndcg": (
        _("Quality of the popular movies"),
        _("NDCG@10 of showing everybody the most rated movies."),
    ),
    "ndcg_gain": (_("Gain over the popular movies"), _("In NDCG@10.")),
    "ndcg_gain_error": (_("Give or take"), _("Standard error of that gain.")),
    "n_compared": (
        _("Compared with the live run on"),
        _("Held-out ratings that neither run learned from."),
    ),
    "compared_rmse": (_("Error of this run on them"), _("RMSE.")),
    "active_rmse": (_("Error of the live run on them"), _("RMSE.")),
    "compared_error": (_("Give or take"), _("Standard error of the difference.")),
    "n_held_out": (
        _("Ratings held out"),
        _("The run did not see them while it was measured. Too few, and nothing is measured."),
    ),
    "protocol": (_("What was held out"), ""),
    "coverage": (
        _("Movies that lists reach"),
        _("How many different ones are in the top ten of anybody."),
    ),
    "median_popularity": (
        _("How well known the picks are"),
        _("Ratings of the middle one of all recommended movies."),
    ),
    "n_people": (_("Raters whose lists were measured"), ""),
    "n_epochs": (_("Passes over the ratings"), _("Until held-out ratings gained no more.")),
    "n_sweeps": (_("Finishing passes"), _("Each solves all movies and members exactly.")),
    "restarts": (_("Restarts"), _("How often the fit diverged and began again more carefully.")),
}
DATA: Mapping[str, tuple[Text, Text]] = {
    "ratings": (_("Ratings"), _("All that the run learned from.")),
    "users": (_("Raters"), ""),
    "movies": (_("Movies"), _("With and without ratings.")),
    "dropped": (_("Ratings left out"), _("Out of range, or by nobody.")),
    "teacher_ratings": (_("Of them from data sets"), ""),
    "teacher_users": (_("Raters from data sets"), ""),
    "teacher_weight": (
        _("Weight of data sets"),
        _("How much one of their ratings counts beside a member’s."),
    ),
    "new_accounts": (
        _("New accounts"),
        _("Their ratings count less until they are two weeks old and have rated 20 movies."),
    ),
}

COMPARISON: Mapping[str, tuple[Text, Text]] = {
    "run": (_("The run before"), ""),
    "n_people": (_("People compared"), _("Drawn at random from those that both runs know.")),
    "overlap": (
        _("Movies that stay in a top twenty"),
        _("Share of the new list that the old one has too; 1 is no change."),
    ),
    "overlap_of_lowest_tenth": (
        _("The same for the tenth that changes most"),
        _("Nine out of ten people keep more than this share."),
    ),
    "stars_moved": (
        _("Movement of predicted stars"),
        _("Mean difference between the two runs for the movies on the new lists."),
    ),
}


def in_words(
    values: Mapping[str, Any],
    words: Mapping[str, tuple[Text, Text]],
    without: Collection[str] = (),
) -> Iterator[Figure]:
    """Known figures first, in the order of `words`; not those in `without`."""
    known = [key for key in words if key in values]
    others = [key for key in values if key not in words and key not in without]
    for key in (*known, *others):
        name, meaning = words.get(key, (key, ""))
        yield Figure(name, _value(values[key]), meaning)


def _value(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
