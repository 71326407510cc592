"""The site with one more address: the reference view of the API's benchmark.

A bare view of Django REST framework: one row with three columns, by a model serializer, with the
site's own authentication and limits. Served by `gunicorn web.bare_api:application` with
`benchmarks` on the path.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cfsite.settings")

from cfsite.wsgi import application  # noqa: I001  (Django starts here)

from django.urls import path
from rest_framework import generics, serializers

from cfsite import urls
from movies.models import Movie

__all__ = ["application"]


class BareSerializer(serializers.ModelSerializer):
    class Meta:
        model = Movie
        fields = ["id", "title", "year"]


class BareView(generics.RetrieveAPIView):
    queryset = Movie.objects.only("title", "year")
    serializer_class = BareSerializer


urls.urlpatterns.insert(0, path("bare/<int:pk>/", BareView.as_view()))
