from django.urls import path

from movies.browse.views import browse, choose_view
from movies.catalogue_care.request_views import request_movie
from movies.marks import hidden_views, watchlist_views
from movies.marks import views as mark_views
from movies.movie_page import sharing
from movies.movie_page.views import detail
from movies.my_imports import views as import_views
from movies.my_ratings import bulk_edit_views
from movies.my_ratings import views as my_ratings_views
from movies.people.views import artist
from movies.posters import views as poster_views
from movies.rating import views as rating_views
from movies.search.views import suggest
from movies.watching import views as watching_views

app_name = "movies"
urlpatterns = [
    path("movies/", browse, name="browse"),
    path("movies/view/", choose_view, name="browse-view"),
    path("movies/request/", request_movie, name="request"),
    path("movies/suggest/", suggest, name="suggest"),
    path("movies/<int:pk>/", detail, name="short"),
    path("movies/<int:pk>-<str:slug>/", detail, name="detail"),
    path("movies/<int:pk>/share.png", sharing.share_image, name="share-image"),
    path("movies/<int:pk>/poster-<int:width>.webp", poster_views.poster, name="poster"),
    path("movies/<int:pk>/poster.svg", poster_views.drawn_poster, name="drawn-poster"),
    path("movies/<int:pk>/rate/", rating_views.rate, name="rate"),
    path("movies/<int:pk>/mark/", mark_views.set_mark, name="mark"),
    path("artists/<int:pk>/", artist, name="artist-short"),
    path("artists/<int:pk>-<str:slug>/", artist, name="artist"),
    path("posters/<slug:name>-<int:width>.webp", poster_views.poster_file, name="poster-file"),
    path("me/ratings/", my_ratings_views.ratings, name="ratings"),
    path("me/ratings/days/", my_ratings_views.days, name="rating-days"),
    path("me/ratings/several/", bulk_edit_views.bulk_edit, name="bulk-edit"),
    path(
        "me/ratings/several/<int:pk>/undo/",
        bulk_edit_views.undo_bulk_edit,
        name="undo-bulk-edit",
    ),
    path("me/ratings/undo/", rating_views.undo, name="undo"),
    path("me/marks/undo/", mark_views.undo_mark, name="undo-mark"),
    path("me/import/", import_views.upload, name="imports"),
    path("me/import/<int:pk>/", import_views.show, name="import"),
    path("me/import/<int:pk>/progress/", import_views.progress, name="import-progress"),
    path("me/import/<int:pk>/columns/", import_views.name_columns, name="import-columns"),
    path("me/import/<int:pk>/choose/", import_views.choose, name="import-choose"),
    path("me/import/<int:pk>/missing.csv", import_views.missing, name="import-missing"),
    path("me/import/<int:pk>/start/", import_views.start, name="import-start"),
    path("me/import/<int:pk>/resume/", import_views.resume, name="import-resume"),
    path("me/import/<int:pk>/cancel/", import_views.cancel, name="import-cancel"),
    path("me/import/<int:pk>/undo/", import_views.undo, name="import-undo"),
    path("me/import/<int:pk>/run/", import_views.run_here, name="import-run"),
    path("me/import/<int:pk>/discard/", import_views.discard, name="import-discard"),
    path("me/watchlist/", watchlist_views.watchlist, name="watchlist"),
    path("me/watchlist/pick/", watchlist_views.pick, name="watchlist-pick"),
    path("me/services/", watching_views.services, name="services"),
    path("me/hidden/", hidden_views.hidden, name="hidden"),
    path("me/hidden/bring-back/", hidden_views.unhide, name="unhide"),
]
