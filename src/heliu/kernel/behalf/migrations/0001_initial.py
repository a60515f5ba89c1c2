"""Who may order in whose name, given by the buyer alone; what was done so, kept as it was."""

from pathlib import Path

import django.db.models.deletion
import heliu.kernel.ids
from django.db import migrations, models


MINE = "any ((select heliu_orgs())::uuid[])"
SIDES = f"(buyer = {MINE} or seller = {MINE})"
POLICIES = [
    "alter table behalf_mandate enable row level security",
    f"create policy reads on behalf_mandate for select to heliu_web using ({SIDES})",
    f"create policy gives on behalf_mandate for insert to heliu_web with check (buyer = {MINE})",
    f"create policy ends on behalf_mandate for update to heliu_web using (buyer = {MINE})"
    f" with check (buyer = {MINE})",
    "create policy worker on behalf_mandate to heliu_worker using (true) with check (true)",
    "alter table behalf_act enable row level security",
    f"create policy reads on behalf_act for select to heliu_web using ({SIDES})",
    f"create policy writes on behalf_act for insert to heliu_web with check (seller = {MINE})",
    "create policy worker on behalf_act to heliu_worker using (true) with check (true)",
    "revoke update, delete, truncate on behalf_act from heliu_web, heliu_worker",
    "revoke delete, truncate on behalf_mandate from heliu_web",
]
APPEND_ONLY = """
create function behalf_act_frozen() returns trigger language plpgsql as
$$ begin raise exception 'an act on behalf is kept as it was' using errcode = 'HL405'; end $$;
create trigger frozen before update or delete or truncate on behalf_act
    for each statement execute function behalf_act_frozen();
"""
SQL = Path(__file__).parent.parent / "sql"
SEAT, HANDS = ((SQL / f"behalf_{name}.sql").read_text() for name in ("seat", "hands"))


class Migration(migrations.Migration):
    reviewed = "The rights are taken from tables that this migration makes."

    initial = True

    dependencies = [("access", "0002_policies"), ("parties", "0009_standing")]

    operations = [
        migrations.CreateModel(
            name='Mandate',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('buyer', models.UUIDField()),
                ('seller', models.UUIDField()),
                ('given_by', models.UUIDField(null=True)),
                ('given_by_name', models.CharField(max_length=80)),
                ('given_at', models.DateTimeField()),
                ('ended_by_name', models.CharField(blank=True, default='', max_length=80)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['seller'], name='mandate_seller')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('buyer', 'seller'), name='one_live_mandate_per_pair'), models.CheckConstraint(condition=models.Q(('buyer', models.F('seller')), _negated=True), name='mandate_has_two_sides')],
            },
        ),
        migrations.CreateModel(
            name='Act',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('buyer', models.UUIDField()),
                ('seller', models.UUIDField()),
                ('person', models.UUIDField()),
                ('person_name', models.CharField(max_length=80)),
                ('what', models.CharField(choices=[('OPENED', 'Opened the order pad'), ('PLACED', 'Placed an order'), ('ASKED', 'Asked for agreement'), ('CHANGED', 'Changed an order'), ('WITHDRAWN', 'Withdrew a request'), ('CANCELLED', 'Cancelled an order')], max_length=9)),
                ('subject', models.UUIDField(blank=True, null=True)),
                ('number', models.CharField(blank=True, default='', max_length=20)),
                ('at', models.DateTimeField()),
                ('mandate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acts', to='behalf.mandate')),
            ],
            options={
                'indexes': [models.Index(fields=['buyer', '-id'], name='act_buyer'), models.Index(fields=['seller', '-id'], name='act_seller'), models.Index(condition=models.Q(('subject__isnull', False)), fields=['subject'], name='act_subject')],
                'constraints': [models.CheckConstraint(condition=models.Q(('what__in', ['OPENED', 'PLACED', 'ASKED', 'CHANGED', 'WITHDRAWN', 'CANCELLED'])), name='act_on_behalf_known')],
            },
        ),
        migrations.RunSQL(POLICIES, migrations.RunSQL.noop),
        migrations.RunSQL(
            APPEND_ONLY, "drop trigger frozen on behalf_act; drop function behalf_act_frozen()"
        ),
        migrations.RunSQL(SEAT, "drop function behalf_seat(uuid[], text)"),
        migrations.RunSQL(HANDS, "drop function behalf_hands(uuid, uuid)"),
    ]
