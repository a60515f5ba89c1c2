"""Reading conversations; every read begins at `visible_to`."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from heliu.kernel.access.actor import Actor
from heliu.kernel.conversations.models import Conversation, Message, Reading
from heliu.kernel.errors import NotFound


def visible_to(actor: Actor) -> QuerySet[Conversation]:
    """The conversations about records that the actor's organisations may see."""
    if actor.is_system:
        return Conversation.objects.all()
    return Conversation.objects.filter(houses__overlap=list(actor.orgs))


def messages_visible_to(actor: Actor) -> QuerySet[Message]:
    """What was said in these: the notes of other houses are not there."""
    if actor.is_system:
        return Message.objects.all()
    shared = Q(is_note=False, conversation__houses__overlap=list(actor.orgs))
    return Message.objects.filter(shared | Q(org__in=actor.orgs))


def of_subject(actor: Actor, subject: UUID) -> Conversation | None:
    """The conversation about a record, once somebody has begun it."""
    return visible_to(actor).filter(subject=subject).first()


def get(actor: Actor, conversation: UUID) -> Conversation:
    """One conversation, or `NotFound`."""
    found = visible_to(actor).filter(pk=conversation).first()
    if found is None:
        raise NotFound()
    return found


def messages(actor: Actor, conversation: Conversation) -> QuerySet[Message]:
    """What was said in a conversation, as the actor may read it, in order."""
    return messages_visible_to(actor).filter(conversation=conversation).order_by("at", "id")


def readings(conversation: Conversation) -> list[Reading]:
    """How far each person has read, the latest first."""
    return list(conversation.readings.order_by("-read_at"))


def with_unread(actor: Actor) -> QuerySet[Conversation]:
    """The actor's conversations, the newest first, each with `unread`: how many messages of others
    came since the person read there."""
    mine = Reading.objects.filter(
        Q(person=actor.user_id), conversation=OuterRef("conversation"), org=actor.own_org
    )
    new = (
        messages_visible_to(actor)
        .filter(conversation=OuterRef("pk"), taken_back_at=None)
        .exclude(Q(author=actor.user_id))
        .annotate(read_at=Subquery(mine.values("read_at")[:1]))
        .filter(Q(read_at=None) | Q(at__gt=F("read_at")))
        .order_by()
        .values("conversation")
        .annotate(n=Count("pk"))
        .values("n")
    )
    counted = Coalesce(Subquery(new, output_field=IntegerField()), 0)
    return visible_to(actor).annotate(unread=counted).order_by("-last_at", "-id")
