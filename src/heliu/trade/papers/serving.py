"""Answering with a paper, so that pages and API do it alike."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.http import content_disposition_header

from heliu.kernel.files.serving import SANDBOX
from heliu.trade.papers.paper import Paper, language_of, rendered


def pdf(request: HttpRequest, make: Callable[[], Paper]) -> HttpResponse:
    """The paper in the language that ``?language=`` asks for, else the reader's; kept by nobody."""
    with translation.override(language_of(request.GET.get("language", ""))):
        paper = make()
        content = rendered(paper, f"{request.scheme}://{request.get_host()}")
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, paper.file_name) or ""
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    return response
