"""Who sees filings and registrations; the web role writes filings and changes none."""

from django.db import migrations

from heliu.kernel.access.row_policies import police, read_only

KEEP = """
create function registry_kept() returns trigger language plpgsql
set search_path = public, pg_temp as $$
begin
    if (old.id, old.kind, old.deal, old.key, old.debtor, old.lender, old.goods, old.lot,
        old.content, old.amount, old.until)
       is distinct from
       (new.id, new.kind, new.deal, new.key, new.debtor, new.lender, new.goods, new.lot,
        new.content, new.amount, new.until) then
        raise exception 'filing % never changes what it says', old.id;
    end if;
    if old.status in ('ANSWERED', 'REFUSED') then
        raise exception 'filing % was answered', old.id;
    end if;
    return new;
end $$;
create trigger kept before update on registry_filing
    for each row execute function registry_kept();
"""
DROP = "drop trigger kept on registry_filing; drop function registry_kept;"


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial"), ("access", "0001_initial")]
    operations = [
        police("registry_filing", "debtor", "lender"),
        police("registry_registration", "debtor", "lender"),
        read_only("registry_registration"),
        migrations.RunSQL(
            "revoke update, delete, truncate on registry_filing from heliu_web",
            "grant update, delete on registry_filing to heliu_web",
        ),
        migrations.RunSQL(KEEP, DROP),
    ]
