"""In what quantities goods are ordered: the least at once, and the packs they come in."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    reviewed = "Old code writes neither column, and what they hold then keeps the constraint."
    dependencies = [("goods", "0002_policies")]
    operations = [
        migrations.AddField(
            "sku", "order_minimum", models.PositiveIntegerField(default=1, db_default=1)
        ),
        migrations.AddField(
            "sku", "order_multiple", models.PositiveIntegerField(default=1, db_default=1)
        ),
        migrations.AddConstraint(
            "sku",
            models.CheckConstraint(
                condition=Q(order_minimum__gt=0, order_multiple__gt=0),
                name="ordered_in_whole_packs",
            ),
        ),
    ]
