"""Row policies: PostgreSQL's second lock behind `visible_to`.

Written as `= any ((select heliu_orgs())::uuid[])`: the sub-select is worked out once per statement
and keeps the query's own index; a bare function call turns lists into bitmap scans and sorts.
"""

from __future__ import annotations

from django.db import migrations

ORGS = """create or replace function heliu_orgs() returns uuid[]
language sql stable parallel safe as
$$ select coalesce(nullif(current_setting('heliu.orgs', true), ''), '{}')::uuid[] $$"""


def police(table: str, *columns: str, array: str = "", condition: str = "") -> migrations.RunSQL:
    """Bind `heliu_web` to rows one of whose organisation `columns` (or `array` column) is its own.

    `condition` is one more SQL way to be entitled, used where an organisation column is not enough.
    `heliu_worker` sees all by a policy of its own (a managed server may forbid BYPASSRLS).
    """
    ways = [f'"{column}" = any ((select heliu_orgs())::uuid[])' for column in columns]
    if array:
        ways.append(f'"{array}" && (select heliu_orgs())')
    if condition:
        ways.append(condition)
    rule = " or ".join(ways)
    return migrations.RunSQL(
        [
            f'alter table "{table}" enable row level security',
            f'create policy own on "{table}" to heliu_web using ({rule}) with check ({rule})',
            f'create policy worker on "{table}" to heliu_worker using (true) with check (true)',
        ],
        [
            f'drop policy own on "{table}"',
            f'drop policy worker on "{table}"',
            f'alter table "{table}" disable row level security',
        ],
    )


def read_only(table: str) -> migrations.RunSQL:
    """Take writing away from `heliu_web`: the table is written through functions only."""
    return migrations.RunSQL(
        f'revoke insert, update, delete, truncate on "{table}" from heliu_web',
        f'grant insert, update, delete on "{table}" to heliu_web',
    )


orgs_function = migrations.RunSQL(ORGS, "drop function heliu_orgs()")
