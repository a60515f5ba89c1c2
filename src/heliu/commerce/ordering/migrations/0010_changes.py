"""Changes of orders after they were placed, each kept as a version."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from heliu.kernel.access.row_policies import police
from heliu.kernel.ids import new_id

STATUSES = [
    ("HOUSE", "Waits for the house"),
    ("SELLER", "Waits for the seller"),
    ("MADE", "Changed"),
    ("REFUSED", "Not agreed to"),
    ("WITHDRAWN", "Withdrawn"),
    ("OVERTAKEN", "Overtaken"),
]
OPEN = ("HOUSE", "SELLER")
# What a house has not agreed to is the house's own.
TOLD = "is_told and (seller = any ((select heliu_orgs())::uuid[]) or lender = any ((select heliu_orgs())::uuid[]))"


class Migration(migrations.Migration):
    dependencies = [("ordering", "0009_wished_days"), ("access", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="OrderChange",
            fields=[
                ("id", models.UUIDField(default=new_id, editable=False, primary_key=True, serialize=False)),
                ("buyer", models.UUIDField()),
                ("seller", models.UUIDField()),
                ("lender", models.UUIDField(blank=True, null=True)),
                ("number", models.PositiveIntegerField()),
                ("status", models.CharField(choices=STATUSES, max_length=9)),
                ("is_told", models.BooleanField(default=False)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("asked_by", models.UUIDField(blank=True, null=True)),
                ("asked_by_name", models.CharField(max_length=80)),
                ("asked_at", models.DateTimeField()),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                ("ended_by_name", models.CharField(blank=True, max_length=80)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("said", models.CharField(blank=True, max_length=300)),
                ("order", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="ordering.order")),
            ],
            options={
                "ordering": ["order_id", "number"],
                "indexes": [models.Index(condition=Q(status__in=OPEN), fields=["asked_at"], name="order_change_waits")],
                "constraints": [
                    models.CheckConstraint(condition=Q(status__in=[one for one, _ in STATUSES]), name="order_change_status_known"),
                    models.UniqueConstraint(fields=("order", "number"), name="one_order_change_per_number"),
                    models.UniqueConstraint(condition=Q(status__in=OPEN), fields=("order",), name="one_open_change_per_order"),
                    models.CheckConstraint(
                        condition=Q(status__in=OPEN, ended_at=None) | ~Q(status__in=OPEN) & ~Q(ended_at=None),
                        name="order_change_ended_when_over",
                    ),
                ],
            },
        ),
        police("ordering_orderchange", "buyer", condition=TOLD),
    ]
