"""What is shown when there is no view, or none that lived."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from heliu.api import problems
from heliu.portal.shell import views as shell


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the token that our own pages carry."""
    if request.path.startswith("/api/"):
        return problems.for_status(403)
    return shell.csrf_failed(request, reason)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Nothing has this address, or not for this reader."""
    if request.path.startswith("/api/"):
        return problems.for_status(404)
    return shell.not_found(request, exception)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Seen, and not allowed."""
    if request.path.startswith("/api/"):
        return problems.for_status(403)
    return shell.forbidden(request, exception)


def broken(request: HttpRequest) -> HttpResponse:
    """Our fault; what was begun is rolled back."""
    if request.path.startswith("/api/"):
        return problems.for_status(500)
    return shell.broken(request)
