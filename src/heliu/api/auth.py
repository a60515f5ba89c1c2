"""Who may ask: the holder of a bearer token, or a person signed in to the pages.

The middleware has found out who acts before a route is reached and has opened the door for exactly
this actor; here it is only asked for, and declared in the OpenAPI document.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Forbidden


class Token(AuthBase):
    """`Authorization: Bearer hl_…`: a program that acts as a person for an organisation."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> Actor | None:
        """The actor, if it is here by a token."""
        return request.actor if request.is_by_token else None  # type: ignore[attr-defined]


class Page(AuthBase):
    """The session of the pages: their own scripts may ask too. Writing needs the CSRF token."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Actor | None:
        """The actor, if it is here by a session."""
        actor: Actor | None = request.actor  # type: ignore[attr-defined]
        if actor is not None and check_csrf(request) is not None:
            raise Forbidden(
                "forged",
                "This was not sent by one of our pages.",
                help="Send the token of the page as X-CSRFToken, or use a bearer token.",
            )
        return actor
