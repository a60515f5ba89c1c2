"""Owners, representatives and accounts elsewhere of a house: kept and read by the operator only."""

import heliu.kernel.ids
from django.db import migrations, models
from django.db.models import Q

from heliu.kernel.access.row_policies import police

OPERATOR = """exists (select from parties_partyrole
    where role = 'OPERATOR' and organization_id = any ((select heliu_orgs())::uuid[]))"""
KINDS = [
    ("OWNER", "Shareholder"),
    ("REPRESENTATIVE", "Legal representative"),
    ("ACCOUNT", "Account elsewhere"),
]


class Migration(migrations.Migration):
    dependencies = [("parties", "0005_known")]
    operations = [
        migrations.CreateModel(
            name="Tie",
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
                ("org", models.UUIDField()),
                ("kind", models.CharField(choices=KINDS, max_length=14)),
                ("name", models.CharField(max_length=120)),
                ("mark", models.CharField(max_length=64)),
                ("holder", models.UUIDField(blank=True, null=True)),
                (
                    "share",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=5, null=True),
                ),
                ("since", models.DateField()),
                ("until", models.DateField(blank=True, null=True)),
                ("set_by_name", models.CharField(max_length=80)),
                ("set_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(kind__in=["OWNER", "REPRESENTATIVE", "ACCOUNT"]),
                        name="tie_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(kind="OWNER", share__gt=0, share__lte=1)
                        | ~Q(kind="OWNER") & Q(share=None),
                        name="tie_of_an_owner_has_a_share",
                    ),
                    models.UniqueConstraint(
                        fields=["org", "kind", "mark"],
                        condition=Q(until=None),
                        name="one_live_tie_per_holder",
                    ),
                ],
            },
        ),
        police("parties_tie", condition=OPERATOR),
    ]
