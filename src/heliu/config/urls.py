"""Where every page and route is mounted."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from heliu.api.app import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    path("api/docs", RedirectView.as_view(url="/api/v1/docs")),
    path("", include("heliu.portal.urls")),
]

handler400 = "heliu.config.views.unreadable"
handler403 = "heliu.config.views.forbidden"
handler404 = "heliu.config.views.not_found"
handler500 = "heliu.config.views.broken"
