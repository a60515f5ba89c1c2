"""What every answer goes through: a number, a log line, hard headers, the reader's language."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from heliu.api.problems import for_status, is_problem
from heliu.config import watching
from heliu.kernel.access.models import User
from heliu.kernel.ids import new_id

Next = Callable[[HttpRequest], HttpResponse]
API = "/api/"
PUBLIC = ("/shop/", "/robots.txt", "/sitemap.xml")
HEADERS = {
    # Nothing inline, nothing from elsewhere, in nobody's frame.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        " font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=()",
    "Cache-Control": "private, no-store",
}
_given_id = re.compile(r"[\w.-]{8,80}")
log = structlog.get_logger("heliu.request")


def number_of_request(given: str) -> str:
    """The request's number: the caller's own if it is one, else a new one."""
    return given if _given_id.fullmatch(given) else new_id().hex


def log_answer(
    number: str, *, method: str, route: str, status: int, org: str, began: float
) -> None:
    """Count a request that was answered, in one line too; `began` is of `time.perf_counter`."""
    seconds = time.perf_counter() - began
    watching.answered(method=method, route=route, status=status, seconds=seconds)
    log.info(
        "answered",
        request=number,
        method=method,
        route=route,
        status=status,
        milliseconds=round(seconds * 1000, 1),
        org=org,
    )


def hard_headers() -> dict[str, str]:
    """The headers every answer bears."""
    transport = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
    return HEADERS | (transport if settings.BEHIND_TLS else {})


class Answered:
    """Gives every request a number, sends it back and logs one line: no names, no values."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = number_of_request(request.headers.get("X-Request-ID", ""))
        began = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request=number):
            response = self.get_response(request)
            match, actor = request.resolver_match, getattr(request, "actor", None)
            log_answer(
                number,
                method=request.method or "",
                route=match.route if match else "",
                status=response.status_code,
                org=str(actor.org) if actor else "",
                began=began,
            )
        response["X-Request-ID"] = number
        return response


class Hardened:
    """Sets the headers that keep a browser from doing what a page did not mean."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in hard_headers().items():
            response.headers.setdefault(name, value)
        return response


class InTheirLanguage:
    """Answers in the language chosen in this browser, else the person's own, else the browser's.

    A program may also name it in the address: `?language=zh-hans`.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = self._language_of(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        if not request.path.startswith(PUBLIC):  # their address says the language
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    def _language_of(self, request: HttpRequest) -> str:
        known = dict(settings.LANGUAGES)
        if request.path.startswith(PUBLIC):
            return settings.LANGUAGE_CODE
        if request.path.startswith(API):
            named = request.GET.get("language", "").lower()
            return named if named in known else translation.get_language_from_request(request)
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if chosen in known:
            return chosen
        if isinstance(request.user, User) and request.user.language in known:
            return request.user.language
        return translation.get_language_from_request(request)


class Problems:
    """Whatever goes wrong below /api/ is answered as problem+json, also what no route caught."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if (
            request.path.startswith(API)
            and response.status_code >= 400
            and not is_problem(response)
        ):
            problem = for_status(response.status_code)
            if "Allow" in response:
                problem["Allow"] = response["Allow"]
            return problem
        return response
