"""What sets goods free: a mode of the programme, and of the loan."""

from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "Before the first release: there is no old code, and no table is large."
    dependencies = [
        ("credit", "0004_release_mode"),
        ("lending", "0004_default"),
    ]

    operations = [
        migrations.AddField(
            model_name="loan",
            name="release_mode",
            field=models.CharField(
                choices=[
                    ("PROPORTIONAL", "The repaid share of the loan"),
                    ("DEPOSIT_FIRST", "All that was paid in, the deposit included"),
                ],
                db_default="PROPORTIONAL",
                default="PROPORTIONAL",
                max_length=13,
            ),
        ),
        migrations.AddConstraint(
            model_name="loan",
            constraint=models.CheckConstraint(
                condition=models.Q(("release_mode__in", ["PROPORTIONAL", "DEPOSIT_FIRST"])),
                name="loan_release_known",
            ),
        ),
    ]
