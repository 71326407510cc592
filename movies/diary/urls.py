from django.urls import path

from movies.diary import views, watched_views

app_name = "diary"
urlpatterns = [
    path("me/diary/", views.diary, name="diary"),
    path("me/diary/<int:pk>/", views.edit, name="edit"),
    path("me/diary/<int:pk>/delete/", views.delete, name="delete"),
    path("me/watched/", watched_views.watched, name="watched"),
    path("movies/<int:pk>/diary/", views.movie, name="movie"),
]
