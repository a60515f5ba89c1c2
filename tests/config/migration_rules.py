"""What a migration may not do while the version before it is still at work.

First expand, then contract: see CONTRIBUTING.md. A migration that does one of these things all the
same says why it may, in its `reviewed`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.migrations import Migration, operations
from django.db.migrations.operations.base import Operation
from django.db.models import NOT_PROVIDED

BASELINE = ("0001_", "0002_")
GONE = (
    operations.RemoveField, operations.DeleteModel, operations.RenameField,
    operations.RenameModel, operations.AlterModelTable,
)  # fmt: skip
SQL = {
    r"\bdrop (table|function|procedure|view|materialized view|type|schema|column|sequence)\b": (
        "drops what old code may use"
    ),
    r"\balter table\b[^;]*\b(drop|rename)\b": "drops or renames what old code may use",
    r"\brename (to|column)\b": "renames what old code may use",
    r"\bset not null\b": "wants a value that old code does not give",
    r"\badd column\b(?=[^;]*\bnot null\b)(?![^;]*\bdefault\b)": (
        "wants a value that old code does not give"
    ),
    r"\balter column\b[^;]*\btype\b": "rewrites a table under everybody's feet",
    r"\bcreate (unique )?index (?!concurrently\b)": "builds an index while nobody may write",
    r"\brevoke\b[^;]*\bfrom\b[^;]*\bheliu_(web|worker)\b": "takes a right that old code uses",
    r"\badd constraint\b(?![^;]*\bnot valid\b)": "may refuse what old code writes",
}


def unsafe(migration: Migration) -> list[str]:
    """What is wrong with a migration, one sentence each; nothing where it was reviewed."""
    if migration.name.startswith(BASELINE) or getattr(migration, "reviewed", ""):
        return []
    fresh = {op.name_lower for op in migration.operations if isinstance(op, operations.CreateModel)}
    return [
        f"{migration}: {fault}"
        for operation in _flat(migration.operations)
        for fault in _faults(operation, fresh)
    ]


def _flat(found: Iterable[Operation]) -> Iterator[Operation]:
    for operation in found:
        if isinstance(operation, operations.SeparateDatabaseAndState):
            yield from _flat(operation.database_operations)
        else:
            yield operation


def _faults(operation: Operation, fresh: set[str]) -> Iterator[str]:
    if getattr(operation, "model_name_lower", "") in fresh:
        return  # nobody knows the table yet
    says = operation.describe()
    match operation:
        case operations.RunSQL():
            yield from (f"{fault} ({what})" for what, fault in _sql_faults(operation.sql))
        case operations.AddField(field=field):
            if not (field.null or field.many_to_many or field.db_default is not NOT_PROVIDED):
                yield f"{says}: wants a value that old code does not give"
        case operations.AlterField():
            yield f"{says}: changes a column that old code writes"
        case AddIndexConcurrently():
            pass
        case operations.AddIndex():
            yield f"{says}: builds an index while nobody may write"
        case operations.AddConstraint():
            yield f"{says}: may refuse what old code writes"
        case operations.RunPython():
            yield "runs Python over tables that others write"
        case _ if isinstance(operation, GONE):
            yield f"{says}: takes away what old code may use"


def _sql_faults(sql: object) -> Iterator[tuple[str, str]]:
    for text in sql if isinstance(sql, list | tuple) else [sql]:
        plain = _plain(text[0] if isinstance(text, tuple) else str(text))
        for pattern, fault in SQL.items():
            if found := re.search(pattern, plain):
                yield found[0], fault


def _plain(sql: str) -> str:
    """Without comments and bodies of functions, in small letters and on one line."""
    sql = re.sub(r"(\$\w*\$).*?\1", "''", sql, flags=re.DOTALL)
    sql = re.sub(r"--[^\n]*|/\*.*?\*/", " ", sql, flags=re.DOTALL)
    return re.sub(r"\s+", " ", sql).lower()
