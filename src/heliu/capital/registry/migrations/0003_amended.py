"""A registration is amended in what it names, not in its end alone."""

from django.db import migrations, models


class Migration(migrations.Migration):

    reviewed = "Other words for a choice."

    dependencies = [
        ('registry', '0002_policies'),
    ]

    operations = [
        migrations.AlterField(
            model_name='filing',
            name='kind',
            field=models.CharField(choices=[('SEARCH', 'Search'), ('REGISTER', 'Registration'), ('AMEND', 'Renewal or change'), ('DISCHARGE', 'Striking off')], max_length=9),
        ),
    ]
