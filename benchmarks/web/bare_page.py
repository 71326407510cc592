"""The reference page: bare Django, 24 rows with a form each, three queries.

Settings as from `startproject`, on the same database: session, user, rows. Served by
`gunicorn web.bare_page:application --pythonpath benchmarks`.
"""

import os

from django.apps import AppConfig
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cfsite.settings")


class Accounts(AppConfig):
    """The models alone, without what the site's own configuration registers elsewhere."""

    name = "accounts"


class Movies(AppConfig):
    """The models alone, too."""

    name = "movies"


# Before Django starts: the site's settings without its own apps and middleware.
settings.ROOT_URLCONF = __name__
settings.INSTALLED_APPS = [
    f"{__name__}.Accounts",
    f"{__name__}.Movies",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
settings.MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.template import RequestContext, Template  # noqa: E402
from django.urls import path  # noqa: E402

from movies.models import Movie  # noqa: E402

PAGE = Template("""<!doctype html><html lang="en"><head><title>Movies</title></head><body>
<h1>Movies of {{ user.username }}</h1><ul>
{% for movie in movies %}<li><a href="/movies/{{ movie.pk }}/">{{ movie.title }}</a>
{{ movie.year }} <span>{{ movie.n_ratings }} ratings</span>
<form method="post" action="/movies/{{ movie.pk }}/rate/">{% csrf_token %}
<select name="stars"><option>1<option>2<option>3<option>4<option>5</select>
<button>Save</button></form></li>
{% endfor %}</ul></body></html>""")


def page(request: HttpRequest) -> HttpResponse:
    movies = Movie.objects.order_by("-n_ratings", "pk")[:24]
    return HttpResponse(PAGE.render(RequestContext(request, {"movies": movies})))


urlpatterns = [path("", page)]
