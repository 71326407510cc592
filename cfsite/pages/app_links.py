"""Files by which phones open links of this site in its app (universal links, Android app links)."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

# What an app can show: movies, artists, profiles, shared lists, invitations, links of mails.
PATHS = (
    *("/movies/*", "/artists/*", "/people/*", "/lists/*", "/together/*"),
    *("/accounts/confirm-email/*", "/accounts/password/reset/key/*"),
)
AN_HOUR = 3600


@require_safe
@cache_control(public=True, max_age=AN_HOUR)
def apple_app_site_association(request: HttpRequest) -> JsonResponse:
    """https://developer.apple.com/documentation/xcode/supporting-associated-domains"""
    if not settings.IOS_APPS:
        raise Http404
    # Of the whole host: a site below a path claims what is below it, and nothing else there.
    site_path = settings.FORCE_SCRIPT_NAME or ""
    components = [{"/": f"{site_path}{path}"} for path in PATHS]
    return JsonResponse(
        {
            "applinks": {"details": [{"appIDs": settings.IOS_APPS, "components": components}]},
            "webcredentials": {"apps": settings.IOS_APPS},
        }
    )


@require_safe
@cache_control(public=True, max_age=AN_HOUR)
def assetlinks(request: HttpRequest) -> JsonResponse:
    """https://developers.google.com/digital-asset-links/v1/getting-started"""
    if not settings.ANDROID_APPS:
        raise Http404
    permissions = ["handle_all_urls", "get_login_creds"]
    return JsonResponse(
        [
            {
                "relation": [f"delegate_permission/common.{name}" for name in permissions],
                "target": {
                    "namespace": "android_app",
                    "package_name": package,
                    "sha256_cert_fingerprints": [fingerprint],
                },
            }
            for package, fingerprint in settings.ANDROID_APPS
        ],
        safe=False,
    )
