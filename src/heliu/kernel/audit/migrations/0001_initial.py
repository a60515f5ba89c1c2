"""Who opened what of whom: written once, read by its owner and the operator."""

from django.db import migrations, models

MINE = "any ((select heliu_orgs())::uuid[])"
OPERATOR = f"""exists (select from parties_partyrole
    where role = 'OPERATOR' and organization_id = {MINE})"""
POLICIES = [
    "alter table audit_look enable row level security",
    f"create policy reads on audit_look for select to heliu_web"
    f" using (owner = {MINE} or {OPERATOR})",
    f"create policy writes on audit_look for insert to heliu_web with check (reader_org = {MINE})",
    "create policy worker on audit_look to heliu_worker using (true) with check (true)",
    "revoke update, delete, truncate on audit_look from heliu_web, heliu_worker",
]
APPEND_ONLY = """
create function audit_look_frozen() returns trigger language plpgsql as
$$ begin raise exception 'a look is kept as it was' using errcode = 'HL405'; end $$;
create trigger frozen before update or delete or truncate on audit_look
    for each statement execute function audit_look_frozen();
"""


class Migration(migrations.Migration):
    reviewed = "The rights are taken from a table that this migration makes."

    initial = True

    dependencies = [("access", "0001_initial"), ("parties", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name='Look',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('owner', models.UUIDField()),
                ('what', models.CharField(choices=[('DEAL', 'Deal'), ('CREDIT_FILE', 'Credit file'), ('PAPER', 'Paper'), ('PARTY', 'What is kept of a house')], max_length=11)),
                ('about', models.CharField(max_length=40)),
                ('paper', models.CharField(blank=True, max_length=40)),
                ('reader', models.UUIDField()),
                ('reader_name', models.CharField(max_length=80)),
                ('reader_org', models.UUIDField()),
                ('role', models.CharField(max_length=12)),
                ('at', models.DateTimeField()),
                ('hour', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['owner', '-id'], name='look_owner')],
                'constraints': [models.UniqueConstraint(fields=('owner', 'about', 'what', 'paper', 'reader', 'reader_org', 'hour'), name='one_look_an_hour'), models.CheckConstraint(condition=models.Q(('what__in', ['DEAL', 'CREDIT_FILE', 'PAPER', 'PARTY'])), name='look_at_something_known'), models.CheckConstraint(condition=models.Q(('owner', models.F('reader_org')), _negated=True), name='look_by_another_house')],
            },
        ),
        migrations.RunSQL(POLICIES, migrations.RunSQL.noop),
        migrations.RunSQL(
            APPEND_ONLY, "drop trigger frozen on audit_look; drop function audit_look_frozen()"
        ),
    ]
