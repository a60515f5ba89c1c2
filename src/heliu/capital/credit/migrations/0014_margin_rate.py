"""A margin may bear interest."""

from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "The table of programmes is small: the check reads few rows."

    dependencies = [
        ('credit', '0013_paid_in'),
    ]

    operations = [
        migrations.AddField(
            model_name='programme',
            name='margin_rate',
            field=models.DecimalField(db_default=Decimal('0'), decimal_places=4, default=Decimal('0'), max_digits=7),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(('margin_rate', 0), models.Q(('deposit_mode', 'CASH_MARGIN'), ('margin_rate__gt', 0)), _connector='OR'), name='interest_only_on_a_margin'),
        ),
    ]
