"""What is said at the door to a request that is not let in: in the reader's words, and when to
come again. It asks nothing of the database, and no thread of Django's."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs

from django.conf import settings
from django.http import HttpRequest, HttpResponse, parse_cookie
from django.utils import translation
from django.utils.translation import gettext

from heliu.api import problems


def turned_away(
    status: int, *, path: str, query: bytes, headers: Mapping[bytes, bytes], wait: int
) -> HttpResponse:
    """429 or 503: a problem for a program, a sentence for a page; `wait` is in seconds."""
    language = _language(path, query, headers)
    with translation.override(language):
        answer = problems.for_status(status)
        if not path.startswith("/api/"):
            words = f"{gettext(problems.WORDS[status][1])} {gettext(problems.WORDS[429][2])}"
            answer = HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
    answer["Retry-After"] = str(wait)
    answer["Content-Language"] = language
    answer["Vary"] = "Accept-Language, Cookie"
    return answer


def _language(path: str, query: bytes, headers: Mapping[bytes, bytes]) -> str:
    """As `middleware.InTheirLanguage` finds it, without asking who it is."""
    if path.startswith("/api/"):
        (named,) = parse_qs(query.decode("latin1")).get("language", [""])[-1:]
        if named.lower() in dict(settings.LANGUAGES):
            return named.lower()
    asked = HttpRequest()
    asked.META["HTTP_ACCEPT_LANGUAGE"] = headers.get(b"accept-language", b"").decode("latin1")
    asked.COOKIES = parse_cookie(headers.get(b"cookie", b"").decode("latin1"))
    return translation.get_language_from_request(asked)
