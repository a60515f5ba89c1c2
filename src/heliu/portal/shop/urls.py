"""The addresses of the public pages."""

from __future__ import annotations

from django.urls import path

from heliu.portal.shop import pages

urlpatterns = [
    path("robots.txt", pages.robots, name="robots"),
    path("sitemap.xml", pages.sitemaps, name="sitemaps"),
    path("shop/sitemap.xml", pages.sitemap, name="sitemap_pages"),
    path("shop/pictures/<str:digest>.webp", pages.picture, name="shop_picture"),
    path("shop/<str:lang>/<str:seller>/", pages.home, name="shop_home"),
    path("shop/<str:lang>/<str:seller>/c/<str:code>", pages.category, name="shop_category"),
    path("shop/<str:lang>/<str:seller>/p/<path:code>", pages.goods, name="shop_goods"),
]
