"""What the sandbox index says."""

from __future__ import annotations

from django.db import models


class IndexPrice(models.Model):
    """The newest price of goods by their code, in fen; `is_silent` leaves them out."""

    code = models.CharField(primary_key=True, max_length=40)
    amount = models.BigIntegerField()
    at = models.DateTimeField()
    is_silent = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="index_price_positive")
        ]
