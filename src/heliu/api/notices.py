"""What an organisation is told, and what happened."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.fields import LARGEST
from heliu.api.paging import Page, Paging, page
from heliu.api.writes import Key, write
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.events import notices, queries

router = Router()


class NoticeOut(Schema):
    """A message in the inbox."""

    id: UUID
    kind: str = Field(description="Stable name, such as goods-released")
    text: str = Field(description="In the reader's language")
    params: dict[str, str] = Field(
        description="What the text is filled with, in the reader's language"
    )
    link: str = Field(description="The page it leads to")
    at: datetime
    read_at: datetime | None

    @staticmethod
    def resolve_text(notice: Any) -> str:
        """The words of the kind."""
        return notices.words(notice)

    @staticmethod
    def resolve_params(notice: Any) -> dict[str, str]:
        """What stands in the places of the words."""
        return notices.filled(notice)


class FactOut(Schema):
    """Something that happened; written once and never changed."""

    number: int = Field(description="Rises; read on from the last one with after=")
    id: UUID
    name: str = Field(description="Such as capital.loan-disbursed")
    flows: list[str] = Field(description="commerce, logistics, capital, information")
    subject: UUID = Field(description="The document it is about")
    deal: UUID | None
    payload: dict[str, Any]
    actor_name: str
    at: datetime


@router.get("/notices", response=Page[NoticeOut])
def list_notices(
    request: TypedRequest,
    response: HttpResponse,
    paging: Query[Paging],
    unread: Annotated[bool, Query(description="Only those nobody has read")] = False,
) -> dict[str, object]:
    """The inbox of the asker's organisations, newest first."""
    rows = queries.inbox(request.actor)
    rows = rows.filter(read_at=None) if unread else rows
    return page(request, response, rows, paging, by=("-at", "-id"), show=NoticeOut.from_orm)


@router.post("/notices/{notice}/read", response=NoticeOut)
def read_notice(request: TypedRequest, notice: UUID, key: Key) -> HttpResponse:
    """Say that it was read; the first reader counts."""

    def do(at: datetime) -> tuple[int, NoticeOut]:
        read = notices.mark_read(notice, actor=request.actor, at=at)
        return 200, NoticeOut.from_orm(read)

    return write(request, key, None, do)


@router.get("/facts", response=Page[FactOut])
def list_facts(
    request: TypedRequest,
    response: HttpResponse,
    paging: Query[Paging],
    after: Annotated[
        int, Query(ge=0, le=LARGEST, description="Only those with a higher number")
    ] = 0,
    deal: Annotated[UUID | None, Query(description="Only those of this deal")] = None,
    subject: Annotated[UUID | None, Query(description="Only those about this document")] = None,
) -> dict[str, object]:
    """What concerns the asker's organisations, in the order it was written down.

    Numbers are given when a fact is written and seen when its transaction ends, so a lower one may
    appear a moment after a higher one: a feed reads the last minute again and knows facts by id.
    """
    asked = {"number__gt": after, "deal": deal, "subject": subject}
    is_about = deal or subject  # these have indexes of their own
    lists = [queries.visible_to(request.actor)] if is_about else queries.feed(request.actor)
    rows = [one.filter(**{name: x for name, x in asked.items() if x}) for one in lists]
    return page(request, response, rows, paging, by=("number",), show=FactOut.from_orm)
