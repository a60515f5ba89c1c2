"""Answering with a file so that a browser shows or saves it and does nothing else with it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from heliu.kernel.files.models import StoredFile
from heliu.kernel.files.queries import open_bytes

# Whatever may be hidden in the bytes: no script, no form, no origin of ours.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def answer(request: HttpRequest, file: StoredFile) -> HttpResponse:
    """The file; a picture to be seen, anything else to be saved.

    A browser may keep the bytes but asks each time, so that whoever may not read any more does not.
    """
    etag = f'"{file.digest}"'
    known = get_conditional_response(request, etag=etag)
    response = known or HttpResponse(open_bytes(file), content_type=file.content_type)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    # On a 304 too: what it says replaces what the browser had kept with the bytes.
    disposition = content_disposition_header(not file.is_picture, file.name)
    response["Content-Disposition"] = disposition or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    return response


def public_picture(request: HttpRequest, digest: str, kept: str) -> HttpResponse:
    """A small picture that everybody may see, and caches may keep as `kept` says. The caller has
    looked that it is one."""
    response = answer(request, StoredFile(digest=digest, content_type="image/webp", name="goods"))
    response["Cache-Control"] = kept
    return response
