from django.urls import path

from recommender.onboarding import views

urlpatterns = [
    path("", views.groups, name="start"),
    path("groups/", views.pick, name="start-groups"),
    path("rate/", views.ask, name="start-rate"),
    path("answer/", views.answer, name="start-answer"),
    path("favourite/", views.favourite, name="start-favourite"),
]
