"""What somebody of a house is to do."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from heliu.kernel.ids import new_id


class Todo(models.Model):
    """One thing to do: `owner` does it until `due_on`, if there is a day.

    `kind`, `number` and `link` are of the record it is about, `message` the message it was made
    of; all its house sees it. `reminded_on` is the day on which the owner was told that it is due.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.UUIDField()
    owner = models.UUIDField()
    owner_name = models.CharField(max_length=80)
    text = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, blank=True)
    number = models.CharField(max_length=120, blank=True)
    link = models.CharField(max_length=200, blank=True)
    message = models.UUIDField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    made_by_name = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by_name = models.CharField(max_length=80, blank=True)
    reminded_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="todo_says_something"),
            models.UniqueConstraint(
                fields=["org", "message"],
                condition=Q(message__isnull=False),
                name="one_todo_per_message_and_house",
            ),
        ]
        indexes = [
            models.Index(
                fields=["org", "owner", "due_on"], condition=Q(done_at=None), name="todo_open"
            ),
            models.Index(
                fields=["due_on"],
                condition=Q(done_at=None, reminded_on=None, due_on__isnull=False),
                name="todo_to_remind",
            ),
            models.Index(fields=["org", "link"], condition=Q(done_at=None), name="todo_of_record"),
        ]

    def is_late(self, on: date) -> bool:
        """Whether its day has gone by."""
        return self.done_at is None and self.due_on is not None and self.due_on < on

    def __str__(self) -> str:
        return self.text


class TodoChange(models.Model):
    """What a to-do said before somebody of its house made it another."""

    todo = models.ForeignKey(Todo, on_delete=models.CASCADE, related_name="changes")
    org = models.UUIDField()
    text = models.CharField(max_length=200)
    owner_name = models.CharField(max_length=80)
    due_on = models.DateField(null=True, blank=True)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering = ["todo_id", "id"]
