"""What the sandbox index says."""

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='IndexPrice',
            fields=[
                ('code', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('amount', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('is_silent', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='index_price_positive')],
            },
        ),
    ]
