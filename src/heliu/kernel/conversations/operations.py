"""Writing, taking back, reading. Whoever calls has found the record through `visible_to`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from heliu.kernel.access.actor import Actor
from heliu.kernel.access.queries import people_of
from heliu.kernel.conversations import queries
from heliu.kernel.conversations.events import MessageTakenBack, MessageWritten
from heliu.kernel.conversations.models import Conversation, Message, Reading
from heliu.kernel.conversations.policies import LONGEST, MOST_FILES, may_take_back, mentioned
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.events.facts import Fact, record
from heliu.kernel.files import operations as files


class Sent(NamedTuple):
    """A file as it came: its name and its bytes."""

    name: str
    content: bytes


def open_for(
    *, kind: str, subject: UUID, number: str, houses: Collection[UUID], at: datetime
) -> Conversation:
    """The conversation of a record, begun if there is none, seen by exactly these houses.

    The caller has their doors open: who may see a record may have changed since.
    """
    found, _ = Conversation.objects.get_or_create(
        subject=subject,
        defaults={"kind": kind, "number": number, "houses": sorted(set(houses)), "last_at": at},
    )
    return keep_houses(found, houses)


def keep_houses(found: Conversation, houses: Collection[UUID]) -> Conversation:
    """Exactly these houses see the conversation and the files of its messages from now on."""
    wanted = sorted(set(houses))
    if sorted(found.houses) != wanted:
        found.houses = wanted
        found.save(update_fields=["houses"])
        with_files = found.messages.filter(is_note=False, files__gt=0, taken_back_at=None)
        for (subject,) in with_files.values_list("pk"):
            files.share(subject, readers=wanted)
    return found


def write(
    conversation: Conversation,
    *,
    actor: Actor,
    text: str,
    is_note: bool = False,
    sent: Sequence[Sent] = (),
    at: datetime,
) -> Message:
    """Say something about a record, to all who see it or (a note) to one's own house.

    Raises `Invalid` for nothing said, for more than fits, and for files that are not taken.
    """
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if actor.user_id is None:
        raise Forbidden("no-desk", "This needs somebody at a desk.")
    if not text and not sent:
        raise Invalid("message-empty", "Write something or attach a file.", field="text")
    if len(text) > LONGEST:
        raise Invalid(
            "message-too-long", "A message has %(most)s signs at most.", field="text", most=LONGEST
        )
    if len(sent) > MOST_FILES:
        raise Invalid(
            "files-too-many", "A message has %(most)s files at most.", field="file", most=MOST_FILES
        )
    Conversation.objects.select_for_update().get(pk=conversation.pk)
    message = Message(
        conversation=conversation,
        org=actor.own_org,
        author=actor.user_id,
        author_name=actor.name,
        is_note=is_note,
        text=text,
        files=len(sent),
        mentions=[one for one in mentioned(text, colleagues(actor)) if one != actor.user_id],
        at=at,
    )
    message.save(force_insert=True)
    for one in sent:
        files.keep(
            one.content,
            actor=actor,
            org=actor.own_org,
            name=one.name,
            subject=message.pk,
            readers=() if is_note else conversation.houses,
            at=at,
        )
    conversation.last_at = at
    conversation.save(update_fields=["last_at"])
    _say(
        MessageWritten(
            subject=conversation.subject, message=message.pk, kind=conversation.kind,
            number=conversation.number, is_note=is_note, files=len(sent),
        ),
        message, actor=actor, at=at,
    )  # fmt: skip
    read(conversation, actor=actor, at=at)
    return message


def take_back(message_id: UUID, *, actor: Actor, at: datetime) -> Message:
    """The writer takes a message back, within minutes; that it was there is still seen."""
    found = (
        queries.messages_visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("conversation")
        .filter(pk=message_id)
        .first()
    )
    if found is None:
        raise NotFound()
    if actor.user_id is None or found.author != actor.user_id:
        raise Forbidden("not-your-message", "Only its writer takes a message back.")
    if found.taken_back_at is not None:
        return found
    if not may_take_back(found.at, at):
        raise Refused("too-late-to-take-back", "It is too late to take this message back.")
    found.taken_back_at, found.text, found.mentions = at, "", []
    found.save(update_fields=["taken_back_at", "text", "mentions"])
    files.close(found.pk)
    fact = MessageTakenBack(
        subject=found.conversation.subject, message=found.pk, kind=found.conversation.kind,
        number=found.conversation.number,
    )  # fmt: skip
    _say(fact, found, actor=actor, at=at)
    return found


def read(conversation: Conversation, *, actor: Actor, at: datetime) -> None:
    """The person has read what was said until now."""
    if actor.user_id is None:
        return
    Reading.objects.update_or_create(
        conversation=conversation,
        org=actor.own_org,
        person=actor.user_id,
        defaults={"person_name": actor.name, "read_at": at},
    )


def colleagues(actor: Actor) -> dict[UUID, str]:
    """Who works in the actor's own house, by name: whom a message may mention."""
    found = people_of(actor).filter(org=actor.own_org, is_active=True)
    return {one.user_id: str(one.user) for one in found}


def _say(fact: Fact, message: Message, *, actor: Actor, at: datetime) -> None:
    audience: Iterable[UUID] = {message.org}
    if not message.is_note:
        audience = {message.org, *message.conversation.houses}
    record(fact, actor=actor, at=at, audience=audience)
