"""Facts for their audience, notices for their organisation, the number sequences."""

from django.db import migrations

from heliu.kernel.access.row_policies import police

KINDS = ("so", "dl", "ln", "py", "sh", "wr", "pl", "ro", "pn", "ca", "cf")

# A notice may be put into another's inbox but only one's own is read.
INSERT = "create policy tell on events_notice for insert to heliu_web with check ((select heliu_orgs()) <> '{}')"

APPEND_ONLY = """
create function events_fact_frozen() returns trigger language plpgsql as
$$ begin raise exception 'a fact is written once' using errcode = 'HL405'; end $$;
create trigger frozen before update or delete or truncate on events_fact
    for each statement execute function events_fact_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial"), ("access", "0001_initial")]
    operations = [
        police("events_fact", array="audience"),
        police("events_notice", "org"),
        migrations.RunSQL(INSERT, "drop policy tell on events_notice"),
        migrations.RunSQL(
            APPEND_ONLY,
            "drop trigger frozen on events_fact; drop function events_fact_frozen();",
        ),
        migrations.RunSQL(
            [f"create sequence number_{kind}" for kind in KINDS],
            [f"drop sequence number_{kind}" for kind in KINDS],
        ),
    ]
