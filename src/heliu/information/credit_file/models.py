"""How a buyer paid what it owed a seller: the evidence that no order or loan holds."""

from __future__ import annotations

from django.db import models


class PaymentExperience(models.Model):
    """One bill of an order (by transfer or on terms): when it was due and when it was paid.

    `amount` in fen. Loans are not written here; the file reads them where they are.
    """

    buyer = models.UUIDField()
    seller = models.UUIDField()
    order_id = models.UUIDField()
    order_number = models.CharField(max_length=20)
    due_on = models.DateField()
    paid_on = models.DateField()
    amount = models.BigIntegerField()
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order_id", "due_on", "paid_on"], name="one_experience_per_bill"
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0), name="experience_has_an_amount"
            ),
        ]
        indexes = [
            models.Index(fields=["buyer", "seller", "due_on"], name="experience_buyer"),
            models.Index(fields=["seller", "due_on"], name="experience_seller"),
        ]

    @property
    def days_late(self) -> int:
        """How many days after its due day the bill was paid; 0 when in time."""
        return max(0, (self.paid_on - self.due_on).days)
