"""Conversations about records, their messages, and how far each person has read."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from heliu.kernel.conversations.policies import LONGEST
from heliu.kernel.ids import new_id


class Conversation(models.Model):
    """What is said about one record (`kind`, `subject`, and the `number` people see).

    `houses` are those that may see the record; they and nobody else see the conversation.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=12)
    subject = models.UUIDField(unique=True)
    number = models.CharField(max_length=120)
    houses = ArrayField(models.UUIDField())
    last_at = models.DateTimeField()

    class Meta:
        indexes = [
            GinIndex(fields=["houses"], name="conversation_houses"),
            models.Index(fields=["-last_at", "-id"], name="conversation_newest"),
        ]

    def __str__(self) -> str:
        return self.number


class Message(models.Model):
    """Something a person of `org` said, with the files that were attached to it.

    A note (`is_note`) is for the writer's own house alone. `mentions` are the colleagues it names.
    What was taken back keeps its row and time and loses its text; nobody else reads its files.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, related_name="messages", db_index=False
    )
    org = models.UUIDField()
    author = models.UUIDField()
    author_name = models.CharField(max_length=80)
    is_note = models.BooleanField(default=False)
    text = models.CharField(max_length=LONGEST, blank=True)
    files = models.PositiveSmallIntegerField(default=0)
    mentions = ArrayField(models.UUIDField(), default=list)
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(text="") | Q(files__gt=0) | Q(taken_back_at__isnull=False),
                name="message_says_something",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at=None) | Q(text=""), name="message_taken_back_is_silent"
            ),
        ]
        indexes = [models.Index(fields=["conversation", "at", "id"], name="message_in_order")]


class Reading(models.Model):
    """How far a person of a house has read a conversation; all who see it may know."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, related_name="readings", db_index=False
    )
    org = models.UUIDField()
    person = models.UUIDField()
    person_name = models.CharField(max_length=80)
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "org", "person"], name="one_reading_per_person"
            )
        ]
