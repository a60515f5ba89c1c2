"""What is shown when there is no view, or none that lived."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext

from heliu.api import problems
from heliu.portal.shell import views as shell

COME_AGAIN = 2  # seconds


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the token that our own pages carry."""
    if request.path.startswith("/api/"):
        return problems.for_status(403)
    return shell.csrf_failed(request, reason)


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A request that cannot be read: too many fields, too much of them, no form at all."""
    if request.path.startswith("/api/"):
        return problems.for_status(400)
    return shell.unreadable(request, exception)


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
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return busy(request)
    if request.path.startswith("/api/"):
        return problems.for_status(500)
    return shell.broken(request)


def busy(request: HttpRequest) -> HttpResponse:
    """The database is not there, has no connection to spare or took back what was begun."""
    if request.path.startswith("/api/"):
        answer = problems.for_status(503)
    else:
        context = {
            "title": gettext("Too much is asked for at this moment. Nothing was changed."),
            "text": gettext("Wait a moment and send it again."),
            "status": 503,
        }
        answer = HttpResponse(render_to_string("shell/error.html", context), status=503)
    answer["Retry-After"] = str(COME_AGAIN)
    return answer
