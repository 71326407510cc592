from django.urls import path

from recommender import views

urlpatterns = [
    path("", views.home, name="home"),
    path("movies/<int:pk>/similar/", views.similar, name="similar"),
    path("me/boldness/", views.boldness, name="boldness"),
]
