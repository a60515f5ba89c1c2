"""One index of the orders' numbers: the one for LIKE was of no use below a row policy."""

from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "Before the first release: there is no old code, and no table is large."
    dependencies = [("ordering", "0005_lists")]
    operations = [
        migrations.AlterField("order", "number", models.CharField(max_length=20)),
        migrations.AddConstraint(
            "order", models.UniqueConstraint(fields=["number"], name="one_order_per_number")
        ),
    ]
