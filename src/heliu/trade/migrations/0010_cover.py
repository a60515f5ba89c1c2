"""How pledged goods cover their debt is worked out where a board's sums and order are."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).parent.parent / "sql"
RATIO = "trade_loan_to_value(numeric, numeric)"


class Migration(migrations.Migration):
    dependencies = [
        ("lending", "0003_room"),
        ("pledges", "0002_policies"),
        ("trade", "0009_operator_states"),
    ]
    operations = [
        migrations.RunSQL(
            [
                (SQL / "cover_0010.sql").read_text(),
                f"revoke execute on function {RATIO} from public",
                f"grant execute on function {RATIO} to heliu_web, heliu_worker",
            ],
            f"drop view trade_cover; drop function {RATIO}",
        ),
        migrations.CreateModel(
            name="Cover",
            fields=[
                (
                    "pledge",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="cover",
                        serialize=False,
                        to="pledges.pledge",
                    ),
                ),
                ("quantity", models.BigIntegerField()),
                ("ready", models.BigIntegerField()),
                ("since", models.DateField()),
                ("value", models.BigIntegerField()),
                ("debt", models.BigIntegerField(null=True)),
                ("percent", models.DecimalField(decimal_places=1, max_digits=20, null=True)),
                ("agreed", models.DecimalField(decimal_places=4, max_digits=7, null=True)),
                ("gap", models.BigIntegerField()),
            ],
            options={"db_table": "trade_cover", "managed": False},
        ),
    ]
