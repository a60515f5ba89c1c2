"""The engine's functions, and the tables closed to everything but them."""

from pathlib import Path

from django.db import migrations

from heliu.kernel.access.row_policies import police, read_only

SQL = Path(__file__).parent.parent / "sql"

# Called by the others only; they run as whoever called.
INNER = {
    "posting_refuse(text, jsonb)": "refuse",
    "posting_bound()": "bound",
    "posting_journals(uuid[], text[], text[], date[], uuid[], uuid[], bytea[], int[], bigint[],"
    " bigint[], timestamptz)": "journals",
    "posting_place(uuid[], bigint[], bigint[], uuid[], timestamptz[], bigint[], uuid[], uuid[],"
    " timestamptz)": "place",
    "posting_voidable(uuid[])": "voidable",
    "posting_fold(bigint, bigint)": "fold",
}
# Doors: they run as the owner and judge whoever called.
DOORS = {
    "posting_post(uuid[], text[], text[], date[], uuid[], uuid[], bytea[], int[], bigint[],"
    " bigint[], uuid[], uuid[], bigint[], bigint[], uuid[], timestamptz[], uuid[], timestamptz)": "post",
    "posting_open(text[], text[], text[], text[], uuid[], uuid[], bigint[], bigint[], smallint[])": "open",
    "posting_limit(bigint, boolean, bigint, boolean, bigint)": "limit",
}
# The worker's: they see everything.
WORKERS = {
    "posting_leaf(posting_line, posting_journal, posting_account)": "leaf",
    "posting_block(bytea, bigint, bigint[], bytea[])": "block",
    "posting_seal(timestamptz)": "seal",
    "posting_verify(text[], bigint[], bigint[], bigint[], text[])": "verify",
    "posting_check()": "check",
}

FROZEN = """
create function posting_frozen() returns trigger language plpgsql as
$$ begin raise exception '% is written once', tg_table_name using errcode = 'HL405'; end $$;
create trigger frozen before update or delete or truncate on posting_line
    for each statement execute function posting_frozen();
create trigger frozen before update or delete or truncate on posting_journal
    for each statement execute function posting_frozen();
create trigger frozen before update or delete or truncate on posting_seal
    for each statement execute function posting_frozen();
create trigger frozen before delete or truncate on posting_account
    for each statement execute function posting_frozen();
create trigger frozen before delete or truncate on posting_hold
    for each statement execute function posting_frozen();
create trigger frozen before delete or truncate on posting_chain
    for each statement execute function posting_frozen();
"""
THAW = """
drop trigger frozen on posting_line; drop trigger frozen on posting_journal;
drop trigger frozen on posting_seal; drop trigger frozen on posting_account;
drop trigger frozen on posting_hold; drop trigger frozen on posting_chain;
drop function posting_frozen();
"""
# Rows updated all the time find room on their own page.
ROOM = "alter table posting_account set (fillfactor = 50)"
TABLES = "posting_chain, posting_account, posting_journal, posting_line, posting_hold, posting_seal"
# The worker too writes only through the functions.
WORKER = f"revoke insert, update, delete, truncate on {TABLES} from heliu_worker"


def install(signature: str, file: str, roles: str) -> migrations.RunSQL:
    """Make a function from its file and say who may call it."""
    grants = [f"revoke execute on function {signature} from public"]
    if roles:
        grants.append(f"grant execute on function {signature} to {roles}")
    return migrations.RunSQL(
        [(SQL / f"{file}.sql").read_text(), *grants], f"drop function {signature}"
    )


class Migration(migrations.Migration):
    dependencies = [("posting", "0001_initial"), ("access", "0001_initial")]
    operations = [
        *[install(signature, file, "") for signature, file in INNER.items()],
        *[install(signature, file, "heliu_web, heliu_worker") for signature, file in DOORS.items()],
        *[install(signature, file, "heliu_worker") for signature, file in WORKERS.items()],
        police("posting_account", "org", "other"),
        police("posting_line", "org", "other"),
        police("posting_hold", "org", "other"),
        police("posting_journal", array="orgs"),
        # A chain mixes the lines of several parties: only the worker sees chains and seals.
        police("posting_chain", condition="false"),
        police("posting_seal", condition="false"),
        *[read_only(table) for table in TABLES.split(", ")],
        migrations.RunSQL(WORKER, f"grant insert, update, delete on {TABLES} to heliu_worker"),
        migrations.RunSQL(FROZEN, THAW),
        migrations.RunSQL(ROOM, "alter table posting_account reset (fillfactor)"),
    ]
