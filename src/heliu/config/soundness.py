"""`heliu check`: every room's own laws over the whole database, and who may do what in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.conf import settings
from django.db import connection

# Where a room keeps its `check() -> list[str]`: each line names a law and the first offender.
PLACES = ("queries", "sealing", "soundness")
Check = Callable[[], list[str]]


def checks() -> Iterator[tuple[str, Check]]:
    """All checks of the installed rooms, by the room's name."""
    for app in apps.get_app_configs():
        if not app.name.startswith("heliu."):
            continue
        for place in PLACES:
            name = f"{app.name}.{place}"
            check = getattr(import_module(name), "check", None) if find_spec(name) else None
            if check is not None:
                yield app.name.removeprefix("heliu."), check
    yield "kernel.posting (seals)", seals
    yield "roles", roles


def seals() -> list[str]:
    """Ledger lines that were altered, are missing or were cut off since they were sealed.

    Held against the heads that the worker keeps in the data folder, outside the database.
    """
    from heliu.kernel.posting.exported import HEADS, kept_heads
    from heliu.kernel.posting.sealing import verify

    return [str(finding) for finding in verify(kept_heads(settings.DATA / HEADS))]


def roles() -> list[str]:
    """The walls between the database's roles: what would let a request see what is not its own."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select 'heliu_web may become ' || r.rolname
                 from pg_auth_members m join pg_roles r on r.oid = m.roleid
                where m.member = 'heliu_web'::regrole
               union all
               select rolname || ' passes by the row policies' from pg_roles
                where rolname in ('heliu_web', 'heliu_worker') and (rolsuper or rolbypassrls)
               union all
               select 'heliu_web owns ' || relname from pg_class
                where relowner = 'heliu_web'::regrole and relkind in ('r', 'v', 'm')
               union all
               select 'the row policies of ' || relname || ' are switched off' from pg_class c
                where relkind = 'r' and not relrowsecurity
                  and exists (select from pg_policy p where p.polrelid = c.oid)
               union all
               select 'heliu_web may read ' || relname || ', a table of jobs' from pg_class
                where relname like 'procrastinate%' and relkind = 'r'
                  and has_table_privilege('heliu_web', oid, 'select')"""
        )
        return [found for (found,) in cursor.fetchall()]
