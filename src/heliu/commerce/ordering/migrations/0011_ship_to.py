"""An order keeps where its goods go, as the buyer's address book has it when it is placed.

The writing function takes the addresses as well; old code goes on calling the one of fewer arguments.
"""

from pathlib import Path

from django.db import migrations, models

WRITE = Path(__file__).parent.parent / "sql" / "ordering_write.sql"
KEEPER = "order_pledged_goes_to_its_keeper"


class Migration(migrations.Migration):
    reviewed = "Old code writes no ship_to: it cannot meet the constraint with one."
    dependencies = [("ordering", "0010_changes"), ("addresses", "0002_policies")]
    operations = [
        migrations.AddField("order", "ship_to", models.JSONField(blank=True, null=True)),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"alter table ordering_order add constraint {KEEPER}"
                    " check (lender is null or ship_to is null) not valid",
                    f"alter table ordering_order drop constraint {KEEPER}",
                )
            ],
            state_operations=[
                migrations.AddConstraint(
                    "order",
                    models.CheckConstraint(
                        condition=models.Q(lender=None) | models.Q(ship_to=None), name=KEEPER
                    ),
                )
            ],
        ),
        migrations.RunSQL(WRITE.read_text(), migrations.RunSQL.noop),
    ]
