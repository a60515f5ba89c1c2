"""Every migration leaves the version before it at work, or says why it need not."""

from __future__ import annotations

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from tests.config.migration_rules import unsafe

INDEX = models.Index(fields=["at"], name="some_at")
CHECK = models.CheckConstraint(condition=models.Q(amount__gt=0), name="some_amount")
NEW = migrations.CreateModel("Fresh", fields=[("id", models.BigAutoField(primary_key=True))])


def migration(
    *operations: Operation, name: str = "0007_some", reviewed: str = ""
) -> migrations.Migration:
    made = migrations.Migration(name, "some")
    made.operations = list(operations)
    made.reviewed = reviewed  # type: ignore[attr-defined]
    return made


def test_our_own_are_safe_or_reviewed() -> None:
    ours = [
        one
        for one in MigrationLoader(None).disk_migrations.values()
        if type(one).__module__.startswith("heliu.")
    ]
    assert len(ours) > 50
    assert [fault for one in ours for fault in unsafe(one)] == []


@pytest.mark.parametrize(
    "operation",
    [
        migrations.RemoveField("deal", "number"),
        migrations.RenameField("deal", "number", "name"),
        migrations.DeleteModel("Deal"),
        migrations.RenameModel("Deal", "Trade"),
        migrations.AlterModelTable("Deal", "trades"),
        migrations.AddField("deal", "amount", models.BigIntegerField(default=0)),
        migrations.AlterField("deal", "number", models.CharField(max_length=9)),
        migrations.AddIndex("deal", INDEX),
        migrations.AddConstraint("deal", CHECK),
        migrations.RunPython(migrations.RunPython.noop),
        migrations.SeparateDatabaseAndState([migrations.RemoveField("deal", "number")]),
        migrations.RunSQL("drop function posting_post(uuid[])"),
        migrations.RunSQL("DROP FUNCTION IF EXISTS x(int)"),
        migrations.RunSQL(["select 1", "alter table trade_deal drop number"]),
        migrations.RunSQL("alter table trade_deal\n  rename number to name"),
        migrations.RunSQL("alter table trade_deal alter column number set not null"),
        migrations.RunSQL("alter table trade_deal add column amount bigint not null"),
        migrations.RunSQL("alter table trade_deal alter column number type text"),
        migrations.RunSQL("create index some on trade_deal (number)"),
        migrations.RunSQL("revoke select on trade_deal from heliu_web"),
        migrations.RunSQL("alter table trade_deal add constraint some check (true)"),
    ],
    ids=lambda operation: type(operation).__name__,
)
def test_what_old_code_cannot_live_with_is_found(operation: Operation) -> None:
    assert len(unsafe(migration(operation))) >= 1
    assert unsafe(migration(operation, reviewed="Two versions ago the last user went.")) == []
    assert unsafe(migration(operation, name="0002_baseline")) == []


@pytest.mark.parametrize(
    "operation",
    [
        NEW,
        migrations.AddField("deal", "amount", models.BigIntegerField(null=True)),
        migrations.AddField("deal", "amount", models.BigIntegerField(db_default=0)),
        migrations.AddField("fresh", "amount", models.BigIntegerField(default=0)),
        AddIndexConcurrently("deal", INDEX),
        migrations.AddIndex("fresh", INDEX),
        migrations.RemoveIndex("deal", "some_at"),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Deal")]),
        migrations.RunSQL(
            "create or replace function f() returns void language plpgsql as"
            " $$ begin drop table x; end $$", "drop function f"
        ),
        migrations.RunSQL("-- we do not drop table x\nselect 1"),
        migrations.RunSQL("create index concurrently some on trade_deal (number)"),
        migrations.RunSQL("revoke execute on function f() from public"),
        migrations.RunSQL("alter table trade_deal add column amount bigint not null default 0"),
        migrations.RunSQL("alter table trade_deal add constraint some check (true) not valid"),
    ],
    ids=lambda operation: type(operation).__name__,
)  # fmt: skip
def test_what_only_adds_is_let_through(operation: Operation) -> None:
    assert unsafe(migration(NEW, operation)) == []
