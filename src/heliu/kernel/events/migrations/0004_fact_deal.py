"""Facts of no deal have no place in the index of deals."""

from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "Before the first release: there is no old code, and no table is large."
    dependencies = [("events", "0003_say")]
    operations = [
        migrations.RemoveIndex("fact", "fact_deal"),
        migrations.AddIndex(
            "fact",
            models.Index(
                fields=["deal", "number"],
                condition=models.Q(deal__isnull=False),
                name="fact_deal",
            ),
        ),
    ]
