"""What is said about a record: read by whoever may see the record, and by nobody else."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.fields import PRINTABLE, Flag, Ref, Sent, id_or_number
from heliu.api.files import SENT, FileOut, sent_file, shown
from heliu.api.paging import Page, Paging, page
from heliu.api.writes import Key, write
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.conversations import operations, queries
from heliu.kernel.conversations.policies import LONGEST
from heliu.kernel.errors import NotFound
from heliu.kernel.files import queries as files
from heliu.trade import conversations

router = Router()

Kind = Literal[
    "order", "request", "invoice", "loan", "shipment", "application", "case", "return", "quote",
    "contract",
    "pledge", "trade-ask", "incoming", "vat-invoice", "release",
]  # fmt: skip


class ConversationOut(Schema):
    """A conversation about a record."""

    kind: Kind
    subject: UUID = Field(description="The record")
    number: str = Field(description="As people see it")
    houses: list[UUID] = Field(description="Who may see the record, and so what is said")
    last_at: datetime
    unread: int = Field(description="Messages of others since the asker read here last")


class MessageOut(Schema):
    """Something somebody said; what was taken back has lost its text and files."""

    id: UUID
    org: UUID
    author_name: str
    is_note: bool = Field(description="Read by the asker's own house alone")
    text: str
    mentions: list[UUID] = Field(description="Colleagues who were told")
    files: list[FileOut]
    at: datetime
    taken_back_at: datetime | None

    @staticmethod
    def resolve_files(message: Any, context: Any) -> list[FileOut]:
        """Those the asker may read."""
        if not message.files or message.taken_back_at is not None:
            return []
        return shown(files.of_subjects(context["request"].actor, [message.pk]))


class MessageIn(Sent):
    """Something to say about a record; @Name mentions a colleague, who is told."""

    text: str = Field(min_length=1, max_length=LONGEST, pattern=PRINTABLE)
    is_note: Flag = Field(False, description="For the asker's own house alone")


class FileSaid(Schema):
    """What the key of a file that was sent as a message stands for."""

    name: str
    digest: str
    is_note: bool


class ReadOut(Schema):
    """Read until now."""

    read_at: datetime


@router.get("/conversations", response=Page[ConversationOut])
def list_conversations(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, object]:
    """The conversations of the asker's houses, the one with the newest message first."""
    rows = queries.with_unread(request.actor)
    by = ("-last_at", "-id")
    return page(request, response, rows, paging, by=by, show=ConversationOut.from_orm)


@router.get("/conversations/{kind}/{ref}/messages", response=Page[MessageOut])
def list_messages(
    request: TypedRequest, response: HttpResponse, kind: Kind, ref: Ref, paging: Query[Paging]
) -> dict[str, object]:
    """What was said about a record, the newest first."""
    found = conversations.of(conversations.find(request.actor, kind, id_or_number(ref)))
    if found is None:
        return {"items": [], "next_cursor": None}
    rows = queries.messages(request.actor, found)
    context = {"request": request}
    return page(
        request, response, rows, paging, by=("-at", "-id"),
        show=lambda one: MessageOut.model_validate(one, context=context),
    )  # fmt: skip


@router.post("/conversations/{kind}/{ref}/messages", response={201: MessageOut})
def write_message(
    request: TypedRequest, kind: Kind, ref: Ref, payload: MessageIn, key: Key
) -> HttpResponse:
    """Say something about a record, to all who see it, or keep a note for one's own house."""
    record = conversations.find(request.actor, kind, id_or_number(ref))

    def do(at: datetime) -> tuple[int, MessageOut]:
        said = conversations.write(
            record, actor=request.actor, text=payload.text, is_note=payload.is_note, at=at
        )
        return 201, _message(request, said)

    return write(request, key, payload, do)


@router.post("/conversations/{kind}/{ref}/files", response={201: MessageOut}, openapi_extra=SENT)
def attach_file(
    request: TypedRequest,
    kind: Kind,
    ref: Ref,
    key: Key,
    is_note: Annotated[bool, Query(description="For the asker's own house alone")] = False,
) -> HttpResponse:
    """Attach a file to a record (a drawing, a purchase order, a proof): a message with it."""
    record = conversations.find(request.actor, kind, id_or_number(ref))
    name, content = sent_file(request)

    def do(at: datetime) -> tuple[int, MessageOut]:
        said = conversations.write(
            record, actor=request.actor, text="", is_note=is_note,
            sent=[operations.Sent(name, content)], at=at,
        )  # fmt: skip
        return 201, _message(request, said)

    digest = sha256(content).hexdigest()
    return write(request, key, FileSaid(name=name, digest=digest, is_note=is_note), do)


@router.post("/conversations/{kind}/{ref}/read", response=ReadOut)
def read_conversation(request: TypedRequest, kind: Kind, ref: Ref, key: Key) -> HttpResponse:
    """Say that what was said about a record until now was read."""
    record = conversations.find(request.actor, kind, id_or_number(ref))

    def do(at: datetime) -> tuple[int, ReadOut]:
        found = conversations.of(record)
        if found is None:
            raise NotFound()
        conversations.read(record, found, actor=request.actor, at=at)
        return 200, ReadOut(read_at=at)

    return write(request, key, None, do)


@router.post("/messages/{message}/take-back", response=MessageOut)
def take_back_message(request: TypedRequest, message: UUID, key: Key) -> HttpResponse:
    """Its writer takes a message back within 15 minutes."""

    def do(at: datetime) -> tuple[int, MessageOut]:
        return 200, _message(request, conversations.take_back(message, actor=request.actor, at=at))

    return write(request, key, None, do)


def _message(request: TypedRequest, said: Any) -> MessageOut:
    return MessageOut.model_validate(said, context={"request": request})
