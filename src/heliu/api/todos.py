"""To-dos: what the people of the asker's house are to do."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.conversations import Kind
from heliu.api.fields import PRINTABLE, Sent, id_or_number
from heliu.api.paging import Page, Paging, page
from heliu.api.writes import Key, write
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.errors import Invalid
from heliu.kernel.todos import operations, queries
from heliu.trade import todos

router = Router()


class TodoChangeOut(Schema):
    """What a to-do said until somebody changed it."""

    text: str
    owner_name: str
    due_on: date | None
    by_name: str
    at: datetime


class TodoOut(Schema):
    """Something that a person of the house is to do."""

    id: UUID
    owner: UUID
    owner_name: str
    text: str
    kind: str = Field(description="Of the record it is about; empty for none")
    number: str
    due_on: date | None
    made_by_name: str
    made_at: datetime
    done_at: datetime | None
    done_by_name: str
    changes: list[TodoChangeOut] = Field(description="What it said before, the first first")


class TodoChangeIn(Sent):
    """What it says from now on."""

    text: str = Field(min_length=1, max_length=200, pattern=PRINTABLE)
    owner: UUID | None = Field(None, description="A colleague; whoever has it, if none")
    due_on: date | None = None


class TodoIn(Sent):
    """Something to be done; about a record with `kind` and `ref`, or of a `message`."""

    text: str = Field("", max_length=200, pattern=PRINTABLE, description="Of a message: its own")
    owner: UUID | None = Field(None, description="A colleague; the asker if none")
    due_on: date | None = None
    kind: Kind | None = None
    ref: str = Field("", pattern=r"^[A-Za-z0-9-]{0,40}$", description="The record's id or number")
    message: UUID | None = None


@router.get("/todos", response=Page[TodoOut])
def list_todos(
    request: TypedRequest,
    response: HttpResponse,
    paging: Query[Paging],
    mine: Annotated[bool, Query(description="Only the asker's own that are not done")] = False,
) -> dict[str, object]:
    """The to-dos of the asker's houses, the newest first."""
    rows = queries.mine(request.actor) if mine else queries.visible_to(request.actor)
    rows = rows.prefetch_related("changes")
    by = ("-made_at", "-id")
    return page(request, response, rows, paging, by=by, show=TodoOut.from_orm)


@router.post("/todos", response={201: TodoOut})
def add_todo(request: TypedRequest, payload: TodoIn, key: Key) -> HttpResponse:
    """Give oneself or a colleague something to do."""
    actor = request.actor
    if payload.kind and not payload.ref:
        raise Invalid("ref-missing", "Name the record by its id or number.", field="ref")

    def do(at: datetime) -> tuple[int, TodoOut]:
        rest = {"text": payload.text, "owner": payload.owner, "due_on": payload.due_on}
        if payload.message is not None:
            made = todos.of_message(payload.message, actor=actor, at=at)
        elif payload.kind:
            ref = id_or_number(payload.ref)
            made = todos.about(payload.kind, ref, actor=actor, at=at, **rest)  # type: ignore[arg-type]
        else:
            made = operations.add(actor=actor, at=at, **rest)  # type: ignore[arg-type]
        return 201, TodoOut.from_orm(made)

    return write(request, key, payload, do)


@router.put("/todos/{todo}", response=TodoOut)
def change_todo(request: TypedRequest, todo: UUID, payload: TodoChangeIn, key: Key) -> HttpResponse:
    """Other words, another person, another day; what it said before is kept."""

    def do(at: datetime) -> tuple[int, TodoOut]:
        made = operations.change(todo, actor=request.actor, at=at, **payload.model_dump())
        return 200, TodoOut.from_orm(made)

    return write(request, key, payload, do)


@router.post("/todos/{todo}/done", response=TodoOut)
def finish_todo(request: TypedRequest, todo: UUID, key: Key) -> HttpResponse:
    """It is done."""

    def do(at: datetime) -> tuple[int, TodoOut]:
        return 200, TodoOut.from_orm(operations.done(todo, actor=request.actor, at=at))

    return write(request, key, None, do)


@router.post("/todos/{todo}/undo", response=TodoOut)
def undo_todo(request: TypedRequest, todo: UUID, key: Key) -> HttpResponse:
    """It is not done after all."""

    def do(at: datetime) -> tuple[int, TodoOut]:
        return 200, TodoOut.from_orm(operations.undo(todo, actor=request.actor))

    return write(request, key, None, do)
