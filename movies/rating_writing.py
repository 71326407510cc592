"""The control that takes stars: a group of ten radio buttons in a form of its own.

A page of one's ratings has two dozen of them, two hundred buttons; see recommender/card_writing.py.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape
from urllib.parse import quote

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from movies import scales
from movies.addresses import address
from movies.models import Movie
from movies.stars import STEPS
from movies.words import Words

WORDS = Words(
    your_rating=_("Your rating of %(title)s"),
    save=_("Save"),
    remove=_("Remove"),
    of_it=_("your rating of %(title)s"),
    not_saved=_("Not saved. Choose again to retry."),
    log_in=_("Log in to rate it"),
)


def write_rating_control(
    request: HttpRequest,
    movie: Movie,
    half_stars: int | None,
    csrf_token: str,
    *,
    prediction_shown: bool,
) -> SafeString:
    """`<div class="rating-box">`: the form, or the way to log in."""
    if not request.user.is_authenticated:
        log_in = f"{reverse('account_login')}?next={quote(request.get_full_path())}"
        words = WORDS().log_in
        link = f'<a class="button" href="{escape(log_in)}">{words}</a>'
        return SafeString(f'<div class="rating-box"><p>{link}</p></div>')
    words, title = WORDS(), {"title": escape(movie.title)}
    rate = address("movies:rate", movie.pk)
    shown = '<input type="hidden" name="prediction_shown" value="1">' if prediction_shown else ""
    hidden = "" if half_stars else " hidden"
    # Texts of people are escaped where they are put in; the rest is of the site.
    return SafeString(
        f'<div class="rating-box"><form class="rating" method="post" action="{rate}"'
        f' hx-post="{rate}" hx-trigger="change delay:500ms, submit"'
        ' hx-target="next .rating-status" hx-swap="innerHTML" hx-sync="this:replace">'
        f'<input type="hidden" name="csrfmiddlewaretoken" value="{csrf_token}">'
        f'<input type="hidden" name="next" value="{escape(request.get_full_path())}">{shown}'
        f'<fieldset><legend class="visually-hidden">{words.your_rating % title}</legend>'
        f'{write_stars(half_stars)}</fieldset><button class="only-plain">{words.save}</button>'
        f'<button class="button-link" name="remove" value="1"{hidden}>{words.remove}'
        f'<span class="visually-hidden"> {words.of_it % title}</span></button></form>'
        '<div class="rating-status saved-here" aria-live="polite"'
        f' data-failed="{words.not_saved}"></div></div>'
    )


def write_stars(half_stars: int | None) -> SafeString:
    """The ten buttons, the left and the right half of each star.

    Without a movie's number in them, so that they are written once and weigh little.
    """
    return _stars(half_stars, scales.active().key, get_language())


@lru_cache(maxsize=512)
def _stars(half_stars: int | None, scale_key: str, _language: str | None) -> SafeString:
    in_words = scales.SCALES[scale_key].in_words
    buttons = "".join(
        f'<label class="{"left" if n % 2 else "right"}"><input type="radio" name="stars"'
        f' value="{stars:.1f}"{" checked" if n == half_stars else ""}'
        f' aria-label="{in_words(stars)}"></label>'
        for n, stars in enumerate(STEPS, start=1)
    )
    return SafeString(f'<div class="stars">{buttons}</div>')
