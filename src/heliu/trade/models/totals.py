"""What happened on days that are over."""

from __future__ import annotations

from django.db import models


class DayTotal(models.Model):
    """How often something happened on a day that is over, and for how much (minor units), over all
    houses; for the operator's reports. Written once by the close of day (`trade_keep_days`)."""

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    name = models.CharField(max_length=12)
    n = models.BigIntegerField()
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "name"], name="one_total_per_day"),
        ]
