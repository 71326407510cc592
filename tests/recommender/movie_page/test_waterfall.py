"""The picture of a prediction's parts: labels end before the bars begin."""

import re

from movies.models import Movie
from recommender.movie_page.waterfall import LEFT, LONGEST_LABEL, SHOWN, waterfall_svg
from recommender.serving.explain import OwnRating, Reasons
from recommender.serving.predictions import PredictedStars


def reasons(*shares: float) -> Reasons:
    titles = (f"Number {n} of many movies with a very long title" for n in range(len(shares)))
    own = [OwnRating(Movie(title=t), 4.0, share) for t, share in zip(titles, shares, strict=True)]
    total = 3.5 + 0.4 - 0.1 + sum(shares)
    return Reasons(
        run_id=1,
        movie=Movie(title="A movie"),
        stars=PredictedStars(total, 0.7),
        prediction=total,
        average=3.5,
        standing=0.4,
        tendency=-0.1,
        typical=0.0,
        named=[],
        ratings=own,
        n_others=0,
        others=0.0,
    )


def test_it_works() -> None:
    svg = waterfall_svg(reasons(0.3, -0.2, 0.1))
    assert svg.count('class="own-part') == 3
    assert svg.count(" takes") == 2
    assert re.findall(r'class="number" [^>]+>([^<]+)<', svg)[1:] == [
        *("+0.40", "−0.10", "+0.30", "−0.20", "+0.10")
    ]


def test_long_titles_end_before_the_bars() -> None:
    svg = waterfall_svg(reasons(*[0.2, -0.3] * 4))
    assert min(float(x) for x in re.findall(r'<rect class="[^"]+" x="([\d.]+)"', svg)) >= LEFT
    labels = re.findall(r'<text x="0"[^>]*>([^<]+)<', svg)
    assert max(map(len, labels)) <= LONGEST_LABEL
    assert sum(label.endswith("…") for label in labels) == SHOWN
    # A wide system font takes about .6 of its size, 13 pixels, for a letter.
    assert LONGEST_LABEL * 0.6 * 13 < LEFT


def test_many_ratings_share_the_last_bar() -> None:
    svg = waterfall_svg(reasons(*[0.1] * (SHOWN + 3)))
    assert "3 more ratings" in svg
    assert "+0.30" in svg
