"""Files of documents: pictures and papers, as they were brought."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from heliu.kernel import clock
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.errors import Invalid
from heliu.kernel.files import queries
from heliu.kernel.files.kinds import KINDS
from heliu.kernel.files.operations import too_large
from heliu.kernel.files.serving import answer
from heliu.trade import looks

router = Router()

BYTES = {"type": "string", "format": "binary"}
FORM = "multipart/form-data"
RAW = "application/octet-stream"
SENT: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The bytes themselves, under any Content-Type, or a form with one `file`."
        " JPEG, PNG, WebP or PDF up to 10 MB; the content says which, not its name.",
        "content": {
            RAW: {"schema": BYTES},
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": BYTES},
                }
            },
        },
    }
}
GIVEN: dict[str, Any] = {
    "responses": {
        200: {
            "description": "The bytes as they were brought; ask with If-None-Match to save them",
            "content": {kind.content_type: {"schema": BYTES} for kind in KINDS},
        }
    }
}

PDF: dict[str, Any] = {
    "responses": {
        200: {"description": "The document", "content": {"application/pdf": {"schema": BYTES}}}
    }
}


class FileOut(Schema):
    """A file that was brought to a document; `GET /files/{id}` has its bytes."""

    id: UUID
    name: str = Field(description="As it was given, made safe to save under")
    content_type: str = Field(description="image/jpeg, image/png, image/webp or application/pdf")
    size: int = Field(description="Bytes")
    digest: str = Field(description="SHA-256 of the bytes, in hexadecimals")
    uploaded_by_name: str
    uploaded_at: datetime


@router.get("/files/{file}", openapi_extra=GIVEN)
def get_file(request: TypedRequest, file: UUID) -> HttpResponse:
    """The bytes of a file that belongs to a document of the asker."""
    found = queries.get(request.actor, file)
    looks.at_file(request.actor, found, at=clock.now())
    return answer(request, found)


def shown(files: Iterable[Any]) -> list[FileOut]:
    """Files as a document lists them."""
    return [FileOut.from_orm(one) for one in files]


def sent_file(request: HttpRequest) -> tuple[str, bytes]:
    """The name and the bytes of the one file in a request. Raises `Invalid`.

    The name of bytes without a form is not known; it is made from what they are.
    """
    if request.content_type != FORM:
        try:
            return "", request.body
        except RequestDataTooBig as error:
            raise too_large() from error
    files = [one for name in request.FILES for one in request.FILES.getlist(name)]
    if len(files) != 1 or "file" not in request.FILES:
        raise Invalid("one-file", "Send one file, as file.", field="file")
    return files[0].name or "", files[0].read()
