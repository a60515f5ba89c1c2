"""What the worker could not do yet."""

from __future__ import annotations

from django.db import models

from heliu.kernel.ids import new_id


class Stuck(models.Model):
    """A row that a round could not deal with, until it is done or not due any more (`rounds`).

    `round` is what was to be done, `subject` the id of what with; `why` says what broke by its kind
    alone, `since` when it broke first.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    round = models.CharField(max_length=40)
    subject = models.UUIDField()
    why = models.CharField(max_length=300)
    tries = models.PositiveIntegerField()
    since = models.DateTimeField()
    next_try_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "subject"], name="a_row_is_stuck_once_in_a_round"
            )
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.subject}"
