"""What is owed on terms may fall due in instalments."""

from pathlib import Path

import django.contrib.postgres.fields
from django.db import migrations, models


SQL = Path(__file__).parent.parent / "sql"
BACK = (
    "alter table terms_terms drop constraint terms_parts_sound;"
    " drop function terms_parts_sound(smallint[], smallint[])"
)


class Migration(migrations.Migration):
    reviewed = "The checks hold for every row through the defaults."

    dependencies = [
        ('terms', '0004_by_rule'),
    ]

    operations = [
        migrations.AddField(
            model_name='invoice',
            name='part',
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name='invoice',
            name='parts',
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name='terms',
            name='part_days',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), db_default=[], default=list),
        ),
        migrations.AddField(
            model_name='terms',
            name='part_shares',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), db_default=[], default=list),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('part__gte', 1), ('part__lte', models.F('parts'))), name='invoice_part_of_parts'),
        ),
        migrations.RunSQL((SQL / "parts.sql").read_text(), BACK),
    ]
