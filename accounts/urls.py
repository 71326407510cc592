from django.urls import path

from accounts import language, views

app_name = "accounts"
urlpatterns = [
    path("language/", language.choose, name="language"),
    path("me/settings/", views.settings, name="settings"),
    path("me/profile/", views.profile, name="profile"),
    path("me/export/", views.my_data, name="export"),
    path("me/erase/", views.erase, name="erase"),
]
