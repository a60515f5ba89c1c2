"""Indexes for the seller's lists: what is not completed, and the transfers of a day."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("ordering", "0004_lean_lines")]
    operations = [
        AddIndexConcurrently(
            "order",
            models.Index(
                fields=["seller", "status", "-placed_at", "-id"],
                condition=~Q(status="COMPLETED"),
                name="order_under_way",
            ),
        ),
        AddIndexConcurrently(
            "order",
            models.Index(
                fields=["seller", "-confirmed_at"],
                condition=Q(pay_by="TRANSFER"),
                name="order_transferred",
            ),
        ),
    ]
