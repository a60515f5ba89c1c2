"""One exchange of goods is asked for at a time in a deal."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    reviewed = "Asking anew while a question waits was refused before; few rows are ASKED at all."

    dependencies = [("trade", "0056_tier_words_zh")]
    operations = [
        migrations.AddConstraint(
            model_name="lodging",
            constraint=models.UniqueConstraint(
                fields=["deal"], condition=Q(status="ASKED"), name="one_lodging_asked_for"
            ),
        ),
    ]
