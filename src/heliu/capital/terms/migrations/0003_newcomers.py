"""Trade credit for newcomers by a rule of the seller."""

import django.db.models.expressions
from django.db import migrations, models

from heliu.kernel.access.row_policies import police


class Migration(migrations.Migration):
    dependencies = [("terms", "0002_policies")]
    operations = [
        migrations.AddField(
            model_name="terms",
            name="by_rule",
            field=models.BooleanField(default=False, db_default=False),
        ),
        migrations.CreateModel(
            name="NewcomerTerms",
            fields=[
                ("seller", models.UUIDField(primary_key=True, serialize=False)),
                ("is_on", models.BooleanField(default=False)),
                ("ceiling", models.BigIntegerField(default=0)),
                ("days", models.PositiveSmallIntegerField(default=30)),
                ("total", models.BigIntegerField(default=0)),
                ("least_days", models.PositiveSmallIntegerField(default=0)),
                ("set_by_name", models.CharField(max_length=80)),
                ("set_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("is_on", False), ("ceiling__gt", 0), _connector="OR"),
                        name="newcomers_get_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ceiling__gte", 0),
                            ("days__lte", 365),
                            ("total__gte", django.db.models.expressions.F("ceiling")),
                        ),
                        name="newcomer_terms_within_bounds",
                    ),
                ],
            },
        ),
        police("terms_newcomerterms", "seller"),
    ]
