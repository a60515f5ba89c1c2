"""Who of another house opened what is the asker's."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.fields import PRINTABLE
from heliu.api.paging import Page, Paging, page
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.audit import queries

router = Router()


class LookOut(Schema):
    """Somebody of another house opened something; the same within one hour is one look."""

    owner: UUID = Field(description="Whose it is")
    what: Literal["DEAL", "CREDIT_FILE", "PAPER", "PARTY"]
    about: str = Field(description="The number of the deal, or the code of the party")
    paper: str = Field(description="The number of a paper of it, or empty")
    reader_name: str
    reader_org: UUID
    role: str = Field(description="What the reader's house does: BANK, WAREHOUSE, OPERATOR …")
    at: datetime


@router.get("/looks", response=Page[LookOut])
def list_looks(
    request: TypedRequest,
    response: HttpResponse,
    paging: Query[Paging],
    about: Annotated[
        str, Query(max_length=40, pattern=PRINTABLE, description="Only at this deal or party")
    ] = "",
) -> dict[str, object]:
    """Who opened deals, credit files and papers of the asker, newest first; the operator reads
    all."""
    rows = queries.visible_to(request.actor)
    rows = rows.filter(about=about) if about else rows
    return page(request, response, rows, paging, by=("-id",), show=LookOut.from_orm)
