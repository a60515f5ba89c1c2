"""What is given back names its serial numbers, where the goods have such."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    reviewed = "Old code does not write the column, and what it holds then keeps the constraint."
    dependencies = [
        ('goods', '0005_tracking'),
        ('returns', '0003_replaced'),
    ]

    operations = [
        migrations.AddField(
            model_name='returnline',
            name='marks',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), db_default=[], default=list),
        ),
        migrations.AddConstraint(
            model_name='returnline',
            constraint=models.CheckConstraint(condition=models.Q(('marks__len', 0), ('marks__len', models.F('quantity')), _connector='OR'), name='return_line_names_all_or_none'),
        ),
    ]
