"""What goods of a dealer in default should bring, and a seller that helps to sell them."""

from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "Before the first release: there is no old code, and no table is large."
    dependencies = [
        ('credit', '0003_duty'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='programme',
            name='seller_duty_known',
        ),
        migrations.AddField(
            model_name='programme',
            name='sale_floor',
            field=models.DecimalField(db_default=Decimal('0.80'), decimal_places=4, max_digits=5),
        ),
        migrations.AlterField(
            model_name='programme',
            name='seller_duty',
            field=models.CharField(choices=[('NONE', 'None: the lender sells the goods'), ('DIFFERENCE_REFUND', 'Refund of their price against the goods'), ('BUY_BACK', 'Buying the goods back at a share of their price'), ('RESALE_HELP', 'Finding a buyer: the lender sells the goods')], default='DIFFERENCE_REFUND', max_length=17),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(('seller_duty__in', ['NONE', 'DIFFERENCE_REFUND', 'BUY_BACK', 'RESALE_HELP'])), name='seller_duty_known'),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(('sale_floor__gte', 0), ('sale_floor__lte', 1)), name='sale_floor_at_most_the_price'),
        ),
    ]
