"""Heliu on the home screen of a phone: its manifest, its service worker, the page off line.

The worker is served from the root, so that it may answer for every page, and names the files it
keeps by the stamps of their content: a new version of one makes a new worker.
"""

from __future__ import annotations

import functools
import hashlib
import json

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

FILES = (
    "heliu/heliu.css",
    "heliu/heliu.js",
    "heliu/palette.js",
    "heliu/pad.js",
    "heliu/pad_kept.js",
    "django_htmx/htmx-2.min.js",
    "heliu/logo.svg",
    "heliu/icon-192.png",
)
ICONS = (("192", "any"), ("512", "any"), ("maskable-512", "maskable"))
KEPT = ("dealer_pad",)  # pages whose last copy is read off line
LEAVES = ("sign_out", "switch_desk")  # after these somebody else may sit here


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone is told to put Heliu on its home screen."""
    told = {
        "id": "/",
        "name": "合流 Heliu",
        "short_name": "合流" if translation.get_language() == "zh-hans" else "Heliu",
        "description": _("Order, pay and fetch goods."),
        "lang": translation.get_language(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#F3F6F5",
        "theme_color": "#F3F6F5",
        "icons": [
            {
                "src": static(f"heliu/icon-{name}.png"),
                "sizes": "x".join([name.rpartition("-")[2]] * 2),
                "type": "image/png",
                "purpose": purpose,
            }
            for name, purpose in ICONS
        ],
        "shortcuts": [
            {"name": _("Order pad"), "url": reverse("dealer_pad")},
            {"name": _("Deals"), "url": reverse("deals")},
        ],
    }
    return JsonResponse(told, content_type="application/manifest+json")


@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker that answers when the network does not."""
    files = [static(name) for name in FILES]
    offline = {code: reverse("offline", args=[code]) for code, _name in settings.LANGUAGES}
    stamp = hashlib.sha256("".join([*files, *map(_page, offline)]).encode()).hexdigest()[:10]
    told = {
        "version": stamp,
        "files": files,
        "offline": offline,
        "kept": [reverse(name) for name in KEPT],
        "leaves": [reverse(name) for name in LEAVES],
        "signIn": reverse("sign_in"),
        "icon": static("heliu/icon-192.png"),
    }
    # Our own addresses and nothing typed by anybody.
    context = {"told": mark_safe(json.dumps(told))}  # noqa: S308
    answer = render(request, "shell/sw.js", context, content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer


@require_GET
def offline(request: HttpRequest, language: str) -> HttpResponse:
    """What is shown off line in place of a page that is not kept; nothing in it is anybody's."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    return HttpResponse(_page(language))


@functools.cache
def _page(language: str) -> str:
    with translation.override(language):
        return render_to_string("shell/offline.html", {"pad": reverse("dealer_pad")})
