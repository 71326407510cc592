from django.urls import path

from accounts import languages, profile_views, views

app_name = "accounts"
urlpatterns = [
    path("language/", languages.choose, name="language"),
    path("me/settings/", views.settings, name="settings"),
    path("me/profile/", profile_views.profile, name="profile"),
    path("me/export/", views.my_data, name="export"),
    path("me/erase/", views.erase, name="erase"),
]
