"""What a programme agrees for the case of default."""

from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "Before the first release: there is no old code, and no table is large."
    dependencies = [
        ('credit', '0002_policies'),
    ]

    operations = [
        migrations.AddField(
            model_name='programme',
            name='buy_back_share',
            field=models.DecimalField(decimal_places=4, default=Decimal('1'), max_digits=5),
        ),
        migrations.AddField(
            model_name='programme',
            name='notice_days',
            field=models.PositiveSmallIntegerField(default=3),
        ),
        migrations.AddField(
            model_name='programme',
            name='seller_duty',
            field=models.CharField(choices=[('NONE', 'None: the lender sells the goods'), ('DIFFERENCE_REFUND', 'Refund of their price against the goods'), ('BUY_BACK', 'Buying the goods back at a share of their price')], default='DIFFERENCE_REFUND', max_length=17),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(('seller_duty__in', ['NONE', 'DIFFERENCE_REFUND', 'BUY_BACK'])), name='seller_duty_known'),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(('buy_back_share__gt', 0), ('buy_back_share__lte', 1)), name='buy_back_at_most_the_price'),
        ),
    ]
