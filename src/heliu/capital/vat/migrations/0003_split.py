"""When the tax of an invoice left the sales in the books."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vat", "0002_policies")]
    operations = [
        migrations.AddField("vatinvoice", "split_on", models.DateField(blank=True, null=True))
    ]
