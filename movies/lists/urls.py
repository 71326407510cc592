from django.urls import path

from movies.lists import entry_views, views

app_name = "lists"
urlpatterns = [
    path("me/lists/", views.mine, name="mine"),
    path("me/lists/new/", views.create, name="make"),
    path("me/lists/undo/", entry_views.undo, name="undo"),
    path("lists/", views.public, name="public"),
    path("lists/shared/<slug:key>/", views.shared, name="shared"),
    path("lists/<int:pk>/", views.detail, name="short"),
    path("lists/<int:pk>/edit/", views.edit, name="edit"),
    path("lists/<int:pk>/entries/", entry_views.change_entry, name="entries"),
    path("lists/<int:pk>/sort/", entry_views.sort, name="sort"),
    path("lists/<int:pk>/link/", views.renew_link, name="renew"),
    path("lists/<int:pk>/copy/", views.copy, name="copy"),
    path("lists/<int:pk>/delete/", views.delete, name="delete"),
    path("lists/<int:pk>-<str:slug>/", views.detail, name="list"),
    path("movies/<int:pk>/lists/", entry_views.menu, name="menu"),
]
