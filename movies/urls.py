from django.urls import path

from movies import (
    marking,
    my_ratings_page,
    poster_files,
    put_away,
    several_page,
    share_page,
    suggestions,
    views,
    watchlist_page,
)

app_name = "movies"
urlpatterns = [
    path("movies/", views.browse, name="browse"),
    path("movies/suggest/", suggestions.suggest, name="suggest"),
    path("movies/<int:pk>/", views.detail, name="short"),
    path("movies/<int:pk>-<str:slug>/", views.detail, name="detail"),
    path("movies/<int:pk>/share.png", share_page.share_image, name="share-image"),
    path("movies/<int:pk>/poster.svg", poster_files.drawn_poster, name="drawn-poster"),
    path("movies/<int:pk>/rate/", views.rate, name="rate"),
    path("movies/<int:pk>/mark/", marking.mark, name="mark"),
    path("posters/<slug:name>-<int:width>.webp", poster_files.poster_file, name="poster-file"),
    path("me/ratings/", my_ratings_page.ratings, name="ratings"),
    path("me/ratings/days/", my_ratings_page.days, name="rating-days"),
    path("me/ratings/several/", several_page.several, name="several"),
    path("me/ratings/several/<int:pk>/undo/", several_page.undo_several, name="undo-several"),
    path("me/ratings/undo/", views.undo, name="undo"),
    path("me/marks/undo/", marking.undo_mark, name="undo-mark"),
    path("me/watchlist/", watchlist_page.watchlist, name="watchlist"),
    path("me/watchlist/pick/", watchlist_page.pick, name="watchlist-pick"),
    path("me/hidden/", put_away.hidden, name="hidden"),
    path("me/hidden/bring-back/", put_away.bring_back, name="bring_back"),
]
