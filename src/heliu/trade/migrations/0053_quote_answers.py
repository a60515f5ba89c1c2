"""An answer to a quote is kept until the others of its seller's house have agreed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "One value more: what old code writes meets the constraint."

    dependencies = [
        ('trade', '0052_lean_batches'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='proposal',
            name='proposal_known',
        ),
        migrations.AlterField(
            model_name='proposal',
            name='what',
            field=models.CharField(choices=[('VALUE_DAY', 'Another value day of a payment'), ('TAKE_BACK', 'A payment taken back'), ('PAID_OUT', 'Another day of a pay-out'), ('DRAFT', 'A programme, or a version of one'), ('MODES', 'Other modes of a programme'), ('RELEASE_CAP', 'Another cap on releases'), ('MARGINS', 'Other margins on stock'), ('QUOTE_ANSWER', 'An answer to a quote')], max_length=16),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(('what__in', ['VALUE_DAY', 'TAKE_BACK', 'PAID_OUT', 'DRAFT', 'MODES', 'RELEASE_CAP', 'MARGINS', 'QUOTE_ANSWER'])), name='proposal_known'),
        ),
    ]
