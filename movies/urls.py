from django.urls import path

from movies import poster_files, put_away, share_page, views

app_name = "movies"
urlpatterns = [
    path("movies/", views.browse, name="browse"),
    path("movies/<int:pk>/", views.detail, name="short"),
    path("movies/<int:pk>-<str:slug>/", views.detail, name="detail"),
    path("movies/<int:pk>/share.png", share_page.share_image, name="share-image"),
    path("movies/<int:pk>/rate/", views.rate, name="rate"),
    path("movies/<int:pk>/mark/", views.mark, name="mark"),
    path("posters/<slug:name>-<int:width>.webp", poster_files.poster_file, name="poster-file"),
    path("me/ratings/", views.ratings, name="ratings"),
    path("me/ratings/undo/", views.undo, name="undo"),
    path("me/watchlist/", views.watchlist, name="watchlist"),
    path("me/hidden/", put_away.hidden, name="hidden"),
    path("me/hidden/bring-back/", put_away.bring_back, name="bring_back"),
]
