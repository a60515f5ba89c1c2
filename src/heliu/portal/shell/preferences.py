"""Language, light or dark, density: each a form in the frame that stays on the page."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from heliu.kernel.access.preferences import CHOICES, prefer
from heliu.portal.shell.pages import back, see_other

A_YEAR = 365 * 24 * 3600


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Read on in another language: kept in a cookie, and with the person who is signed in."""
    value = request.POST.get("language", "")
    answer = _keep(request, "language", value)
    if value in CHOICES["language"]:
        answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, value, max_age=A_YEAR, samesite="Lax")
    return answer


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the device."""
    return _keep(request, "theme", request.POST.get("theme", ""))


@require_POST
def density(request: HttpRequest) -> HttpResponse:
    """Compact, normal or roomy rows."""
    return _keep(request, "density", request.POST.get("density", ""))


def _keep(request: HttpRequest, name: str, value: str) -> HttpResponse:
    """An unknown value changes nothing: the page is shown as before."""
    if request.user.is_authenticated and value in CHOICES[name]:
        prefer(request.user, name, value)
    return see_other(back(request))
