"""Invoices laid before a lender, and what it finds to speak against a financed order."""

from pathlib import Path

import django.db.models.deletion
import heliu.kernel.ids
from django.db import migrations, models

from heliu.kernel.access.row_policies import police

SUSPICIONS = (Path(__file__).parent.parent / "sql" / "suspicions.sql").read_text()
LOOK = "trade_suspicions(uuid, uuid, uuid, bigint, timestamptz)"


def only(table: str, columns: str) -> migrations.RunSQL:
    """What is written stays; only these columns are filled in later."""
    return migrations.RunSQL(
        f"revoke update, delete, truncate on {table} from heliu_web;"
        f"grant update ({columns}) on {table} to heliu_web",
        f"grant update, delete on {table} to heliu_web",
    )


class Migration(migrations.Migration):
    reviewed = "The rights are taken from tables that this migration makes."

    dependencies = [
        ("access", "0001_initial"),
        ("lending", "0006_modes"),
        ("ordering", "0001_initial"),
        ("parties", "0006_ties"),
        ("trade", "0018_modes"),
    ]

    operations = [
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('lender', models.UUIDField()),
                ('code', models.CharField(choices=[('DUPLICATE_INVOICE', 'Invoice financed already'), ('DUPLICATE_FILE', 'Paper financed already'), ('CIRCULAR_TRADE', 'Trade in a circle'), ('RELATED_KIN', 'One group of companies'), ('RELATED_NUMBER', 'One tax number'), ('RELATED_TIE', 'Same owner, representative or account'), ('RELATED_ADDRESS', 'One address'), ('RELATED_PEOPLE', 'People in common')], max_length=20)),
                ('key', models.CharField(blank=True, max_length=80)),
                ('is_hard', models.BooleanField()),
                ('found', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
                ('approval', models.UUIDField(blank=True, null=True)),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('deal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='trade.deal')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('deal', 'code', 'key'), name='one_finding_per_key'), models.CheckConstraint(condition=models.Q(('code__in', ['DUPLICATE_INVOICE', 'DUPLICATE_FILE', 'CIRCULAR_TRADE', 'RELATED_KIN', 'RELATED_NUMBER', 'RELATED_TIE', 'RELATED_ADDRESS', 'RELATED_PEOPLE'])), name='finding_code_known'), models.CheckConstraint(condition=models.Q(models.Q(('accepted_at', None), ('approval', None)), models.Q(('accepted_at__isnull', False), ('approval__isnull', False)), _connector='OR'), name='finding_accepted_by_approval')],
            },
        ),
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('issuer', models.UUIDField()),
                ('number', models.CharField(max_length=40)),
                ('amount', models.BigIntegerField()),
                ('issued_on', models.DateField()),
                ('file', models.UUIDField(blank=True, null=True)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('buyer', models.UUIDField()),
                ('seller', models.UUIDField()),
                ('lender', models.UUIDField()),
                ('laid_by_name', models.CharField(max_length=80)),
                ('laid_at', models.DateTimeField()),
                ('deal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='trade.deal')),
            ],
            options={
                'indexes': [models.Index(fields=['issuer', 'number'], name='invoice_number'), models.Index(condition=models.Q(('digest', ''), _negated=True), fields=['digest'], name='invoice_digest')],
                'constraints': [models.UniqueConstraint(fields=('deal', 'number'), name='invoice_once_in_a_deal'), models.CheckConstraint(condition=models.Q(('amount__gt', 0), models.Q(('number', ''), _negated=True)), name='laid_invoice_of_something')],
            },
        ),
        police("trade_finding", "lender"),
        police("trade_invoice", "buyer", "seller", "lender"),
        only("trade_finding", "approval, accepted_at"),
        only("trade_invoice", "file, digest"),
        migrations.RunSQL(
            [
                SUSPICIONS,
                f"revoke execute on function {LOOK} from public",
                f"grant execute on function {LOOK} to heliu_web, heliu_worker",
            ],
            f"drop function {LOOK}",
        ),
    ]
