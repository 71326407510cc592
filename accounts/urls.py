from django.urls import path

from accounts import language, views
from accounts.tokens import views as token_views

app_name = "accounts"
urlpatterns = [
    path("language/", language.choose, name="language"),
    path("me/settings/", views.settings, name="settings"),
    path("me/profile/", views.profile, name="profile"),
    path("me/export/", views.my_data, name="export"),
    path("me/erase/", views.erase, name="erase"),
    path("me/tokens/", token_views.tokens, name="tokens"),
    path("me/tokens/new/", token_views.new, name="token-new"),
    path("me/tokens/<int:pk>/revoke/", token_views.revoke, name="token-revoke"),
]
