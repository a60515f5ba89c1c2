"""Up to where a seller lets its quotes be answered without a person; its own affair."""

from django.db import migrations, models

from heliu.kernel.access.row_policies import police


class Migration(migrations.Migration):

    dependencies = [
        ('quotes', '0002_policies'),
    ]

    operations = [
        migrations.CreateModel(
            name='AutoAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seller', models.UUIDField()),
                ('min_quantity', models.BigIntegerField()),
                ('percent', models.DecimalField(decimal_places=2, max_digits=4)),
                ('days', models.PositiveSmallIntegerField()),
                ('most', models.BigIntegerField(blank=True, null=True)),
                ('set_by_name', models.CharField(max_length=80)),
                ('set_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['seller', 'min_quantity'],
                'constraints': [models.UniqueConstraint(fields=('seller', 'min_quantity'), name='one_auto_answer_per_quantity'), models.CheckConstraint(condition=models.Q(('min_quantity__gte', 1), ('percent__gte', 0), ('percent__lte', 90), ('days__gte', 1), ('days__lte', 90), models.Q(('most', None), ('most__gt', 0), _connector='OR')), name='auto_answer_in_bounds')],
            },
        ),
        police("quotes_autoanswer", "seller"),
    ]
