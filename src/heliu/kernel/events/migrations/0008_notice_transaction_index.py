"""Reading notices on from a transaction."""

from django.db import migrations

ADD = "create index concurrently notice_transaction on events_notice (transaction)"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("events", "0007_settled")]
    operations = [migrations.RunSQL(ADD, "drop index notice_transaction")]
