"""The day of a pay-out is corrected by two, where a house wants that."""

from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "One value more: what old code writes meets the constraint."

    dependencies = [
        ('trade', '0047_deposit_withdrawn'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='proposal',
            name='proposal_known',
        ),
        migrations.AlterField(
            model_name='proposal',
            name='what',
            field=models.CharField(choices=[('VALUE_DAY', 'Another value day of a payment'), ('TAKE_BACK', 'A payment taken back'), ('PAID_OUT', 'Another day of a pay-out'), ('DRAFT', 'A programme, or a version of one'), ('MODES', 'Other modes of a programme'), ('RELEASE_CAP', 'Another cap on releases'), ('MARGINS', 'Other margins on stock')], max_length=16),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(('what__in', ['VALUE_DAY', 'TAKE_BACK', 'PAID_OUT', 'DRAFT', 'MODES', 'RELEASE_CAP', 'MARGINS'])), name='proposal_known'),
        ),
    ]
