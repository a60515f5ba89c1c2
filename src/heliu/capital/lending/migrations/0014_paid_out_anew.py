"""A loan is reckoned anew because it was paid out on another day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    reviewed = "One value more: what old code writes meets the constraint."

    dependencies = [
        ('lending', '0013_margin_rate'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='replay',
            name='replay_cause_known',
        ),
        migrations.AlterField(
            model_name='replay',
            name='cause',
            field=models.CharField(choices=[('LATE', 'Known later than its value day'), ('CORRECTED', 'Value day corrected'), ('TAKEN_BACK', 'Payment taken back'), ('PAID_OUT', 'Paid out on another day')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='replay',
            constraint=models.CheckConstraint(condition=models.Q(('cause__in', ['LATE', 'CORRECTED', 'TAKEN_BACK', 'PAID_OUT'])), name='replay_cause_known'),
        ),
    ]
