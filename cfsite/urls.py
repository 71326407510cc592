"""Root URL configuration."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from accounts.devices.views import devices
from accounts.login.views import sign_up
from accounts.views import data_notice
from cfsite.operations.metrics.views import metrics
from cfsite.pages import app_links, errors, pwa, themes
from cfsite.pages.about import about
from cfsite.pages.style_guide import style

urlpatterns = [
    # First, because addresses are compared one after the other, and apps ask most often.
    path("api/v1/", include("cfsite.api.urls")),
    path("manifest.webmanifest", pwa.manifest, name="manifest"),
    path("service-worker.js", pwa.service_worker, name="service-worker"),
    path("offline/", pwa.offline, name="offline"),
    path(".well-known/apple-app-site-association", app_links.apple_app_site_association),
    path(".well-known/assetlinks.json", app_links.assetlinks),
    path("style/", style, name="style"),
    path("about/", about, name="about"),
    path("about/data/", data_notice, name="data-notice"),
    path("metrics", metrics, name="metrics"),
    path("theme/", themes.choose, name="theme"),
    path("", include("recommender.urls")),
    path("", include("movies.urls")),
    path("", include("movies.lists.urls")),
    path("", include("movies.diary.urls")),
    path("", include("accounts.urls")),
    path("accounts/signup/", sign_up, name="account_signup"),
    path("accounts/sessions/", devices, name="usersessions_list"),
    path("accounts/", include("allauth.urls")),
    *([path("_allauth/app/v1/", include("accounts.login.passkeys"))] if settings.PASSKEYS else []),
    path("_allauth/", include("allauth.headless.urls")),
    path("admin/", admin.site.urls),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
