"""How sure a prediction is, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from movies import scales
from recommender.serving.predictions import PredictedStars

# Width in stars of the interval that holds eight of ten ratings. Ratings of one person scatter by
# about a star whatever is known, so no interval is much narrower than 2.
SURE, UNSURE = 2.1, 2.8


def sureness(stars: PredictedStars) -> str:
    """'We're fairly sure: 3.5 to 4.5.'"""
    number = scales.active().number
    between = {"low": number(stars.low), "high": number(stars.high)}
    width = stars.high - stars.low
    if width <= SURE:
        return _("We’re fairly sure: %(low)s to %(high)s.") % between
    if width <= UNSURE:
        return _("Most likely %(low)s to %(high)s.") % between
    return _("Just a guess so far: anywhere from %(low)s to %(high)s.") % between
