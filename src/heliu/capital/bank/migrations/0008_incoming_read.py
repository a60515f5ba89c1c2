"""Up to which day the transfers to an account were read."""

import django.db.models.deletion
from django.db import migrations, models

from heliu.kernel.access.row_policies import police


class Migration(migrations.Migration):
    reviewed = "The table is new: no old code uses it."
    dependencies = [
        ('bank', '0007_purpose_return'),
    ]

    operations = [
        migrations.CreateModel(
            name='IncomingRead',
            fields=[
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to='bank.bankaccount')),
                ('org', models.UUIDField()),
                ('day', models.DateField()),
            ],
        ),
        police("bank_incomingread", "org"),
        migrations.RunSQL(
            "revoke insert, update, delete, truncate on bank_incomingread from heliu_web",
            "grant insert, update, delete on bank_incomingread to heliu_web",
        ),
    ]
