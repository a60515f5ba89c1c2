"""Rows that a round of the worker could not deal with yet; the web role sees none of them."""

from django.db import migrations, models

import heliu.kernel.ids
from heliu.kernel.access.row_policies import police


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_grants")]
    operations = [
        migrations.CreateModel(
            name="Stuck",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=heliu.kernel.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("round", models.CharField(max_length=40)),
                ("subject", models.UUIDField()),
                ("why", models.CharField(max_length=300)),
                ("tries", models.PositiveIntegerField()),
                ("since", models.DateTimeField()),
                ("next_try_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["round", "subject"], name="a_row_is_stuck_once_in_a_round"
                    )
                ],
            },
        ),
        police("jobs_stuck", condition="false"),
    ]
