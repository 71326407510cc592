"""Context for cards with predictions."""

from typing import Any

from recommender.serving import explain, recommend

# Cards of one page of picks.
PICKS = 12


def cards_of(picks: recommend.Recommendations) -> dict[str, Any]:
    return {
        "movies": picks.movies,
        "predicted": {item.movie_id: item.stars for item in picks.items},
        "because": explain.short_reasons(picks),
    }
