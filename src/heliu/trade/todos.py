"""A to-do about a record that the person may see: made on its page or of a message."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from heliu.kernel.access.actor import Actor
from heliu.kernel.conversations import queries as said
from heliu.kernel.errors import NotFound
from heliu.kernel.todos import operations
from heliu.kernel.todos.models import Todo
from heliu.trade import conversations

BEGINNING = 120  # signs of a message that its to-do says


def about(
    kind: str,
    ref: UUID | str,
    *,
    actor: Actor,
    text: str,
    owner: UUID | None = None,
    due_on: date | None = None,
    at: datetime,
) -> Todo:
    """Something to do about a record."""
    record = conversations.find(actor, kind, ref)
    return operations.add(
        actor=actor, text=text, owner=owner, due_on=due_on, kind=kind, number=record.number,
        link=record.href or record.address, at=at,
    )  # fmt: skip


def of_message(message_id: UUID, *, actor: Actor, at: datetime) -> Todo:
    """What a message asks for, to be done by whoever clicks."""
    found = said.messages_visible_to(actor).select_related("conversation").filter(pk=message_id)
    message = found.first()
    if message is None:
        raise NotFound()
    about = message.conversation
    record = conversations.find(actor, about.kind, about.subject)
    return operations.add(
        actor=actor, text=message.text[:BEGINNING] or record.number, kind=record.kind,
        number=record.number, link=record.href or record.address, message=message.pk, at=at,
    )  # fmt: skip
