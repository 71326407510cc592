from django.urls import path

from recommender.groups import guest_views, views

app_name = "together"
urlpatterns = [
    path("", views.index, name="index"),
    path("make/", views.make, name="make"),
    path("guest/keep/", guest_views.keep, name="keep"),
    path("guest/forget/", guest_views.forget, name="forget"),
    path("<slug:token>/", views.group, name="group"),
    path("<slug:token>/join/", views.join, name="join"),
    path("<slug:token>/rate/", guest_views.rate, name="rate"),
    path("<slug:token>/leave/", views.leave, name="leave"),
    path("<slug:token>/rule/", views.rule, name="rule"),
    path("<slug:token>/invitation/", views.invitation, name="invitation"),
    path("<slug:token>/remove/", views.remove, name="remove"),
    path("<slug:token>/delete/", views.delete, name="delete"),
]
