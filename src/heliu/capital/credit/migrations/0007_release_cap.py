"""Above an amount people at the lender agree to a release of goods."""

from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "The constraint is on a column that old code does not know and leaves empty."
    dependencies = [("credit", "0006_lender_writes")]

    operations = [
        migrations.AddField(
            model_name="programme",
            name="auto_release_cap",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.CheckConstraint(
                condition=models.Q(auto_release_cap=None) | models.Q(auto_release_cap__gte=0),
                name="release_cap_not_negative",
            ),
        ),
    ]
