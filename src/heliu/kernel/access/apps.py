"""Gives the web and worker roles their grants before tables are made."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import pre_migrate

# Default privileges are per database and must exist before the tables they are for.
GRANTS = """
alter default privileges in schema public
    grant select, insert, update, delete on tables to heliu_web, heliu_worker;
alter default privileges in schema public
    grant usage, select on sequences to heliu_web, heliu_worker;
"""


def grant(using: str, **_: Any) -> None:
    """Let tables made by the owner be used by the two other roles."""
    with connections[using].cursor() as cursor:
        cursor.execute(GRANTS)


class AccessConfig(AppConfig):
    name = "heliu.kernel.access"
    label = "access"

    def ready(self) -> None:
        pre_migrate.connect(grant, sender=self)
