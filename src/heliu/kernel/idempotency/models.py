"""The stored answers."""

from __future__ import annotations

from django.db import models


class Answer(models.Model):
    """What was answered to a key. Refusals are not kept: a retry is judged anew."""

    org = models.UUIDField()
    key = models.CharField(max_length=80)
    request_digest = models.BinaryField(max_length=32)
    status = models.SmallIntegerField()
    body = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["org", "key"], name="one_answer_per_key")]
