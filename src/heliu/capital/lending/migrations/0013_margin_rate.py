"""A loan keeps what its margin bears, since when, and what of it was credited."""

import django.db.models.expressions
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "The check of margins only grows wider; the other holds through the defaults."

    dependencies = [
        ('credit', '0014_margin_rate'),
        ('lending', '0012_paid_in'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='loan',
            name='margin_only_where_it_is_kept',
        ),
        migrations.AddField(
            model_name='loan',
            name='margin_interest',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='loan',
            name='margin_rate',
            field=models.DecimalField(db_default=Decimal('0'), decimal_places=4, default=Decimal('0'), max_digits=7),
        ),
        migrations.AddField(
            model_name='loan',
            name='margin_since',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('margin', 0), ('set_off', 0), ('topped_up', 0)), models.Q(('deposit_mode', 'CASH_MARGIN'), ('margin__gte', 0), ('margin__lte', django.db.models.expressions.CombinedExpression(models.F('principal'), '+', models.F('margin_interest'))), ('set_off__gte', 0), ('set_off__lte', models.F('principal_repaid')), ('topped_up__gte', 0)), _connector='OR'), name='margin_only_where_it_is_kept'),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.CheckConstraint(condition=models.Q(('margin_interest', 0), models.Q(('margin_interest__gt', 0), ('margin_rate__gt', 0), ('margin_since__isnull', False)), _connector='OR'), name='margin_interest_by_its_rate'),
        ),
    ]
