"""The journey of an app, by the Python client that openapi-python-client makes of the schema.

python journey.py ADDRESS      with the generated package `films` importable
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from films import AuthenticatedClient, Client
from films.api.groups import create_group, get_group_recommendations
from films.api.login import sign_up
from films.api.me import erase_account, get_changes, get_me, get_state, put_ratings
from films.api.movies import explain_movie, list_movies, mark_movie, rate_movie
from films.api.predict import predict
from films.api.recommendations import get_recommendations
from films.api.viewings import list_viewings, log_viewing
from films.models import (
    AuthSignup,
    EraseRequest,
    GroupChangeRequest,
    MarkMovieKind,
    NewViewingRequest,
    PredictRequest,
    RateRequest,
    RatingWriteRequest,
    RatingWritesRequest,
)

PASSWORD = "mauve-teapot-77"


def parsed(answer: Any, *statuses: HTTPStatus) -> Any:
    """The answer in the generated type of its status."""
    assert answer.status_code in (statuses or (HTTPStatus.OK,)), answer.content
    return answer.parsed


def main(address: str) -> None:
    nobody = Client(base_url=address, raise_on_unexpected_status=True)
    wanted = AuthSignup(username="pia", password=PASSWORD)
    session = parsed(sign_up.sync_detailed(client=nobody, body=wanted))
    app = AuthenticatedClient(
        base_url=address, token=session.meta.session_token, raise_on_unexpected_status=True
    )
    assert parsed(get_me.sync_detailed(client=app)).username == "pia"

    found = parsed(list_movies.sync_detailed(client=app, q="Movie 4", page_size=5)).results
    movie = found[0]
    assert movie.my_rating is None
    assert movie.posters.small.url
    rated = RateRequest(stars=4.5)
    rating = parsed(rate_movie.sync_detailed(movie.id, client=app, body=rated), HTTPStatus.CREATED)
    assert rating.movie.my_rating == 4.5

    liked = parsed(get_recommendations.sync_detailed(client=app, n=5, reasons=True))
    assert liked.source == "personal"
    best = liked.results[0].movie
    why = parsed(explain_movie.sync_detailed(best.id, client=app))
    assert abs(why.stars - best.predicted.stars) < 0.01

    seen = MarkMovieKind.WATCHLIST
    mark = parsed(mark_movie.sync_detailed(best.id, seen, client=app), HTTPStatus.CREATED)
    assert mark.movie.my_marks == ["watchlist"]
    entry = NewViewingRequest(movie=movie.id, watched="2026-03", tags=["cinema"])
    parsed(log_viewing.sync_detailed(client=app, body=entry), HTTPStatus.CREATED)
    assert parsed(list_viewings.sync_detailed(client=app)).results[0].tags == ["cinema"]
    friday = GroupChangeRequest(name="Friday")
    group = parsed(create_group.sync_detailed(client=app, body=friday), HTTPStatus.CREATED)
    assert parsed(get_group_recommendations.sync_detailed(group.id, client=app)).results

    _sync(app, movie.id, best.id)
    asked = PredictRequest.from_dict({"ratings": [{"movie": movie.id, "stars": 5}], "n": 3})
    assert len(parsed(predict.sync_detailed(client=nobody, body=asked)).results) == 3

    password = EraseRequest(password=PASSWORD)
    parsed(erase_account.sync_detailed(client=app, body=password), HTTPStatus.NO_CONTENT)
    gone = get_me.sync_detailed(client=app)
    assert parsed(gone, HTTPStatus.UNAUTHORIZED).code == "invalid_token"


def _sync(app: AuthenticatedClient, rated: int, other: int) -> None:
    """Reads all, goes through a tunnel, sends what was done there, and reads what changed."""
    all_of_it = parsed(get_changes.sync_detailed(client=app, page_size=100))
    assert {change.kind for change in all_of_it.results} == {"rating", "mark", "viewing"}
    before = parsed(get_state.sync_detailed(client=app))
    now = datetime.now(UTC)
    rows = [
        RatingWriteRequest(movie=other, stars=3.5, rated_at=now),
        RatingWriteRequest(movie=rated, stars=1, rated_at=now - timedelta(days=1)),
    ]
    body = RatingWritesRequest(ratings=rows)
    sent = parsed(put_ratings.sync_detailed(client=app, body=body))
    assert [result.status for result in sent.results] == [201, 409]
    news = parsed(get_changes.sync_detailed(client=app, since=all_of_it.cursor))
    assert {(change.kind, change.id) for change in news.results} >= {("rating", other)}
    assert parsed(get_state.sync_detailed(client=app)).changes != before.changes


if __name__ == "__main__":
    main(sys.argv[1])
