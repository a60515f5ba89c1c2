"""What a house's own rules let nobody do alone, kept until others agreed."""

import heliu.kernel.ids
from django.db import migrations, models

from heliu.kernel.access.row_policies import police

# What was asked for stays as it was asked; only that it was done comes later.
FROZEN = """
create function trade_proposal_frozen() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and old.done_at is null
       and (new.id, new.approval, new.org, new.what, new."right", new.said)
         = (old.id, old.approval, old.org, old.what, old."right", old.said) then
        return new;
    end if;
    raise exception 'what was asked for is written once' using errcode = 'HL405';
end $$;
create trigger frozen before update or delete on trade_proposal
    for each row execute function trade_proposal_frozen();
"""
KINDS = ['VALUE_DAY', 'TAKE_BACK', 'DRAFT', 'MODES', 'RELEASE_CAP', 'MARGINS']


class Migration(migrations.Migration):

    dependencies = [
        ('trade', '0037_tier_yes'),
    ]

    operations = [
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('approval', models.UUIDField(unique=True)),
                ('org', models.UUIDField()),
                ('what', models.CharField(choices=[('VALUE_DAY', 'Another value day of a payment'), ('TAKE_BACK', 'A payment taken back'), ('DRAFT', 'A programme, or a version of one'), ('MODES', 'Other modes of a programme'), ('RELEASE_CAP', 'Another cap on releases'), ('MARGINS', 'Other margins on stock')], max_length=16)),
                ('right', models.CharField(max_length=30)),
                ('said', models.JSONField()),
                ('done_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('what__in', KINDS)), name='proposal_known')],
            },
        ),
        police("trade_proposal", "org"),
        migrations.RunSQL(FROZEN, "drop function trade_proposal_frozen() cascade"),
    ]
