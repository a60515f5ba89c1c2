"""The lane's own connection: one for each process, as the web role, opened again when it breaks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from django.db import connections
from psycopg import AsyncConnection


class Link:
    """A connection that is used by one batch at a time."""

    def __init__(self) -> None:
        self._open: AsyncConnection[tuple[Any, ...]] | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection[tuple[Any, ...]]]:
        """The connection in a transaction, committed when the block ends well."""
        if self._open is None or self._open.closed:
            self._open = await psycopg.AsyncConnection.connect(**_where())
        async with self._open.transaction():
            yield self._open

    async def close(self) -> None:
        """Give the connection back."""
        if self._open is not None:
            await self._open.close()


async def rows(
    link: AsyncConnection[tuple[Any, ...]], sql: str, parameters: Sequence[Any]
) -> list[tuple[Any, ...]]:
    """Run a statement and return all its rows."""
    return await (await link.execute(sql.encode(), parameters)).fetchall()


async def row(
    link: AsyncConnection[tuple[Any, ...]], sql: str, parameters: Sequence[Any]
) -> tuple[Any, ...]:
    """Run a statement that answers with exactly one row."""
    (found,) = await rows(link, sql, parameters)
    return found


def _where() -> dict[str, Any]:
    """Where Django's own connection goes."""
    entry = connections["default"].settings_dict
    names = {"HOST": "host", "PORT": "port", "NAME": "dbname", "USER": "user"}
    where = {name: entry[key] for key, name in names.items() if entry.get(key)}
    if entry.get("PASSWORD"):
        where["password"] = entry["PASSWORD"]
    options = {name: value for name, value in entry.get("OPTIONS", {}).items() if name != "pool"}
    return where | options | {"application_name": "heliu lane"}
