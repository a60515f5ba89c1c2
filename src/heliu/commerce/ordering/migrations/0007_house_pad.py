"""An order pad that all people of a house put together, and who changed a pad last."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    reviewed = "A cart without a person is new; old code reads and writes those with one."
    dependencies = [("ordering", "0006_lean_orders")]
    operations = [
        migrations.AlterField("cart", "user", models.UUIDField(null=True, blank=True)),
        migrations.AddField(
            "cart", "changed_by", models.CharField(max_length=80, blank=True, db_default="")
        ),
        migrations.AddField("cart", "changed_at", models.DateTimeField(null=True, blank=True)),
        migrations.AddConstraint(
            "cart",
            models.UniqueConstraint(
                fields=["buyer", "seller"],
                condition=Q(user__isnull=True),
                name="one_cart_of_the_house",
            ),
        ),
    ]
