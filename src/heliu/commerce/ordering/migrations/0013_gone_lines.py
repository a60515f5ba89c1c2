"""Lines that a change takes out of an order are kept apart, as they were."""

import django.db.models.deletion
from django.db import migrations, models

from heliu.kernel.access.row_policies import police


class Migration(migrations.Migration):
    dependencies = [
        ("ordering", "0012_parts"),
        ("goods", "0001_initial"),
        ("access", "0002_policies"),
    ]
    operations = [
        migrations.CreateModel(
            name="GoneLine",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("buyer", models.UUIDField()),
                ("seller", models.UUIDField()),
                ("lender", models.UUIDField(blank=True, null=True)),
                ("position", models.PositiveIntegerField()),
                ("quantity", models.BigIntegerField()),
                ("unit_price", models.BigIntegerField()),
                ("change", models.PositiveIntegerField()),
                ("gone_at", models.DateTimeField()),
                ("order", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="gone_lines", to="ordering.order")),
                ("sku", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="goods.sku")),
            ],
            options={
                "ordering": ["order_id", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("order", "position"), name="one_gone_line_per_position")
                ],
            },
        ),
        police("ordering_goneline", "buyer", "seller", "lender"),
    ]
